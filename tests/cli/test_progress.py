"""What a person sees while a long command runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from scaffolder.cli import progress
from scaffolder.cli.printing import json_output


def chunks(closed: list[bool]) -> Iterator[list[int]]:
    try:
        yield from ([1, 2], [3], [4, 5])
    finally:
        closed.append(True)


def test_the_outcomes_are_the_same_however_they_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        for as_json in (False, True):
            with json_output(as_json):
                found = list(progress.tracked(chunks([]), 5, "Pushing"))
            assert found == [[1, 2], [3], [4, 5]]
            out, err = capsys.readouterr()
            assert out == ""
            assert bool(err) == (terminal and not as_json)


@pytest.mark.parametrize("terminal", [False, True])
def test_who_stops_early_ends_the_work(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    closed: list[bool] = []
    run = progress.tracked(chunks(closed), 5, "Pushing")
    next(run)
    run.close()
    assert closed == [True]

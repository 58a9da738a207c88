"""Killed at a random moment and run again, a command on a cohort ends where it would have ended without the kill."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import ROOT
from selection import everything
from support import git
from test_kills import finished, killed, moments

from scaffolder.cohort import ledger

pytestmark = pytest.mark.slow

KILLS = 30 if everything() else 10
STUDENTS = 40
REPOSITORIES = "ml/repositories/*/*.git"
CREATED = "2026-09-01T08:00:00Z"
HERE = {"PYTHONPATH": str(ROOT)}
COHORT = [sys.executable, "-m", "scaffolder", "cohort"]
Prepare = Callable[[Path], None]
"""Makes a cohort in a folder, as it is before the command."""


def prove(arguments: list[str], prepare: Prepare, state: Callable[[Path], Any], place: Path) -> None:
    """Kill `arguments` in many cohorts, run it again in each, and compare the cohorts by their `state`."""
    command = [*COHORT, *arguments]
    (place / "whole").mkdir()
    prepare(place / "whole")
    before = state(place / "whole")
    seconds = finished(command, place / "whole", **HERE)
    expected = state(place / "whole")
    assert expected != before
    early = 0
    for count, moment in enumerate(moments(seconds, KILLS)):
        folder = place / f"run{count}"
        folder.mkdir()
        prepare(folder)
        killed(command, folder, moment, **HERE)
        early += state(folder) != expected
        finished(command, folder, **HERE)
        assert state(folder) == expected, f"killed after {moment:.2f} of {seconds:.2f} s"
    print(f"{KILLS - early} of {KILLS} kills came too late")
    assert early


def ledger_of(cohort: Path, step: str) -> dict[Any, Any]:
    """What the ledger says of a step, but for its times."""
    if not (cohort / ledger.NAME).is_file():
        return {}
    with ledger.opened(cohort) as book:
        return {key: (each.state, each.detail, each.commit) for key, each in book.latest(step).items()}


def references(cohort: Path) -> dict[str, list[str]]:
    """All branches of all repositories."""
    return {
        bare.relative_to(cohort).as_posix(): git(bare, "show-ref").splitlines()
        for bare in sorted(cohort.glob("repositories/*/*.git"))
    }


def leftovers(cohort: Path) -> list[str]:
    """What a finished command does not leave."""
    hidden = cohort / ".scaffolder"
    mine = [path.name for path in hidden.iterdir() if path.name != "lock"] if hidden.is_dir() else []
    return [*mine, *(path.name for path in cohort.rglob("tmp_*"))]


# cohort new

NEW = ["new", "roster.csv", "-t", "classical-ml", "-t", "rag-assistant", "-o", "ml", "--workers", "2"]


def roster(folder: Path) -> None:
    cases = ("churn", "risk", "")
    lines = [f"s{number},{cases[number % 3]}" for number in range(STUDENTS)]
    (folder / "roster.csv").write_text("\n".join(["id,classical-ml.use_case", *lines, ""]))


def begun(folder: Path) -> None:
    """A cohort that has only its time, so that all have the same commits."""
    roster(folder)
    with ledger.opened(folder / "ml", create=True) as book:
        book.set_meta("created", CREATED)


def trees(folder: Path) -> dict[str, str]:
    """What is on each branch `main`, whenever it was committed."""
    return {str(bare.relative_to(folder)): git(bare, "rev-parse", "main^{tree}") for bare in folder.glob(REPOSITORIES)}


@pytest.mark.long
def test_new_ends_the_same(tmp_path: Path) -> None:
    prove(
        NEW,
        begun,
        lambda folder: (ledger_of(folder / "ml", "new"), references(folder / "ml"), leftovers(folder / "ml")),
        tmp_path,
    )
    made = [*tmp_path.glob(f"run*/{REPOSITORIES}")]
    assert made
    for bare in made[:: KILLS * 2]:
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.long
def test_new_ends_the_same_from_its_first_moment(tmp_path: Path) -> None:
    """Here nothing is there before, so the times of the commits differ."""
    prove(
        NEW,
        roster,
        lambda folder: (
            {key: state for key, (state, _, _) in ledger_of(folder / "ml", "new").items()},
            trees(folder),
            leftovers(folder / "ml"),
        ),
        tmp_path,
    )

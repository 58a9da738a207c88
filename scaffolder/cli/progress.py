"""Shows the progress of a long command on standard error: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar

from scaffolder.cli.printing import wants_json

Outcome = TypeVar("Outcome")
_PAUSE = 5.0  # seconds between two lines


def tracked(outcomes: Iterator[list[Outcome]], total: int, title: str) -> Iterator[list[Outcome]]:
    """Pass on the chunks of `outcomes`, and show how many of `total` are done; with `--json`, show nothing."""
    show = _silent if wants_json() or not total else _bar if sys.stderr.isatty() else _lines
    if isinstance(outcomes, Generator):
        with closing(outcomes):
            yield from show(outcomes, total, title)
    else:
        yield from show(outcomes, total, title)


def _silent(outcomes: Iterator[list[Outcome]], _total: int, _title: str) -> Iterator[list[Outcome]]:
    yield from outcomes


def _bar(outcomes: Iterator[list[Outcome]], total: int, title: str) -> Iterator[list[Outcome]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        for chunk in outcomes:
            progress.advance(task, len(chunk))
            yield chunk


def _lines(outcomes: Iterator[list[Outcome]], total: int, title: str) -> Iterator[list[Outcome]]:
    done, said = 0, time.monotonic()
    for chunk in outcomes:
        done += len(chunk)
        if time.monotonic() - said >= _PAUSE:
            said = time.monotonic()
            print(f"{title}: {done:,} of {total:,}", file=sys.stderr, flush=True)
        yield chunk

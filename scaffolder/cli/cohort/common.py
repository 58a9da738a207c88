"""The code that the commands of `scaffolder cohort` share: options, stopping, and the report of failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from scaffolder.cli.progress import tracked
from scaffolder.cohort.course.assignments import Choice
from scaffolder.cohort.ledger import Entry
from scaffolder.errors import ScaffolderError, listed

Outcome = TypeVar("Outcome")
IN_THE_LEDGER = "What was done is in the ledger"
_MOST_ENTRIES = 20  # lines
_MOST_NAMED = 5  # projects in a line

Folder = Annotated[
    Path, typer.Argument(metavar="[DIR]", help="Folder of the cohort [default: this one].", show_default=False)
]
Students = Annotated[
    list[str] | None,
    typer.Option("--student", metavar="ID", help="Only this student; repeat for more.", show_default=False),
]
ProjectName = Annotated[str, typer.Option("--project", metavar="NAME", help="Only this project.", show_default=False)]


@dataclass(frozen=True)
class Machines:
    """The options that say where work is done."""

    executor: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Work on a Dask cluster, such as tcp://host:8786, whose workers see the cohort's folder.",
            show_default=False,
        ),
    ] = ""
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Processes of this machine [default: one per processor].", show_default=False
        ),
    ] = None


@dataclass(frozen=True)
class Selection:
    """The options that choose projects of a cohort."""

    student: Students = None
    project: ProjectName = ""

    @property
    def choice(self) -> Choice:
        """The choice as the steps of a cohort take it."""
        return Choice(tuple(self.student or ()), self.project)


class StoppedError(ScaffolderError):
    """Ctrl-C in the middle of a command."""

    code = 130


def what_failed(entries: Iterable[Entry], where: Mapping[tuple[str, str], str] = {}) -> list[str]:
    """A line on each of the first failures and conflicts; one for those that many have in common.

    `where` has the addresses of remotes, by student and project.
    """
    alike: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        alike.setdefault((entry.state, entry.detail), []).append(entry)
    lines = []
    for (state, detail), group in list(alike.items())[:_MOST_ENTRIES]:
        names = listed(["/".join(entry.key) for entry in group], _MOST_NAMED)
        address = next(filter(None, (where.get(entry.key) for entry in group)), "")
        example = "for instance " * (len(group) > 1)
        lines.append(f"  {names}: {state}: {detail}{f' ({example}{address})' if address else ''}")
    if left := sum(map(len, list(alike.values())[_MOST_ENTRIES:])):
        lines.append(f"  and {left:,} more; --json names all")
    return lines


def finished(run: Iterator[list[Outcome]], total: int, title: str) -> list[Outcome]:
    """Run to the end, and return all outcomes; raises `StoppedError` after Ctrl-C."""
    outcomes: list[Outcome] = []
    try:
        for chunk in tracked(run, total, title):
            outcomes += chunk
    except KeyboardInterrupt:
        if len(outcomes) == total:
            return outcomes
        count = f"{len(outcomes):,} of {total:,}"
        raise StoppedError(f"Stopped after {count}: the same command goes on, and does nothing twice.") from None
    return outcomes

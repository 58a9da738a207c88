"""The code that the commands of `scaffolder cohort` share: options, stopping, and the report of failures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from scaffolder.cli.progress import tracked
from scaffolder.errors import ScaffolderError, one_line, shown

if TYPE_CHECKING:
    from scaffolder.cohort.ledger import Entry
    from scaffolder.template.foreign import Opened

Outcome = TypeVar("Outcome")
IN_THE_LEDGER = "What was done is in the ledger"
_MOST_PROBLEMS, _MOST_ENTRIES = 50, 20  # lines
_MOST_NAMED = 5  # projects in a line

Folder = Annotated[
    Path, typer.Argument(metavar="[DIR]", help="Folder of the cohort [default: this one].", show_default=False)
]
Students = Annotated[
    list[str] | None,
    typer.Option("--student", metavar="ID", help="Only this student; repeat for more.", show_default=False),
]
ProjectName = Annotated[str, typer.Option("--project", metavar="NAME", help="Only this project.", show_default=False)]
Executor = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Work on a Dask cluster, such as tcp://host:8786, whose workers see the cohort's folder.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="Processes of this machine [default: one per processor].", show_default=False
    ),
]


class StoppedError(ScaffolderError):
    """Ctrl-C in the middle of a command."""

    code = 130


@contextmanager
def problems_listed(*, as_json: bool) -> Iterator[None]:
    """Print the problems of a roster or a course, a line each, and exit with 2."""
    from scaffolder.cohort.course.problems import ProblemsError

    try:
        yield
    except ProblemsError as error:
        print(f"scaffolder: {one_line(str(error))}", file=sys.stderr)
        if len(error.problems) > 1:
            for line in error.lines(_MOST_PROBLEMS):
                print(f"  {one_line(line)}", file=sys.stderr)
        if as_json:
            problems = [problem._asdict() for problem in error.problems]
            print(json.dumps({"error": str(error), "code": error.code, "problems": problems}, ensure_ascii=False))
        raise typer.Exit(error.code) from None


def say_uncommitted(templates: Mapping[str, Opened]) -> None:
    """Print a note on each template whose folder holds changes that are not committed: students get them, too."""
    from scaffolder.cohort.course import home

    for name, files in home.uncommitted(templates):
        more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
        said = f"the template {shown(name)} has changes that are not committed, and students get them"
        print(f"Note: {said}: {shown(files[0])}{more}.", file=sys.stderr)


def say_what_failed(entries: Iterable[Entry], where: Mapping[tuple[str, str], str] = {}) -> None:
    """Print the first failures and conflicts on standard error; those that many have in common only once.

    `where` has the addresses of remotes, by student and project.
    """
    alike: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        alike.setdefault((entry.state, entry.detail), []).append(entry)
    for number, ((state, detail), group) in enumerate(alike.items()):
        if number == _MOST_ENTRIES:
            left = sum(len(each) for each in list(alike.values())[number:])
            print(f"  and {left:,} more; --json names all", file=sys.stderr)
            return
        address = next(filter(None, (where.get(entry.key) for entry in group)), "")
        example = "for instance " * (len(group) > 1)
        end = f" ({example}{one_line(address)})" if address else ""
        print(f"  {_named(group)}: {state}: {one_line(detail)}{end}", file=sys.stderr)


def _named(entries: Sequence[Entry]) -> str:
    """'s01/ml', or 's01/ml, s02/ml, s03/ml, s04/ml, s05/ml and 15 more'."""
    more = f" and {len(entries) - _MOST_NAMED:,} more" if len(entries) > _MOST_NAMED else ""
    return ", ".join("/".join(entry.key) for entry in entries[:_MOST_NAMED]) + more


def finished(run: Iterator[list[Outcome]], total: int, title: str, *, as_json: bool) -> list[Outcome]:
    """Run to the end, and return all outcomes; raises `StoppedError` after Ctrl-C."""
    outcomes: list[Outcome] = []
    try:
        for chunk in tracked(run, total, title, as_json=as_json):
            outcomes += chunk
    except KeyboardInterrupt:
        if len(outcomes) == total:
            return outcomes
        count = f"{len(outcomes):,} of {total:,}"
        raise StoppedError(f"Stopped after {count}: the same command goes on, and does nothing twice.") from None
    return outcomes

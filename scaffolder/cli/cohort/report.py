"""`scaffolder cohort report`: one page that shows who stands where, a gradebook, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli.cohort import collected
from scaffolder.cli.cohort.common import Folder
from scaffolder.cli.printing import Result
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Ledger
from scaffolder.cohort.report import gradebook, summary
from scaffolder.cohort.report import similar as similarity
from scaffolder.cohort.roster import roster
from scaffolder.errors import TargetError, shown, unwritable
from scaffolder.pages import cohort as pages
from scaffolder.results.class_standing import RUNGS, Standing
from scaffolder.safe import replace_file

NAME = "report.html"
_AT = "the last check was made with --at. 'scaffolder cohort check' without it brings back what is there now."
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=f"The page [default: DIR/{NAME}].", show_default=False),
]
Gradebook = Annotated[
    Path | None,
    typer.Option("--csv", metavar="FILE", help="Write a gradebook in the roster's own layout.", show_default=False),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show the students' names in the page and in JSON, too.")]
Similar = Annotated[
    Path | None,
    typer.Option(
        "--similar",
        metavar="NEW",
        help="Write what students wrote or changed into the folder NEW, for JPlag or Dolos.",
        show_default=False,
    ),
]


def report(
    folder: Folder = Path(),
    output: Output = None,
    csv: Gradebook = None,
    reveal: Reveal = False,
    similar: Similar = None,
) -> Result:
    """Write one page that shows who stands where.

    It is made from the ledger alone: one file that loads nothing, for any browser. It shows the students' ids, and
    their names only with --reveal.
    """
    page = output or folder / NAME
    _refuse(folder, {page: ".html", **({csv: ".csv"} if csv else {})})
    with ledger.opened(folder) as book, home.opened(folder) as cohort:
        standing = summary.of(
            book,
            cohort.assignments,
            title=folder.resolve().name,
            at=ledger.now(),
            reveal=reveal,
        )
        problems = _collect(book, folder, similar) if similar else []
        _write(page, pages.page(standing).encode())
        if csv:
            own = cohort.roster.layout is roster.Layout.OWN
            _write(
                csv, gradebook.text(cohort.roster, gradebook.grades(standing, words=own))
            )  # an LMS takes numbers only
    written = {"page": page, "csv": csv, "similar": similar}
    files = {name: str(file) if file else None for name, file in written.items()}
    lines = [*_lines(standing), f"The page is {page}."]
    if csv:
        lines.append(f"The gradebook is {csv}: {len(standing.people):,} students.")
    if similar:
        lines.append(f"What students wrote is in {similar}.")
    content = collected.document(folder, files=files, **summary.to_json(standing))
    return Result(content, lines, collected.problem_lines(problems), f"The page is {shown(page, 200)}")


def _collect(book: Ledger, folder: Path, target: Path) -> list[tuple[str, str]]:
    """Write what students wrote into a new folder; returns the projects that cannot be read, with the reasons."""
    snapshots = collected.snapshots(book, folder)
    collected.say_older(book, snapshots)
    return similarity.write(folder, snapshots.values(), target)


def _lines(standing: Standing) -> Iterable[str]:
    """The number of students at each level of each project, highest first."""
    for each in standing.projects:
        counts = [f"{each.ladder[rung]:,} {rung}" for rung in reversed(RUNGS) if each.ladder[rung]]
        yield f"{each.project}: {', '.join(counts)}."
    if standing.as_of:
        dated = sum(bool(work.as_of) for work in standing.works)
        times = " to ".join(dict.fromkeys((standing.as_of[0], standing.as_of[-1])))
        yield f"{dated:,} of {len(standing.works):,} projects as of {times}, not as of now: {_AT}"


def _refuse(folder: Path, files: Mapping[Path, str]) -> None:
    """Raise a `ScaffolderError` if one of `files` is a folder, is needed by the cohort, or has another ending."""
    ours = {(folder / name).resolve() for name in (home.COURSE, home.ROSTER, ledger.NAME)}
    for file, ending in files.items():
        if file.is_dir():
            raise TargetError(f"{shown(file, 200)} cannot be written: it is a folder.")
        if file.resolve() in ours:
            raise TargetError(f"{shown(file, 200)} is part of the cohort: write the report into another file.")
        if file.suffix.lower() != ending and (file.is_file() or not file.exists()):  # it may be some other document
            raise TargetError(f"{shown(file, 200)} does not end in {ending}: give the file such a name.")


def _write(file: Path, content: bytes) -> None:
    """Write a file in one step; a device or a pipe is written as it is."""
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
        else:
            replace_file(file, content, mode=0o600)
    except OSError as error:
        raise unwritable(file, error) from error

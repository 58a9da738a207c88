"""`scaffolder cohort new`: a repository for each student and project."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.cli import options
from scaffolder.cli.cohort.common import IN_THE_LEDGER, Machines, Selection, finished, what_failed
from scaffolder.cli.printing import Result, noted, short
from scaffolder.cohort import ledger
from scaffolder.cohort.course import home
from scaffolder.cohort.course.home import Source
from scaffolder.cohort.roster import roster, roster_file
from scaffolder.cohort.work import create
from scaffolder.cohort.work.create import Plan
from scaffolder.cohort.work.executor import check
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.errors import ScaffolderError, first_lines, listed, shown
from scaffolder.template.answers import from_pairs

_MOST_LISTED = 20  # names in a line, repositories of a dry run

RosterOrCourse = Annotated[
    Path,
    typer.Argument(
        metavar="ROSTER|COURSE.toml|DIR",
        help="A CSV file of students, a TOML file of the whole course, or the folder of a cohort.",
    ),
]
Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--template",
        "-t",
        metavar="TEMPLATE",
        help="What a project is made from, as for 'scaffolder new'; repeat for more projects.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="The folder of the cohort [default: that of cohort.toml, or this one].",
        show_default=False,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN", help="Ignore this column of the roster; repeat for more.", show_default=False),
]
Remote = Annotated[
    str | None,
    typer.Option(
        metavar="PATTERN",
        help="Where 'cohort push' pushes, e.g. https://host/course/{student}-{project}.git.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be made, without writing anything.")]


def new(
    source: RosterOrCourse,
    templates: Templates = None,
    output: Output = None,
    pairs: options.Pairs = None,
    starter: options.Starter = None,
    remote: Remote = None,
    ignore: Ignore = None,
    dry_run: DryRun = False,
    *,
    selection: Selection,
    machines: Machines,
) -> Result:
    """Make a Git repository for each student and project of a course.

    All is checked before anything is written. A second run makes what is missing, and changes no repository that is
    there. It reads the same files again: if you have changed DIR/cohort.toml or DIR/roster.csv, give DIR instead.
    """
    source, output = home.source_and_folder(source, output)
    course, listed_in, files = _source(source, templates, pairs, starter, remote, ignore, output)
    folder, data = home.check_folder(output, files), home.read(listed_in)
    with home.templates(course.projects) as opened:
        course = home.with_answers(course, from_pairs(pairs or ()), opened)
        found = roster.read(data, listed_in.name, course, {name: each.template for name, each in opened.items()})
        wanted = home.Cohort(folder, course, found, opened)
        planned = create.plan(wanted, create.known(folder), selection.choice)
        replaced = create.replaced(wanted)
        if dry_run:
            return _planned(planned, replaced)
        check(machines.executor)
        with ledger.opened(folder, create=True) as book:
            planned = create.plan(wanted, book.latest(create.STEP), selection.choice)
            work = Work(machines.executor, machines.workers)
            run = create.carry_out(planned, book, work)
            outcomes = finished(run, len(planned.todo), "Making repositories")
            base = "" if book.meta("remote", "") or course.remote else " --base ADDRESS"
    return _made(planned, replaced, outcomes, base)


def _source(
    source: Path,
    templates: list[str] | None,
    pairs: list[str] | None,
    starter: str | None,
    remote: str | None,
    ignore: list[str] | None,
    output: Path,
) -> Source:
    """The course and its roster, as files and options give them."""
    if source.suffix.lower() != ".toml":
        return home.from_options(source, templates or (), remote, output, ignore or (), starter or "")
    if templates or pairs or starter or ignore or remote is not None:
        raise ScaffolderError(
            f"{source.name} says that itself: leave out --template, --set, --starter, --remote and --ignore."
        )
    return home.from_file(source)


def _planned(planned: Plan, replaced: Sequence[str]) -> Result:
    """The result of a dry run."""
    todo = [{"student": student, "project": name} for student, name in (each.key for each in planned.todo)]
    names = first_lines(["/".join(each.key) for each in planned.todo], _MOST_LISTED)
    return Result(
        {**_common_json(planned, replaced), "would_make": todo, "dry_run": True},
        [
            f"Would make {_count(len(planned.todo))} in {short(planned.cohort.folder)}:",
            *(f"  {name}" for name in names),
        ],
        list(_notes(planned, replaced)),
    )


def _common_json(planned: Plan, replaced: Sequence[str]) -> dict[str, Any]:
    return {
        "path": str(planned.cohort.folder),
        "unchanged": len(planned.done),
        "replaced": list(replaced),
        "gone": [{"student": student, "project": project} for student, project in planned.gone],
    }


def _made(planned: Plan, replaced: Sequence[str], outcomes: Sequence[Outcome], base: str) -> Result:
    """The result of a run; `base` is the option that a push needs."""
    made = [each.last for each in outcomes if not each.code]
    failed = [each.last for each in outcomes if each.code]
    done = [{"student": each.student, "project": each.project, "commit": each.commit} for each in made]
    wrong = [{"student": each.student, "project": each.project, "reason": each.detail} for each in failed]
    before = f"; there before: {len(planned.done):,}" if planned.done else ""
    wrong_ones = f"; failed: {len(failed):,}" if failed else ""
    lines = [f"Made {_count(len(made))} in {short(planned.cohort.folder)}{wrong_ones}{before}."]
    if not failed:
        lines += ["", f"Next: scaffolder cohort push {shlex.quote(short(planned.cohort.folder))}{base}"]
        if base:
            lines.append(
                "ADDRESS is a folder, or what the addresses of the repositories begin with; or write --to PATTERN."
            )
    again = ["scaffolder: Not all could be made: the same command tries those again."] if failed else []
    return Result(
        {**_common_json(planned, replaced), "made": done, "failed": wrong, "dry_run": False},
        lines,
        [*_notes(planned, replaced), *what_failed(failed), *again],
        IN_THE_LEDGER,
        max((each.code for each in outcomes), default=0),
    )


def _notes(planned: Plan, replaced: Sequence[str]) -> Iterator[str]:
    """Lines on what a teacher should know beside the result."""
    gone = sorted({student for student, _ in planned.gone})
    notes = {
        f"In {short(planned.cohort.folder)}, other content replaces that of {' and '.join(replaced)}.": replaced,
        _about_ids(planned): not planned.done,
        f"Not in the roster any more, and left as they are: {listed(gone, _MOST_LISTED)}.": gone,
    }
    yield from noted(note for note, applies in notes.items() if note and applies)


def _about_ids(planned: Plan) -> str:
    """A note on the column of an export that becomes public; "" if the teacher has chosen it."""
    on_roster = planned.cohort.roster
    title = roster_file.id_column(on_roster.layout, on_roster.table)
    if on_roster.layout is roster_file.Layout.OWN or title == "id":
        return ""
    return (
        f"Folders and addresses show the column {shown(title)} of the roster as the students' id. If others must not "
        "see it, add a column 'id' with short names, which goes before it."
    )


def _count(number: int) -> str:
    return f"{number:,} {'repository' if number == 1 else 'repositories'}"

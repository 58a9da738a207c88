"""`scaffolder cohort new`: a repository for each student and project."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffolder.cli import options
from scaffolder.cli.answering import pairs_of
from scaffolder.cli.cohort.common import (
    IN_THE_LEDGER,
    Executor,
    ProjectName,
    Students,
    Workers,
    finished,
    problems_listed,
    say_uncommitted,
    say_what_failed,
)
from scaffolder.cli.printing import short
from scaffolder.cli.starting import Starter
from scaffolder.cli.streams import after
from scaffolder.errors import one_line, shown

if TYPE_CHECKING:
    from scaffolder.cohort.course.course_changes import News
    from scaffolder.cohort.course.course_input import Source
    from scaffolder.cohort.work.create import Outcome, Plan

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
WorkTrees = Annotated[bool, typer.Option("--work-trees", help="Make folders with files, not bare repositories.")]
Limit = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Make the first N that are not there yet.", show_default=False),
]
Failed = Annotated[bool, typer.Option("--failed", help="Only those that failed last time.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on after a stop: what a second run does anyway.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be made, without writing anything.")]


def new(
    source: RosterOrCourse,
    templates: Templates = None,
    output: Output = None,
    pairs: options.Pairs = None,
    starter: Starter = None,
    remote: Remote = None,
    ignore: Ignore = None,
    work_trees: WorkTrees = False,
    dry_run: DryRun = False,
    limit: Limit = None,
    failed: Failed = False,
    resume: Resume = False,  # noqa: ARG001 - see its help
    students: Students = None,
    project: ProjectName = "",
    executor: Executor = "",
    workers: Workers = None,
    as_json: options.AsJson = False,
) -> None:
    """Make a Git repository for each student and project of a course.

    All is checked before anything is written. A second run makes what is missing, and changes no repository that is
    there. It reads the same files again: if you have changed DIR/cohort.toml or DIR/roster.csv, give DIR instead.
    """
    from scaffolder.cohort import ledger, model
    from scaffolder.cohort.course import course_changes, course_input, home
    from scaffolder.cohort.remote import remotes
    from scaffolder.cohort.roster import roster
    from scaffolder.cohort.work import create
    from scaffolder.cohort.work.executor import check

    with problems_listed(as_json=as_json):
        source, output = course_input.found(source, output)
        course, listed, files = _source(source, templates, pairs, starter, remote, ignore, output)
        folder, data = course_input.check_folder(output, files), home.read(listed)
        with home.templates(course.projects) as opened:
            say_uncommitted(opened)
            course = course_input.with_answers(course, pairs_of(pairs), opened)
            found = roster.read(data, listed.name, course, {name: each.template for name, each in opened.items()})
            wanted = create.Given(folder, course, data, found, opened)
            choice = model.Choice(tuple(students or ()), project, failed, limit)
            planned = create.plan(wanted, create.known(folder), choice)
            changes = course_changes.of(planned)
            if dry_run:
                _print_plan(planned, changes, as_json=as_json)
                return
            check(executor)
            with ledger.opened(folder, create=True) as book:
                planned = create.plan(wanted, book.latest(create.STEP), choice)
                run = create.carry_out(planned, book, work_trees=work_trees, address=executor, workers=workers)
                outcomes = finished(run, len(planned.todo), "Making repositories", as_json=as_json)
                base = "" if remotes.is_known(book, course) else " --base ADDRESS"
    with after(IN_THE_LEDGER):
        _report(planned, changes, outcomes, as_json=as_json)
        if as_json or planned.later:
            return
        print(f"\nNext: scaffolder cohort push {shlex.quote(short(folder))}{base}")
        if base:
            print("ADDRESS is a folder, or what the addresses of the repositories begin with; or write --to PATTERN.")


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
    from scaffolder.cohort.course import course_input

    if source.suffix.lower() != ".toml":
        return course_input.from_options(source, templates or (), remote, output, ignore or (), starter or "")
    if templates or pairs or starter or ignore or remote is not None:
        raise course_input.OptionError(
            f"{source.name} says that itself: leave out --template, --set, --starter, --remote and --ignore."
        )
    return course_input.from_file(source)


def _print_plan(planned: Plan, changes: News, *, as_json: bool) -> None:
    if as_json:
        todo = [{"student": student, "project": name} for student, name in (each.key for each in planned.todo)]
        print(json.dumps({**_common_json(planned, changes), "would_make": todo, "dry_run": True}, indent=2))
        return
    print(f"Would make {_count(len(planned.todo))} in {short(planned.given.folder)}:")
    for each in planned.todo[:_MOST_LISTED]:
        print(f"  {'/'.join(each.key)}")
    if len(planned.todo) > _MOST_LISTED:
        print(f"  and {len(planned.todo) - _MOST_LISTED:,} more; --json names all")
    _print_notes(planned, changes)


def _common_json(planned: Plan, changes: News) -> dict[str, Any]:
    pairs = {"outdated": changes.outdated, "gone": planned.gone, "other_starter": changes.starters}
    return {
        "path": str(planned.given.folder),
        "unchanged": len(planned.done),
        "later": planned.later,
        "changes": {"cohort.toml": changes.course, "roster.csv": changes.roster},
        **{name: [{"student": student, "project": each} for student, each in keys] for name, keys in pairs.items()},
    }


def _report(planned: Plan, changes: News, outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """Print what was made, and exit with the code that failures ask for."""
    made = [each.entry for each in outcomes if not each.code]
    failed = [each.entry for each in outcomes if each.code]
    if as_json:
        done = [{"student": each.student, "project": each.project, "commit": each.commit} for each in made]
        wrong = [{"student": each.student, "project": each.project, "reason": each.detail} for each in failed]
        print(json.dumps({**_common_json(planned, changes), "made": done, "failed": wrong, "dry_run": False}, indent=2))
    else:
        before = f"; there before: {len(planned.done):,}" if planned.done else ""
        wrong_ones = f"; failed: {len(failed):,}" if failed else ""
        print(f"Made {_count(len(made))} in {short(planned.given.folder)}{wrong_ones}{before}.")
        _print_notes(planned, changes)
    if failed:
        say_what_failed(failed)
        print("scaffolder: Not all could be made: with --failed, the same command tries those again.", file=sys.stderr)
        raise typer.Exit(max(each.code for each in outcomes))


def _print_notes(planned: Plan, changes: News) -> None:
    folder = short(planned.given.folder)
    for name, lines in (("cohort.toml", changes.course), ("roster.csv", changes.roster)):
        if lines:
            print(f"Note: What changes in {folder}/{name}:", file=sys.stderr)
        for line in lines[:_MOST_LISTED]:
            print(f"  {one_line(line)}", file=sys.stderr)
        if len(lines) > _MOST_LISTED:
            print(f"  and {len(lines) - _MOST_LISTED:,} more; --json names all", file=sys.stderr)
    gone = sorted({student for student, _ in planned.gone})
    outdated = [f"{'/'.join(key)} ({', '.join(names)})" for key, names in changes.outdated.items()]
    kept = "Made from other answers than the roster and cohort.toml have now, until 'scaffolder cohort update'"
    begun = [f"{'/'.join(key)} ({made})" for key, made in changes.starters.items()]
    notes = {
        _about_ids(planned): not planned.done,
        f"Not in the roster any more, and left as they are: {_names(gone)}.": gone,
        f"{kept}: {_names(outdated)}.": outdated,
        f"Repositories keep the exercises that they were made with, in brackets: {_names(begun)}.": begun,
        f"Left to make, with the same command: {planned.later:,}.": planned.later,
    }
    for note, applies in notes.items():
        if note and applies:
            print(f"Note: {note}", file=sys.stderr)


def _about_ids(planned: Plan) -> str:
    """A note on the column of an export that becomes public; "" if the teacher has chosen it."""
    from scaffolder.cohort import lms

    listed = planned.given.roster
    title = lms.id_column(listed.layout, listed.table)
    if listed.layout is lms.Layout.OWN or title == "id":
        return ""
    return (
        f"Folders and addresses show the column {shown(title)} of the roster as the students' id. If others must not "
        "see it, add a column 'id' with short names, which goes before it."
    )


def _count(number: int) -> str:
    return f"{number:,} {'repository' if number == 1 else 'repositories'}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_LISTED:,} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(names[:_MOST_LISTED]) + more

"""`scaffolder cohort update`: brings changes of the templates to all students."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli.answering import pairs_of
from scaffolder.cli.cohort.common import IN_THE_LEDGER, Executor, Folder, ProjectName, Students, Workers, finished
from scaffolder.cli.cohort.steps import Failed, Limit, opened, report
from scaffolder.cli.streams import after
from scaffolder.errors import one_line

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, without changing anything.")]


Message = Annotated[
    str,
    typer.Option(
        "--message",
        "-m",
        metavar="TEXT",
        help="What is better now, in one line: students see it as the message of the commit.",
        show_default=False,
    ),
]


def update(
    folder: Folder = Path(),
    pairs: options.Pairs = None,
    message: Message = "",
    dry_run: DryRun = False,
    students: Students = None,
    project: ProjectName = "",
    limit: Limit = None,
    failed: Failed = False,
    executor: Executor = "",
    workers: Workers = None,
    as_json: options.AsJson = False,
) -> None:
    """Bring changes of the templates into each repository.

    No line that a student wrote is lost. If a student has changed nothing, main moves forward. Otherwise the merge
    waits on a branch for the student; if the student and the template have changed the same lines, the new version
    waits there, and the student settles what differs. Branches that do not fit any more are removed.
    """
    from scaffolder.cohort.model import Choice
    from scaffolder.cohort.work import update, updates
    from scaffolder.cohort.work.steps import Work

    choice = Choice(tuple(students or ()), project, failed, limit)
    with opened(folder, choice, (update.STEP,), executor, as_json=as_json, with_templates=True) as found:
        run = updates.run(
            found.cohort,
            found.book,
            found.wanted,
            found.where,
            Work(executor, workers),
            given=pairs_of(pairs),
            dry_run=dry_run,
            reason=message,
        )
        outcomes = finished(run, len(found.wanted), "Updating", as_json=as_json)
    title = "Would update" if dry_run else "Updated"
    advice = "No main was changed for these. A conflict is the student's to settle; --failed tries the others again."
    if dry_run:
        advice = "Nothing was changed: this was a dry run."
    with after("" if dry_run else IN_THE_LEDGER):
        if not as_json:
            for entry in (each.last for each in outcomes if dry_run and each.last.detail and not each.code):
                print(f"{entry.student}/{entry.project}: {one_line(entry.detail)}")
        report(folder, outcomes, title, advice, as_json=as_json, dry_run=dry_run)

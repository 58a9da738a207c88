"""`scaffolder cohort update`: brings changes of the templates to all students."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli.cohort.common import Folder, Machines, Selection, finished
from scaffolder.cli.cohort.steps import opened, report
from scaffolder.cli.printing import Result
from scaffolder.cohort.work.steps import Work
from scaffolder.template.answers import from_pairs

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
    *,
    selection: Selection,
    machines: Machines,
) -> Result:
    """Bring changes of the templates into each repository.

    No line that a student wrote is lost. If a student has changed nothing, main moves forward. Otherwise the merge
    waits on a branch for the student; if the student and the template have changed the same lines, the new version
    waits there, and the student settles what differs. Branches that do not fit any more are removed.
    """
    from scaffolder.cohort.work import updates

    with opened(folder, selection.choice, machines.executor, with_templates=True) as found:
        run = updates.run(
            found.cohort,
            found.book,
            found.wanted,
            found.where,
            Work(machines.executor, machines.workers),
            given=from_pairs(pairs or ()),
            dry_run=dry_run,
            reason=message,
        )
        outcomes = finished(run, len(found.wanted), "Updating")
    title = "Would update" if dry_run else "Updated"
    advice = (
        "No main was changed for these. A conflict is the student's to settle; the same command tries the others again."
    )
    if dry_run:
        advice = "Nothing was changed: this was a dry run."
    result = report(folder, outcomes, title, advice, dry_run=dry_run)
    if not dry_run:
        return result
    planned = [outcome.last for outcome in outcomes if outcome.last.detail and not outcome.code]
    lines = [f"{entry.student}/{entry.project}: {entry.detail}" for entry in planned]
    return replace(result, lines=[*lines, *result.lines], done="")

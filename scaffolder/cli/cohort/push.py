"""`scaffolder cohort push`: pushes the repositories of a cohort to their remotes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli.cohort.common import IN_THE_LEDGER, Executor, Folder, ProjectName, Students, Workers, finished
from scaffolder.cli.cohort.steps import Failed, Limit, opened, report
from scaffolder.cli.streams import after

To = Annotated[
    str,
    typer.Option(
        metavar="PATTERN",
        help="Address of a repository, with {student}, {username}, {group}, {project} and {base} in it "
        "[default: that of the last push, that of cohort.toml, or {base}/{student}/{project}.git].",
        show_default=False,
    ),
]
Base = Annotated[
    str,
    typer.Option(metavar="URL", help="What {base} stands for: https://…, ssh://…, or a folder.", show_default=False),
]


Move = Annotated[
    bool, typer.Option("--move", help="Push to a new address, too, if a repository has been pushed to another before.")
]


def push(
    folder: Folder = Path(),
    to: To = "",
    base: Base = "",
    move: Move = False,
    students: Students = None,
    project: ProjectName = "",
    limit: Limit = None,
    failed: Failed = False,
    executor: Executor = "",
    workers: Workers = None,
    as_json: options.AsJson = False,
) -> None:
    """Push each repository to its remote.

    Nothing is lost there. Git asks for no password: leave that to a credential helper or an ssh agent. In a folder,
    missing repositories are created. What students have pushed stays; a second run pushes only what is not there yet.
    """
    from scaffolder.cohort.model import Choice
    from scaffolder.cohort.remote import push as pushing
    from scaffolder.cohort.remote.transport import is_local
    from scaffolder.cohort.work.steps import Work

    base = Path(os.path.abspath(base)).as_posix() if base and is_local(base) and "://" not in base else base
    choice = Choice(tuple(students or ()), project, failed, limit)
    with opened(folder, choice, (pushing.STEP,), executor, as_json=as_json, to=(to, base)) as found:
        run = pushing.push(found.cohort, found.book, found.wanted, found.where, Work(executor, workers), move=move)
        outcomes = finished(run, len(found.wanted), "Pushing", as_json=as_json)
    with after(IN_THE_LEDGER):
        report(folder, outcomes, "Pushed", "Not all could be pushed: --failed tries those again.", as_json=as_json)

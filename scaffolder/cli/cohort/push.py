"""`scaffolder cohort push`: pushes the repositories of a cohort to their remotes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.cli.cohort.common import Folder, Machines, Selection, finished
from scaffolder.cli.cohort.steps import opened, report
from scaffolder.cli.printing import Result
from scaffolder.cohort.remote import push as pushing
from scaffolder.cohort.remote.remotes import PATTERN
from scaffolder.cohort.remote.transport import is_local
from scaffolder.cohort.work.steps import Work

To = Annotated[
    str,
    typer.Option(
        metavar="PATTERN",
        help="Address of a repository, with {student}, {username}, {group} and {project} in it "
        "[default: that of the last push, or that of cohort.toml].",
        show_default=False,
    ),
]
Base = Annotated[
    str,
    typer.Option(metavar="URL", help="Short for --to URL/{student}/{project}.git; or a folder.", show_default=False),
]


Move = Annotated[
    bool, typer.Option("--move", help="Push to a new address, too, if a repository has been pushed to another before.")
]


def push(
    folder: Folder = Path(),
    to: To = "",
    base: Base = "",
    move: Move = False,
    *,
    selection: Selection,
    machines: Machines,
) -> Result:
    """Push each repository to its remote.

    Nothing is lost there. Git asks for no password: leave that to a credential helper or an ssh agent. In a folder,
    missing repositories are created. What students have pushed stays; a second run pushes only what is not there yet.
    """
    if base and to:
        raise typer.BadParameter("--base is short for --to: leave out one of them.")
    if base:
        base = Path(os.path.abspath(base)).as_posix() if is_local(base) and "://" not in base else base.rstrip("/")
        to = f"{base}/{PATTERN}"
    with opened(folder, selection.choice, machines.executor, to=to) as found:
        work = Work(machines.executor, machines.workers)
        run = pushing.push(found.cohort, found.book, found.wanted, found.where, work, move=move)
        outcomes = finished(run, len(found.wanted), "Pushing")
    return report(folder, outcomes, "Pushed", "Not all could be pushed: the same command tries those again.")

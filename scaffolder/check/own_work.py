"""The owner's part of a repository that a template made: its last commit against the render that it rests on.

That render is taken from the history. If it is not there, as in a shallow clone, a template that is installed is
rendered once more; nobody else's template is. Nothing is written into the repository.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.errors import ScaffolderError
from scaffolder.project import record

if TYPE_CHECKING:  # a repository without a history should not wait for what reads one
    import pygit2

    from scaffolder.project.mine.comparison import Comparison
    from scaffolder.project.record import Record
    from scaffolder.project.update import Base


class OwnWork(NamedTuple):
    """The comparison of the last commit with the template, or why there is none."""

    found: Comparison | None
    unknown: str = ""


_NO_TEMPLATE = OwnWork(None, f"there is no {record.NAME}, so no template is known that it was made from")
_NO_HISTORY = OwnWork(None, "only commits are compared with the template, and there is no Git repository here")
_NOT_HERE = (
    "the template's files as they were when the project was made are not here. `git fetch origin scaffold:scaffold` or "
    "`git fetch --unshallow` may bring them"
)


@fact
def own_work(repo: Repository) -> OwnWork:
    """The owner's part of the last commit, line by line."""
    if not repo.snapshot.is_file(record.NAME):
        return _NO_TEMPLATE
    if repo.commit is None or (repo.folder and not _has_history(repo.folder)):
        return _NO_HISTORY
    from scaffolder.project import store  # with libgit2, which a browser does not have
    from scaffolder.project.mine.comparison import compared

    try:
        with store.failures("Git's data cannot be read"), ExitStack() as stack:
            return OwnWork(compared(*_rests(*repo.commit, stack)))
    except ScaffolderError as error:
        return OwnWork(None, f"it cannot be compared with its template: {str(error).rstrip('.')}")


def _has_history(folder: Path) -> bool:
    """Whether Git's data are in the folder; those that a file or a link in it names may be anybody's."""
    git = folder / ".git"
    return git.is_dir() and not git.is_symlink() and not (git / "objects/info/alternates").exists()


def _rests(path: Path, name: str, stack: ExitStack) -> tuple[pygit2.Repository, str, Base]:
    """The Git repository in `path`, its commit `name` and the render of that; raises `UpdateError` without a render."""
    from scaffolder.project import store
    from scaffolder.project.update import UpdateError, find_base, record_of

    repo = store.opened(path)
    commit = store.commit_of(repo, name) if name == "HEAD" else name
    if commit is None:
        raise UpdateError("nothing is committed yet")
    base = find_base(repo, commit) or _rendered(repo, commit, record_of(repo, commit), stack)
    if base is None:
        raise UpdateError(_NOT_HERE)
    return repo, commit, base


def _rendered(repo: pygit2.Repository, commit: str, known: Record, stack: ExitStack) -> Base | None:
    """The render by the installed template that the record names, kept until `stack` ends; None if it is another."""
    from scaffolder.project import generated, store
    from scaffolder.project.plan import BUNDLED
    from scaffolder.template import catalog

    if known.template not in catalog.names() or known.source not in ({}, BUNDLED) or known.own_exercises:
        return None
    aside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scaffolder-")))
    into = store.create(aside)
    repo.odb.add_disk_alternate(str(aside / "objects"))
    return generated.rendered_by(catalog.bundled(known.template), repo, commit, known, into)

"""A repository and its template: what is the owner's in it, when it was done, and what was not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.errors import listed
from scaffolder.project import store, worktree
from scaffolder.project.generated import Generated
from scaffolder.project.mine.comparison import Comparison, compared
from scaffolder.project.mine.file_kinds import READ

if TYPE_CHECKING:
    import pygit2

    from scaffolder.project.update import Base


MOST_COMMITS = 20_000
_EPOCH, _DAY = date(1970, 1, 1).toordinal(), 86_400  # seconds


@dataclass(frozen=True)
class Work:
    """The commits that are neither merges nor renders, the days on which they were written, and the first and last."""

    commits: int
    days: int
    first: str
    last: str


@dataclass(frozen=True)
class Mine(Comparison):
    """The whole repository at a commit. `waiting` are files that are not committed as they are, so not counted."""

    name: str
    template: str
    commit: str
    date: str
    work: Work
    waiting: tuple[str, ...]
    notes: tuple[str, ...]


def examine(folder: Path) -> Mine:
    """Compare the last commit of the project in `folder` with its template.

    Raises a `ScaffolderError` if it is no project, or if its render is neither here nor can be made again.
    """
    repo = worktree.opened(folder)
    project = Generated.at_head(repo, folder)
    head, base = project.commit, project.base
    found = compared(repo, head, base)
    return Mine(
        files=found.files,
        texts=found.texts,
        name=folder.resolve().name,
        template=project.record.template,
        commit=head,
        date=date_of(repo, head),
        work=work(repo, head, base),
        waiting=waiting(repo),
        notes=tuple(_notes(repo, found)),
    )


def _notes(repo: pygit2.Repository, found: Comparison) -> Iterator[str]:
    if repo.is_shallow:
        yield "The clone is shallow, so commits are missing: git fetch --unshallow brings them."
    if unread := [share.path for share in found.of(*READ) if share.unread]:
        yield f"Not compared, because too large or not text: {listed(unread, 1)}."


def work(repo: pygit2.Repository, head: str, base: Base) -> Work:
    """The owner's commits that lead to `head`."""
    renders = set(islice(store.history(repo, base.commit), MOST_COMMITS)) if base.commit else set()
    own = [
        name
        for name in islice(store.history(repo, head), MOST_COMMITS)
        if name not in renders and len(store.parents(repo, name)) < 2
    ]
    days = sorted({date_of(repo, name) for name in own} - {""})
    return Work(len(own), len(days), *((days[0], days[-1]) if days else ("", "")))


def date_of(repo: pygit2.Repository, commit: str) -> str:
    """The day on which a commit was written, where its author was; "" if it is no day of our calendar."""
    author = store.read_commit(repo, commit).author
    try:
        return date.fromordinal(_EPOCH + (author.time + author.offset * 60) // _DAY).isoformat()
    except (OverflowError, ValueError):
        return ""


def waiting(repo: pygit2.Repository) -> tuple[str, ...]:
    """The files that differ from the last commit, and those that Git does not know; libgit2 runs no filter."""
    with store.failures("The work tree cannot be read"):
        return tuple(sorted(repo.status(untracked_files="normal")))

"""The owner's commits in the history of a project, and what is not committed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from scaffolder.project import commits, store

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


def work(repo: pygit2.Repository, head: str, base: Base) -> Work:
    """The owner's commits that lead to `head`."""
    renders = set(islice(commits.history(repo, base.commit), MOST_COMMITS)) if base.commit else set()
    own = [
        name
        for name in islice(commits.history(repo, head), MOST_COMMITS)
        if name not in renders and len(commits.parents(repo, name)) < 2
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

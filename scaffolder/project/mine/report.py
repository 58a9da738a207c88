"""A repository and its template: what is the owner's in it, when it was done, and what was not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.errors import listed
from scaffolder.project import worktree
from scaffolder.project.generated import Generated
from scaffolder.project.mine import history
from scaffolder.project.mine.comparison import Comparison, compared
from scaffolder.project.mine.file_kinds import READ
from scaffolder.project.mine.history import Work

if TYPE_CHECKING:
    import pygit2


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
        date=history.date_of(repo, head),
        work=history.work(repo, head, base),
        waiting=history.waiting(repo),
        notes=tuple(_notes(repo, found)),
    )


def _notes(repo: pygit2.Repository, found: Comparison) -> Iterator[str]:
    if repo.is_shallow:
        yield "The clone is shallow, so commits are missing: git fetch --unshallow brings them."
    if unread := [share.path for share in found.of(*READ) if share.unread]:
        yield f"Not compared, because too large or not text: {listed(unread, 1)}."

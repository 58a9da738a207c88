"""Git's index: what is staged in a work tree, and the conflicts in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scaffolder.project import store
from scaffolder.project.update import Merged
from scaffolder.tree import File

if TYPE_CHECKING:
    import pygit2


def write(repo: pygit2.Repository, files: Mapping[str, File | None]) -> None:
    """Stage files; those that are None leave the index."""
    index = repo.index
    index.read()
    store.stage(repo, index, files)
    index.write()


def write_conflicts(repo: pygit2.Repository, found: Merged) -> None:
    """Stage the clean changes, and the three sides of conflict conflict."""
    before, after = store.entries(repo, found.base.tree), store.entries_of(found.theirs)
    index = repo.index
    index.read()
    for conflict in found.merge.conflicts:
        path, origin = conflict.path, conflict.origin or conflict.path
        if path in found.present:
            index.remove(path)
        sides = ((before, origin), (found.present, path), (after, origin))
        index.add_conflict(*(_entry(path, side.get(name)) for side, name in sides))
    conflicts = {conflict.path for conflict in found.merge.conflicts}
    store.stage(repo, index, {path: file for path, file in found.changes.items() if path not in conflicts})
    index.write()


def _entry(path: str, file: tuple[str, int] | None) -> pygit2.IndexEntry | None:
    import pygit2

    return pygit2.IndexEntry(path, pygit2.Oid(hex=file[0]), store.git_mode(file[1])) if file else None

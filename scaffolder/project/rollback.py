"""Keeps the parts of a work tree that an update changes, so that a failure in the middle leaves all as before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.project import checkout, store
from scaffolder.tree import File

if TYPE_CHECKING:
    import pygit2

_INDEX = "index"  # a file in the Git folder


@dataclass(frozen=True)
class Before:
    """Files of a work tree, its index and the commit of the branch `scaffold`, as they were; None is for nothing."""

    repo: pygit2.Repository
    files: Mapping[str, File | None]
    index: File | None
    scaffold: str | None

    @classmethod
    def of(cls, repo: pygit2.Repository, paths: Iterable[str]) -> Before:
        """The state now, of those `paths`."""
        folder = Path(repo.workdir)
        files = {path: checkout.read(folder, path) for path in paths}
        return cls(repo, files, checkout.read(Path(repo.path), _INDEX), store.commit_of(repo, store.SCAFFOLD))

    def restore(self) -> None:
        """Put back what is different now; raises an `OSError` or an `OutsideError` if that fails."""
        folder = Path(self.repo.workdir)
        checkout.write(folder, {path: file for path, file in self.files.items() if checkout.read(folder, path) != file})
        checkout.write(Path(self.repo.path), {_INDEX: self.index})
        now = store.commit_of(self.repo, store.SCAFFOLD)
        if now and self.scaffold is None:
            self.repo.references.delete(store.SCAFFOLD)
        elif now and self.scaffold and now != self.scaffold:
            store.move(self.repo, store.SCAFFOLD, now, self.scaffold)

"""The files and the index of a work tree: what an update may write, how it writes, and how all is put back."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pygit2

from scaffolder.project import store
from scaffolder.tree import EXECUTABLE, PLAIN, File, blob_id

if TYPE_CHECKING:
    from scaffolder.project.update import Merged

_INDEX = "index"  # a file in the Git folder
_TEMPORARY = ".scaffolder-update.tmp"  # beside the file that it is renamed to


def content(file: File | None) -> str:
    """The blob id of a file, "" for none."""
    return "" if file is None else blob_id(file.data)


def is_free(folder: Path, path: str, allowed: Container[str], leaving: Container[str]) -> bool:
    """Whether `path` may be written or removed, given the content that is there now.

    It may if there is nothing, a file whose blob id is `allowed`, or only files that the same update removes: those in
    `leaving`. No folder above it may be a link.
    """
    parts = path.split("/")
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        parent = folder / above
        if parent.is_symlink() or (os.path.lexists(parent) and not parent.is_dir() and above not in leaving):
            return False
    place = folder / path
    if place.is_symlink():
        return blob_id(os.readlink(place).encode()) in allowed
    if place.is_dir():
        inside = (Path(root, name) for root, _, names in os.walk(place) for name in names)
        return all(each.relative_to(folder).as_posix() in leaving for each in inside)
    return not os.path.lexists(place) or (place.is_file() and blob_id(place.read_bytes()) in allowed)


def read(folder: Path, path: str) -> File | None:
    """The file that is there; None if there is none."""
    place = folder / path
    if place.is_symlink() or not place.is_file():
        return None
    return File(place.read_bytes(), EXECUTABLE if place.stat().st_mode & 0o100 else PLAIN)


def write(folder: Path, files: Mapping[str, File | None]) -> None:
    """Write files, or remove those that are None, each in one step."""
    for path in [path for path, file in files.items() if file is None]:
        with suppress(FileNotFoundError, NotADirectoryError):
            (folder / path).unlink()
        for parent in [each for each in (folder / path).parents if each != folder and folder in each.parents]:
            try:
                parent.rmdir()
            except OSError:
                break
    for path, file in files.items():
        if file is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            _write(folder / path, file)


def sweep(folder: Path, files: Mapping[str, File | None]) -> None:
    """Remove the temporary files that a killed run of `write` has left beside these files."""
    for place in {(folder / path).parent / _TEMPORARY for path in files}:
        with suppress(OSError):
            place.unlink()


def _write(place: Path, file: File) -> None:
    temporary = place.with_name(_TEMPORARY)
    bits = 0o777 if file.mode == EXECUTABLE else 0o666
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        with open(os.open(temporary, flags, bits), "wb") as written:
            written.write(file.data)
        if place.is_dir():
            place.rmdir()  # it is empty, since the files in it have been removed
        os.replace(temporary, place)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def stage(repo: pygit2.Repository, files: Mapping[str, File | None]) -> None:
    """Stage files; those that are None leave the index."""
    index = repo.index
    index.read()
    store.stage(repo, index, files)
    index.write()


def stage_conflicts(repo: pygit2.Repository, found: Merged) -> None:
    """Stage the clean changes, and the three sides of each conflict."""
    before, after = store.entries(repo, found.base.tree), store.entries_of(found.theirs)
    index = repo.index
    index.read()
    for conflict in found.merge.conflicts:
        path, origin = conflict.path, conflict.origin or conflict.path
        if path in found.present:
            index.remove(path)
        sides = ((before, origin), (found.present, path), (after, origin))
        index.add_conflict(*(_index_entry(path, side.get(name)) for side, name in sides))
    conflicts = {conflict.path for conflict in found.merge.conflicts}
    store.stage(repo, index, {path: file for path, file in found.changes.items() if path not in conflicts})
    index.write()


def _index_entry(path: str, file: tuple[str, int] | None) -> pygit2.IndexEntry | None:
    return pygit2.IndexEntry(path, pygit2.Oid(hex=file[0]), store.git_mode(file[1])) if file else None


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
        files = {path: read(folder, path) for path in paths}
        return cls(repo, files, read(Path(repo.path), _INDEX), store.commit_of(repo, store.SCAFFOLD))

    def restore(self) -> None:
        """Put back what is different now; raises an `OSError` or an `OutsideError` if that fails."""
        folder = Path(self.repo.workdir)
        write(folder, {path: file for path, file in self.files.items() if read(folder, path) != file})
        write(Path(self.repo.path), {_INDEX: self.index})
        now = store.commit_of(self.repo, store.SCAFFOLD)
        if now and self.scaffold is None:
            self.repo.references.delete(store.SCAFFOLD)
        elif now and self.scaffold and now != self.scaffold:
            store.move(self.repo, store.SCAFFOLD, now, self.scaffold)

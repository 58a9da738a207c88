"""A commit as a snapshot for the checklist: no checkout, nothing executed, within the same bounds as for a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import SKIPPED, Snapshot, walk
from scaffolder.check.engine.tags import tags_in
from scaffolder.errors import OutsideError, shown
from scaffolder.project import store

if TYPE_CHECKING:
    import pygit2

MAX_COMMIT = 1_000_000  # bytes of a commit and its message
MAX_TREE = 20_000_000  # bytes of the list of one folder
_LONGEST_NAME = 255  # bytes; no common file system could check out a longer one


def repository_at(path: Path, commit: str, *, today: date | None = None) -> Repository:
    """The repository whose files are those of `commit` in the Git repository, bare or not, in `path`.

    Files are read when somebody asks for them, so the Git repository must stay where it is. Its authors are not known,
    so no review in it counts, but only those in `examine.examine(given=...)`.

    Raises:
        TargetError: there is no Git repository in `path`.
        OutsideError: it has no such commit, or one whose list of files cannot be read.

    """
    repo = store.opened(path)
    with store.failures(f"The commit {shown(commit)} cannot be read in {shown(path, 200)}"):
        return Repository(_Commit(repo, commit).snapshot(), today=today, commit=(path, commit))


class _Commit:
    """The folders of a commit as far as they were listed, and the ids of the files in them."""

    def __init__(self, repo: pygit2.Repository, commit: str) -> None:
        self._repo = repo
        self._trees = {"": _root(repo, commit)}
        self._files: dict[str, bytes | None] = {}  # None for a link, which is not followed
        self._notes: dict[str, None] = {}

    def snapshot(self) -> Snapshot:
        """The snapshot that `Snapshot.of_folder` would make of a checkout."""
        paths, notes = walk(self._listed)
        repo, files = self._repo, self._files
        return Snapshot(
            paths,
            lambda path, limit: _blob(repo, files[path], limit),
            [*notes, *self._notes],
            tags_in(repo.path.rstrip("/")),
        )

    def _listed(self, folder: str, most: int) -> tuple[list[str], list[str], int]:
        """The files and folders of one folder, and how many names were seen."""
        from pygit2.enums import FileMode

        files: list[str] = []
        folders: list[str] = []
        seen = 0
        for entry in islice(self._entries(folder), most):
            seen += 1
            name = _name(entry.raw_name or b"")
            path = f"{folder}/{name}" if folder else name
            if not name:
                self._notes["Names that no checkout could have were not looked at."] = None
            elif entry.filemode == FileMode.TREE and name not in SKIPPED and path not in self._trees:
                self._trees[path] = entry.id
                folders.append(path)
            elif entry.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE, FileMode.LINK):
                self._files[path] = None if entry.filemode == FileMode.LINK else entry.id.raw
                files.append(path)
        return files, sorted(folders), seen

    def _entries(self, folder: str) -> Iterator[pygit2.Object]:
        """The entries of a folder; none, and a note, if it cannot be read. Raises `OutsideError` for the top folder."""
        import pygit2

        tree = self._trees.pop(folder)
        try:
            if self._repo.odb.read_header(tree)[1] <= MAX_TREE:
                return iter(self._repo[tree].peel(pygit2.Tree))
            reason = "holds too many names"
        except (pygit2.GitError, KeyError, ValueError):
            reason = "could not be read"
        if not folder:
            raise OutsideError(f"The list of files of a commit {reason}.")
        self._notes[f"{folder} {reason}."] = None
        return iter(())


def _root(repo: pygit2.Repository, commit: str) -> pygit2.Oid:
    """The id of the commit's tree."""
    import pygit2

    try:
        oid = pygit2.Oid(hex=commit)
        kind, size = repo.odb.read_header(oid)
    except (ValueError, KeyError):
        raise OutsideError(f"There is no commit {shown(commit)} in {shown(repo.path, 200)}.") from None
    if kind != pygit2.enums.ObjectType.COMMIT or size > MAX_COMMIT:
        raise OutsideError(f"{shown(commit)} in {shown(repo.path, 200)} is not a commit that can be read.")
    return repo[oid].peel(pygit2.Commit).tree_id


def _name(raw: bytes) -> str:
    """The name of a file or folder; "" if no checkout could have one."""
    if raw in (b"", b".", b"..") or b"/" in raw or raw.lower() == b".git" or len(raw) > _LONGEST_NAME:
        return ""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""


def _blob(repo: pygit2.Repository, name: bytes | None, limit: int) -> bytes | None:
    """The bytes of a file; for one of `limit` bytes or more, `limit` zeros, since nobody reads a file that large."""
    import pygit2

    if name is None:
        return None
    try:
        oid = pygit2.Oid(raw=name)
        kind, size = repo.odb.read_header(oid)
        if kind != pygit2.enums.ObjectType.BLOB:
            return None
        return bytes(limit) if size >= limit else bytes(memoryview(repo[oid]))  # type: ignore[arg-type]
    except (pygit2.GitError, KeyError, ValueError):
        return None

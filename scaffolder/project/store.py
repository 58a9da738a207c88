"""Reads and writes trees and commits of a Git repository in this process, by libgit2: no program, hook or filter runs.

For all that needs a network or a person's credentials, there is `scaffolder.git`.
"""

from __future__ import annotations

import re
import time
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

import pygit2

from scaffolder.errors import OutsideError, TargetError, one_line, shown
from scaffolder.tree import File, Tree, blob_id, digest

LINK, SUBMODULE = 0o120000, 0o160000  # modes of entries that are not regular files
_REGULAR = 0o100000  # Git writes 0o100644 for our 0o644
_SMALL = 1_000_000  # bytes of a file that may have been renamed
_MAX_BLOB = 50_000_000  # bytes of a file that a merge reads
_MAX_COMMIT, _MAX_TREE = 1_000_000, 20_000_000  # bytes
_MOST_FILES, _DEEPEST = 50_000, 50  # files of a tree, and levels of folders
_MOST_LISTINGS, _WORTH_KEEPING = 500, 500  # listings that are cached, and files of one

_STEP, _MOST_STEPS = 1_000_000, 50  # bytes of an object that are unpacked at a time, and how often
_NOT_WRITTEN = "The repository cannot be written"

Entries = Mapping[str, tuple[str, int]]
"""Path -> (hexadecimal id, mode); the modes of regular files are `tree.PLAIN` and `tree.EXECUTABLE`."""

_Listing = tuple[tuple[str, tuple[str, int]], ...]
_listings: dict[bytes, _Listing] = {}  # the id of a tree -> its files


class Person(NamedTuple):
    """The author of a commit."""

    name: str
    email: str


SCAFFOLDER = Person("scaffolder", "noreply@scaffolder.invalid")
MAIN, SCAFFOLD = "refs/heads/main", "refs/heads/scaffold"


@contextmanager
def failures(what: str) -> Iterator[None]:
    """Turn errors of libgit2 and the disk into an `OutsideError` that begins with `what`."""
    try:
        yield
    except (pygit2.GitError, OSError, KeyError) as error:
        said = error.args[0] if isinstance(error, KeyError) and error.args else error
        reason = " ".join(str(said).split()).rstrip(" .:") or type(error).__name__
        raise OutsideError(f"{what}: {reason[:200]}.") from error


def not_here(what: str) -> str:
    """The sentence about what a partial clone lacks, for `failures`."""
    return f"{what} is not in this clone (git fetch --refetch --no-filter brings it)"


def opened(folder: Path) -> pygit2.Repository:
    """Open the repository whose work tree or bare folder is `folder`; raises `TargetError` if that is not possible."""
    try:
        return pygit2.Repository(str(folder), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
    except pygit2.GitError as error:
        reason = " ".join(str(error).split()).rstrip(".")[:200]
        raise TargetError(f"{shown(folder, 200)} cannot be opened as a Git repository: {one_line(reason)}.") from None


def create(folder: Path) -> pygit2.Repository:
    """Create an empty, bare repository in `folder`."""
    with failures(f"{shown(folder, 200)} cannot be made a repository"):
        return pygit2.init_repository(str(folder), bare=True, initial_head="main")


def commit_of(repo: pygit2.Repository, reference: str) -> str | None:
    """The commit that `reference`, such as refs/heads/main or HEAD, leads to; None if it is not there.

    Raises `OutsideError` if the reference is damaged, or its commit is not there.
    """
    with failures("The repository cannot be read"):
        try:
            found = repo.references[reference].resolve()
        except (KeyError, pygit2.InvalidSpecError):  # not there, or no name that a reference can have
            return None
        _refuse_large(repo, pygit2.Oid(hex=str(found.target)), _MAX_COMMIT)
        return str(found.peel(pygit2.Commit).id)


def root(repo: pygit2.Repository, commit: str) -> pygit2.Tree:
    """The tree of a commit."""
    return cast(pygit2.Tree, _object(repo, tree_of(repo, commit), _MAX_TREE))


def read_commit(repo: pygit2.Repository, name: str) -> pygit2.Commit:
    """The commit with this id; raises `OutsideError` if it is larger than 1 MB."""
    return cast(pygit2.Commit, _object(repo, name, _MAX_COMMIT))


def _object(repo: pygit2.Repository, name: str, most: int) -> Any:
    """A commit or a tree; raises `OutsideError` if it has more than `most` bytes, all of which libgit2 would read."""
    oid = pygit2.Oid(hex=name)
    _refuse_large(repo, oid, most)
    return repo[oid]


def _refuse_large(repo: pygit2.Repository, oid: pygit2.Oid, most: int) -> None:
    refuse_cut_off(repo, str(oid))
    if repo.odb.read_header(oid)[1] > most:
        raise OutsideError(f"A commit or a list of files is larger than {most // 1_000_000} MB.")


def refuse_cut_off(repo: pygit2.Repository, name: str) -> None:
    """Raise `OutsideError` if the file of the object with the id `name` ends too early, as on a full disk.

    libgit2 1.9 would read it for ever.
    """
    with suppress(OSError, zlib.error):  # it is in a pack, or not there, or damaged in a way that libgit2 notices
        rest = (Path(repo.path) / "objects" / name[:2] / name[2:]).read_bytes()
        unpacked = zlib.decompressobj()
        for _ in range(_MOST_STEPS):
            unpacked.decompress(rest, _STEP)
            rest = unpacked.unconsumed_tail
            if not rest:
                break
        if not (rest or unpacked.eof):
            raise OutsideError(f"The object {name[:10]} of Git's data is cut off: 'git fsck' names what is damaged.")


def history(repo: pygit2.Repository, commit: str, *, first_parents: bool = False) -> Iterator[str]:
    """The commits that lead to `commit`, itself first, as far as they are here: a shallow clone ends early."""
    names = deque([commit])
    seen = {commit}
    while names:
        name = names.popleft()
        yield name
        parents = read_commit(repo, name).parent_ids
        older = [str(each) for each in (parents[:1] if first_parents else parents) if each in repo]
        names += [each for each in older if each not in seen]
        seen.update(older)


def parents(repo: pygit2.Repository, commit: str) -> list[str]:
    """The parents of a commit, also those that are not here."""
    return [str(each) for each in read_commit(repo, commit).parent_ids]


def committer(repo: pygit2.Repository, commit: str) -> Person:
    """The person who a commit says has made it."""
    found = read_commit(repo, commit).committer
    return Person(found.name, found.email)


def tree_of(repo: pygit2.Repository, commit: str) -> str:
    """The id of a commit's tree."""
    return str(read_commit(repo, commit).tree_id)


def entries(repo: pygit2.Repository, tree: str) -> Entries:
    """All files in a tree; raises `OutsideError` if there are far too many."""
    return dict(_listed(repo, pygit2.Oid(hex=tree), _DEEPEST))


def _listed(repo: pygit2.Repository, name: pygit2.Oid, depth: int) -> _Listing:
    """The files below a tree. Listings are cached: a few trees that name each other may hold billions of folders."""
    if depth == 0:
        raise OutsideError(f"There are more than {_DEEPEST} folders inside one another.")
    known = _listings.get(name.raw)
    if known is not None:
        return known
    found: list[tuple[str, tuple[str, int]]] = []
    with failures(not_here("A folder")):
        tree = _object(repo, str(name), _MAX_TREE)
    for entry in tree:
        part = entry.raw_name.decode("utf-8", "surrogateescape")
        if entry.filemode == pygit2.enums.FileMode.TREE:
            found += ((f"{part}/{path}", file) for path, file in _listed(repo, entry.id, depth - 1))
        else:
            found.append((part, (str(entry.id), _ours(int(entry.filemode)))))
        if len(found) > _MOST_FILES:  # a few trees that name each other may hold billions
            raise OutsideError(f"There are more than {_MOST_FILES:,} files.")
    if len(_listings) >= _MOST_LISTINGS:
        _listings.clear()
    if len(found) <= _WORTH_KEEPING:
        _listings[name.raw] = tuple(found)
    return tuple(found)


def loaded(repo: pygit2.Repository, files: Entries, paths: Iterable[str]) -> Tree:
    """The contents of those `paths` that are in `files`; for a submodule, its commit's id. Paths are not checked."""
    return {path: File(_data(repo, *files[path]), files[path][1]) for path in paths if path in files}


def small(repo: pygit2.Repository, files: Entries, paths: Iterable[str], most: int = _MAX_BLOB) -> list[str]:
    """Those of `paths` that are regular files of at most 1 MB, until together they would exceed `most` bytes."""
    found, total = [], 0
    for path in paths:
        name, mode = files[path]
        with failures(not_here("A file")):
            size = repo.odb.read_header(pygit2.Oid(hex=name))[1]
        if mode < _REGULAR and size <= _SMALL and total + size <= most:
            found.append(path)
            total += size
    return found


def _data(repo: pygit2.Repository, name: str, mode: int) -> bytes:
    if mode == SUBMODULE:
        return name.encode()
    refuse_cut_off(repo, name)
    with failures(not_here("A file")):
        blob = repo[name]
        if blob.size > _MAX_BLOB:  # type: ignore[attr-defined]
            raise OutsideError(f"A file of more than {_MAX_BLOB // 1_000_000} MB cannot be merged.")
        return bytes(blob.data)  # type: ignore[attr-defined]


def entries_of(tree: Tree) -> Entries:
    """The entries that a Tree would have in Git."""
    return {path: (blob_id(file.data), file.mode) for path, file in tree.items()}


def digest_without(files: Entries, path: str) -> str:
    """The `tree.digest` of all files but `path`."""
    return digest({each: entry for each, entry in files.items() if each != path})


def write_tree(repo: pygit2.Repository, changes: Mapping[str, File | None], onto: str | None = None) -> str:
    """Write the tree `onto`, or an empty one, with `changes` (None removes a file), and return its id."""
    index = pygit2.Index()
    with failures(_NOT_WRITTEN):
        if onto:
            index.read_tree(repo[onto].peel(pygit2.Tree))
        stage(repo, index, changes)
        return str(index.write_tree(repo))


def stage(repo: pygit2.Repository, index: pygit2.Index, changes: Mapping[str, File | None]) -> None:
    """Put files into an index; those that are None leave it, if they are there."""
    for path in [path for path, file in changes.items() if file is None]:
        with suppress(OSError):
            index.remove(path)
    for path, file in changes.items():
        if file is not None:
            index.add(pygit2.IndexEntry(path, _blob(repo, file), git_mode(file.mode)))


def _blob(repo: pygit2.Repository, file: File) -> pygit2.Oid:
    if file.mode == SUBMODULE:
        return pygit2.Oid(hex=file.data.decode())
    return repo.create_blob(file.data)


def commit(
    repo: pygit2.Repository, tree: str, parents: Iterable[str], message: str, who: Person = SCAFFOLDER, when: int = 0
) -> str:
    """Write a commit; no reference moves. `when` is seconds since 1970 in UTC; 0 is now."""
    name, email = (re.sub(r"[<>\n]", "", part).strip() for part in who)
    signature = pygit2.Signature(name or SCAFFOLDER.name, email or SCAFFOLDER.email, when or int(time.time()), 0)
    oids = [pygit2.Oid(hex=parent) for parent in parents]
    with failures(_NOT_WRITTEN):
        return str(repo.create_commit(None, signature, signature, message, pygit2.Oid(hex=tree), oids))


def move(repo: pygit2.Repository, reference: str, old: str | None, new: str) -> bool:
    """Move `reference` from `old` (None: it does not exist) to `new`; returns False, unmoved, if it is elsewhere.

    Raises `OutsideError` if the reference cannot be moved, as while Git holds its lock.
    """
    with failures(f"{reference} cannot be moved"):
        try:
            if old is None:
                repo.references.create(reference, new, force=False)
                return True
            found = repo.references[reference].resolve()
            if found.name != reference:
                raise OutsideError(f"{reference} cannot be moved: it stands for {shown(found.name)}.")
            if str(found.target) != old:
                return False
            found.set_target(new)  # libgit2 refuses if the reference has moved since it was read
        except (pygit2.GitError, OSError, KeyError):
            if commit_of(repo, reference) != old:
                return False
            raise
    return True


def _ours(mode: int) -> int:
    return mode & 0o777 if mode & 0o170000 == _REGULAR else mode


def git_mode(mode: int) -> pygit2.enums.FileMode:
    """The mode of a file of a Tree in Git's index."""
    return pygit2.enums.FileMode(mode | _REGULAR if mode < _REGULAR else mode)

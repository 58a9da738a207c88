"""An update written into a work tree, so that a kill at any moment leaves what a later run can finish.

First the target commit is kept as the reference `JOURNAL`. Then the files are written, each in one step, then the
index, then the branches move, and the journal goes. Whoever finds a journal does the same again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder import git
from scaffolder.errors import OutsideError, TargetError, shown
from scaffolder.project import record, store, textmerge, update
from scaffolder.project.merge import Kind
from scaffolder.project.update import Commits, Merged, UpdateError
from scaffolder.tree import EXECUTABLE, File, blob_id

if TYPE_CHECKING:
    import pygit2

JOURNAL = "refs/scaffolder/update"
_Delta = Mapping[str, tuple[str, File | None]]  # path -> (id of the old blob or "", the new file or None)
_NAMED = 5  # files that a sentence names


def opened(folder: Path) -> pygit2.Repository:
    """The repository of the project in `folder`; raises a `ScaffolderError` if it is in no state to be updated."""
    if not folder.is_dir():
        raise TargetError(f"There is no folder {shown(folder, 200)}.")
    if not os.path.lexists(folder / ".git"):
        around = next((parent for parent in folder.resolve().parents if (parent / ".git").exists()), None)
        if around and (around / record.NAME).exists():
            raise TargetError(f"{shown(folder, 200)} is a folder of the project in {shown(around, 200)}: update that.")
        if around:
            raise TargetError(
                f"{shown(folder, 200)} is part of the repository {shown(around, 200)}; an update needs a repository of "
                "the project's own."
            )
        raise TargetError(
            f"{shown(folder, 200)} is not a Git repository: git init, git add --all and git commit first."
        )
    repo = store.opened(folder)
    if repo.is_bare:
        raise TargetError(f"{shown(folder, 200)} is a bare repository: update a clone of it.")
    if Path(repo.workdir).resolve() != folder.resolve():
        raise TargetError(f"The repository in {shown(folder, 200)} has its files elsewhere (core.worktree).")
    if store.commit_of(repo, "HEAD") and repo.references["HEAD"].target == store.SCAFFOLD:
        raise UpdateError("The branch 'scaffold' is checked out, which is the template's: git switch to your own.")
    if repo.head_is_unborn:
        raise UpdateError(f"The repository in {shown(folder, 200)} has no commit yet: commit the project first.")
    return repo


def refuse_unclean(repo: pygit2.Repository) -> None:
    """Raise `UpdateError` if something is not committed, or if a merge or rebase is not finished."""
    if repo.state() != 0:
        raise UpdateError(
            "A merge, rebase or the like is not finished: finish or abort it first (git status says how)."
        )
    if changed := git.changed(Path(repo.workdir)):
        raise UpdateError(f"There are changes that are not committed: {_listed(changed)}. Commit or stash them first.")


def head(repo: pygit2.Repository) -> str:
    """The commit that is checked out."""
    return str(repo.head.target)


def in_the_way(repo: pygit2.Repository, changes: Mapping[str, File | None]) -> list[str]:
    """The files that an update would overwrite although Git does not know what is in them now."""
    folder, hidden = Path(repo.workdir), git.hidden(Path(repo.workdir))
    tracked = store.entries(repo, store.tree_of(repo, head(repo)))
    return [
        path
        for path, new in changes.items()
        if path in hidden or not _free(folder, path, {_id(new)}, tracked=path in tracked)
    ]


def advance(repo: pygit2.Repository, commits: Commits) -> None:
    """Bring the work tree, its branch and the branch `scaffold` to the commits of an update.

    Raises `UpdateError`, and changes nothing, if a file that is not in the repository is in the way.
    """
    delta = _delta(repo, head(repo), commits.target)
    if found := in_the_way(repo, {path: new for path, (_, new) in delta.items()}):
        raise UpdateError(f"{_listed(found)} would be overwritten: move what is there out of the way, or commit it.")
    with store.failures("The update cannot be kept"):
        repo.references.create(JOURNAL, commits.target, force=True)
    try:
        _finish(repo, commits.target, delta)
    except KeyboardInterrupt:  # a moment longer, and the work tree is whole
        _finish(repo, commits.target, delta)


def interrupted(repo: pygit2.Repository) -> bool:
    """Whether an update was killed, so that `resume` would finish it."""
    return store.commit_of(repo, JOURNAL) is not None


def resume(repo: pygit2.Repository) -> bool:
    """Finish an update that was killed; whether there was one.

    Raises `UpdateError` if one of its files has been changed since.
    """
    target = store.commit_of(repo, JOURNAL)
    if target is None:
        return False
    start = str(repo[target].parent_ids[0])  # type: ignore[attr-defined]
    if head(repo) not in (start, target):
        repo.references.delete(JOURNAL)
        return False
    delta = _delta(repo, start, target)
    folder = Path(repo.workdir)
    changed = [path for path, (old, new) in delta.items() if not _free(folder, path, {old, _id(new)})]
    if changed:
        raise UpdateError(
            f"An update was interrupted, and {_listed(changed)} changed since: keep a copy of that, take the update "
            f"back with git update-ref -d {JOURNAL} and git reset --hard, and update again."
        )
    with suppress(FileNotFoundError):  # of the run that was killed
        (Path(repo.path) / "index.lock").unlink()
    _finish(repo, target, delta)
    return True


def _finish(repo: pygit2.Repository, target: str, delta: _Delta) -> None:
    with store.failures("The update was interrupted; 'scaffolder update' finishes it"):
        _write_files(repo, {path: new for path, (_, new) in delta.items()})
        _write_index(repo, {path: new for path, (_, new) in delta.items()})
        parents = [str(each) for each in repo[target].parent_ids]  # type: ignore[attr-defined]
        _move_scaffold(repo, parents[1] if len(parents) > 1 else target)
        branch = repo.references["HEAD"].resolve()
        branch.set_target(target, f"scaffolder update: {target[:7]}")
        repo.references.delete(JOURNAL)
    git.refresh(Path(repo.workdir))


def _move_scaffold(repo: pygit2.Repository, commit: str) -> None:
    old = store.commit_of(repo, store.SCAFFOLD)
    if old != commit and not store.move(repo, store.SCAFFOLD, old, commit):
        raise OutsideError("The branch scaffold has moved meanwhile.")


def keep_render(repo: pygit2.Repository, found: Merged, who: store.Person) -> None:
    """Keep the render that the project has on the branch `scaffold`, if there is no such branch, as in a clone."""
    if store.commit_of(repo, store.SCAFFOLD) is None:
        _move_scaffold(repo, found.base.commit or update.write_render(repo, found, who))


def begin_merge(repo: pygit2.Repository, found: Merged, who: store.Person) -> None:
    """Leave an ordinary Git merge in progress: what merges cleanly is staged, the rest is marked in its files.

    `git merge --abort` takes it back, `git commit` finishes it.
    """
    places = [each.path for each in found.merge.conflicts if each.kind is Kind.PLACE]
    if places:
        raise UpdateError(f"{_listed(places)} cannot be merged by hand: first move what is in its place.")
    scaffold = update.write_render(repo, found, who)
    with store.failures("The merge cannot be begun"):
        _move_scaffold(repo, scaffold)
        before, after = store.entries(repo, found.base.tree), store.entries_of(found.theirs)
        present = store.entries(repo, store.tree_of(repo, found.ours))
        files = dict(found.changes)
        index = repo.index
        index.read()
        for each in found.merge.conflicts:
            path, origin = each.path, each.origin or each.path
            if each.kind in (Kind.CONTENT, Kind.ADDED):
                was = store.loaded(repo, before, [origin]).get(origin, File(b""))
                mine = store.loaded(repo, present, [path])[path]
                files[path] = File(textmerge.join(was.data, mine.data, found.theirs[origin].data).data, mine.mode)
            if path in present:
                index.remove(path)
            sides = ((before, origin), (present, path), (after, origin))
            index.add_conflict(*(_index_entry(path, side.get(name)) for side, name in sides))
        conflicts = {each.path for each in found.merge.conflicts}
        _stage(repo, index, {path: file for path, file in files.items() if path not in conflicts})
        index.write()
        folder = Path(repo.path)
        (folder / "MERGE_MSG").write_text(f"Update to {update.describe(found.theirs)}\n")
        (folder / "MERGE_MODE").write_text("no-ff")
        (folder / "MERGE_HEAD").write_text(f"{scaffold}\n")
        _write_files(repo, files)
    git.refresh(Path(repo.workdir))


def _index_entry(path: str, file: tuple[str, int] | None) -> pygit2.IndexEntry | None:
    import pygit2

    return pygit2.IndexEntry(path, pygit2.Oid(hex=file[0]), store.git_mode(file[1])) if file else None


def _delta(repo: pygit2.Repository, start: str, target: str) -> _Delta:
    before, after = (store.entries(repo, store.tree_of(repo, commit)) for commit in (start, target))
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    paths.sort(key=record.NAME.__eq__)  # the record comes last: it says that all the rest is there
    new = store.loaded(repo, after, paths)
    return {path: (before[path][0] if path in before else "", new.get(path)) for path in paths}


def _id(file: File | None) -> str:
    return "" if file is None else blob_id(file.data)


def _free(folder: Path, path: str, allowed: set[str], *, tracked: bool = False) -> bool:
    """Whether `path` may be written or removed: it is `tracked` and clean, or its content is one of `allowed`."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        parent = folder.joinpath(*parts[:depth])
        if parent.is_symlink() or (os.path.lexists(parent) and not parent.is_dir() and not tracked):
            return False
    place = folder / path
    if tracked:
        return True
    if not os.path.lexists(place):
        return True
    if place.is_symlink():
        return blob_id(os.readlink(place).encode()) in allowed
    return place.is_file() and blob_id(place.read_bytes()) in allowed


def _write_files(repo: pygit2.Repository, files: Mapping[str, File | None]) -> None:
    """Write or remove files of the work tree, each in one step."""
    folder = Path(repo.workdir)
    for path in [path for path, file in files.items() if file is None]:
        with suppress(FileNotFoundError):
            (folder / path).unlink()
        for parent in [each for each in (folder / path).parents if each != folder and folder in each.parents]:
            try:
                parent.rmdir()
            except OSError:
                break
    for path, file in files.items():
        if file is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            _write_file(folder / path, file, Path(repo.path) / "scaffolder.tmp")


def _write_file(place: Path, file: File, temporary: Path) -> None:
    bits = 0o777 if file.mode == EXECUTABLE else 0o666
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with open(os.open(temporary, flags, bits), "wb") as written:
        written.write(file.data)
    os.replace(temporary, place)


def _write_index(repo: pygit2.Repository, files: Mapping[str, File | None]) -> None:
    index = repo.index
    index.read()
    _stage(repo, index, files)
    index.write()


def _stage(repo: pygit2.Repository, index: pygit2.Index, files: Mapping[str, File | None]) -> None:
    import pygit2

    for path, file in files.items():
        if file is None:
            with suppress(OSError):  # it is not in the index any more
                index.remove(path)
    for path, file in files.items():
        if file is not None:
            index.add(pygit2.IndexEntry(path, repo.create_blob(file.data), store.git_mode(file.mode)))


def _listed(paths: Iterable[str]) -> str:
    names = [shown(path) for path in paths]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more

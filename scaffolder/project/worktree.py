"""Writes an update into a work tree, so that a later run can finish it after a kill at any moment.

First a journal, a file in the Git folder, names the commits. Then the files are written, each in one step, then the
index; then the branches move, and the journal is removed. A run that finds a journal does the same again. If a step
fails, those before it are taken back. A lock keeps two updates apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pygit2

from scaffolder import git
from scaffolder.errors import OutsideError, TargetError, listed, shown
from scaffolder.project import checkout, record, store, textmerge, update
from scaffolder.project.checkout import Before
from scaffolder.project.merge import Kind
from scaffolder.project.update import Commits, Merged, UpdateError
from scaffolder.safe import locked
from scaffolder.tree import File

_Delta = Mapping[str, tuple[str, File | None]]  # path -> (id of the old blob or "", the new file or None)
_INTERRUPTED = "The update was interrupted; 'scaffolder update' finishes it"
_NAMED = 5  # files that are named in a sentence


def opened(folder: Path) -> pygit2.Repository:
    """The repository of the project in `folder`; raises a `ScaffolderError` if it cannot be updated in its state."""
    if not folder.is_dir():
        raise TargetError(f"There is no folder {shown(folder, 200)}.")
    if not os.path.lexists(folder / ".git"):
        around = next((parent for parent in folder.resolve().parents if (parent / ".git").exists()), None)
        if around and (around / record.NAME).exists():
            raise TargetError(f"{shown(folder, 200)} is a folder of the project in {shown(around, 200)}: name that.")
        if around:
            raise TargetError(
                f"{shown(folder, 200)} is part of the repository {shown(around, 200)}; a project needs a repository of "
                "its own."
            )
        raise TargetError(
            f"{shown(folder, 200)} is not a Git repository: git init, git add --all and git commit first."
        )
    repo = store.opened(folder)
    if repo.is_bare:
        raise TargetError(f"{shown(folder, 200)} is a bare repository: name a clone of it.")
    if Path(repo.workdir).resolve() != folder.resolve():
        raise TargetError(f"The repository in {shown(folder, 200)} has its files elsewhere (core.worktree).")
    if store.commit_of(repo, "HEAD") and repo.references["HEAD"].target == store.SCAFFOLD:
        raise UpdateError("The branch 'scaffold' is checked out, which is the template's: git switch to your own.")
    if repo.head_is_unborn:
        raise UpdateError(f"The repository in {shown(folder, 200)} has no commit yet: commit the project first.")
    _refuse_damaged(repo)
    return repo


def _refuse_damaged(repo: pygit2.Repository) -> None:
    """Raise `OutsideError` if the branch `scaffold` leads nowhere; we can make it again."""
    try:
        store.commit_of(repo, store.SCAFFOLD)
    except OutsideError as error:
        file = Path(repo.path) / store.SCAFFOLD
        advice = f" Remove {shown(file, 200)}: the next update makes that branch again." if file.exists() else ""
        raise OutsideError(f"{error}{advice}") from None


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
    """The files that an update would overwrite although Git does not have their present content.

    `refuse_unclean` makes sure that Git has the content of the others. Files that Git was told not to look at, as in a
    sparse checkout, are in the way only if they are there.
    """
    folder = Path(repo.workdir)
    hidden = git.hidden(folder)
    tracked = store.entries(repo, store.tree_of(repo, head(repo)))
    leaving = {path for path, new in changes.items() if new is None}
    found = [path for path in changes if path in hidden and not checkout.is_free(folder, path, (), leaving)]
    for path, new in changes.items():
        if path not in tracked and not checkout.is_free(folder, path, {checkout.content(new)}, leaving):
            found.append(path)
    return found


def advance(repo: pygit2.Repository, commits: Commits, ours: str) -> None:
    """Bring the work tree, its branch and the branch `scaffold` to the commits of an update of the commit `ours`.

    Raises `UpdateError`, and changes nothing, if the work tree is no longer at `ours`, or if a file that is not in the
    repository is in the way.
    """
    with _update_lock(repo):
        delta = _delta(repo, ours, commits.target)
        _refuse_unready(repo, ours, {path: new for path, (_, new) in delta.items()})
        before = Before.of(repo, delta)
        with store.failures("Nothing was changed"):
            _journal(repo).write_text(f"{ours} {commits.target} {commits.scaffold}\n")
        try:
            with store.failures("Nothing was changed"):
                _finish(repo, commits, delta)
        except KeyboardInterrupt:  # it takes only a moment to complete the work tree
            with store.failures(_INTERRUPTED):
                _finish(repo, commits, delta)
        except OutsideError:
            with store.failures(_INTERRUPTED):
                before.restore()
                _journal(repo).unlink()
            raise
        _journal(repo).unlink()
    git.refresh(Path(repo.workdir))


def _refuse_unready(repo: pygit2.Repository, ours: str, changes: Mapping[str, File | None]) -> None:
    """Raise `UpdateError` if the work tree is no longer at `ours`, or cannot be written without a loss."""
    if head(repo) != ours:
        raise UpdateError("Somebody has committed meanwhile, so nothing was changed: run it again.")
    refuse_unclean(repo)
    if (Path(repo.path) / "index.lock").exists():
        raise UpdateError("Git is at work in this repository (index.lock): wait until it is done, or remove that file.")
    if found := in_the_way(repo, changes):
        raise UpdateError(f"{_listed(found)} would be overwritten: move what is there out of the way, or commit it.")


def _update_lock(repo: pygit2.Repository) -> AbstractContextManager[bool]:
    """Lock the repository against other updates; raises `UpdateError` if one is at work."""
    busy = UpdateError("Another update is at work in this repository.")
    return locked(Path(repo.path) / "scaffolder.lock", busy)


def _journal(repo: pygit2.Repository) -> Path:
    return Path(repo.path) / "scaffolder-update"


def interrupted(repo: pygit2.Repository) -> bool:
    """Whether an update was killed, so that `resume` would finish it."""
    return _journal(repo).exists()


def resume(repo: pygit2.Repository) -> bool:
    """Finish an update that was killed; returns whether there was one.

    Raises `UpdateError` if one of its files has been changed since, or if the update is still at work.
    """
    if not interrupted(repo):
        return False
    with _update_lock(repo):
        words = _journal(repo).read_text(errors="replace").split()
        if len(words) != 3 or head(repo) not in words[:2] or any(word not in repo for word in words):
            _journal(repo).unlink()  # the update had not begun, or somebody has committed since
            return False
        start, commits = words[0], Commits(words[2], words[1])
        delta = _delta(repo, start, commits.target)
        folder, leaving = Path(repo.workdir), {path for path, (_, new) in delta.items() if new is None}
        changed = [
            path
            for path, (old, new) in delta.items()
            if not checkout.is_free(folder, path, {old, checkout.content(new)}, leaving)
        ]
        if changed:
            raise UpdateError(
                f"An update was interrupted, and {_listed(changed)} changed since: keep a copy of that, take the "
                f"update back by removing {shown(_journal(repo), 200)} and with git reset --hard, and update again."
            )
        with suppress(FileNotFoundError):  # left by the run that was killed, since no other is at work
            (Path(repo.path) / "index.lock").unlink()
        checkout.sweep(folder, {path: new for path, (_, new) in delta.items()})
        with store.failures(_INTERRUPTED):
            _finish(repo, commits, delta)
        _journal(repo).unlink()
    git.refresh(Path(repo.workdir))
    return True


def _finish(repo: pygit2.Repository, commits: Commits, delta: _Delta) -> None:
    files = {path: new for path, (_, new) in delta.items()}
    checkout.write(Path(repo.workdir), files)
    checkout.stage(repo, files)
    _move_scaffold(repo, commits.scaffold)
    branch = repo.references["HEAD"].resolve()
    branch.set_target(commits.target, f"scaffolder update: {commits.target[:7]}")


def _move_scaffold(repo: pygit2.Repository, commit: str) -> None:
    old = store.commit_of(repo, store.SCAFFOLD)
    if old != commit and not store.move(repo, store.SCAFFOLD, old, commit):
        raise OutsideError("The branch scaffold has moved meanwhile.")


def keep_render(repo: pygit2.Repository, found: Merged, who: store.Person) -> None:
    """Keep the project's render on the branch `scaffold`, if there is no such branch, as in a clone."""
    if store.commit_of(repo, store.SCAFFOLD) is None:
        _move_scaffold(repo, found.base.commit or update.write_render(repo, found, who))


def begin_merge(repo: pygit2.Repository, found: Merged, who: store.Person) -> None:
    """Leave an ordinary Git merge in progress: clean changes are staged, conflicts are marked in their files.

    `git merge --abort` undoes it, `git commit` finishes it. After a failure all is as before.
    """
    places = [conflict.path for conflict in found.merge.conflicts if conflict.kind is Kind.PLACE]
    if places:
        raise UpdateError(f"{_listed(places)} cannot be merged by hand: first move what is in its place.")
    with _update_lock(repo):
        files = {**found.changes, **_marked(repo, found)}
        _refuse_unready(repo, found.ours, files)
        scaffold = update.write_render(repo, found, who)
        before = Before.of(repo, files)
        with store.failures("The merge cannot be begun"):
            try:
                checkout.write(Path(repo.workdir), files)
                checkout.stage_conflicts(repo, found)
                _move_scaffold(repo, scaffold)
                _write_merge(Path(repo.path), scaffold, f"Update to {update.describe(found.theirs)}")
            except BaseException:
                before.restore()
                raise
    git.refresh(Path(repo.workdir))


def _marked(repo: pygit2.Repository, found: Merged) -> dict[str, File]:
    """The texts in conflict, each with Git's marks around the lines that a person must settle."""
    before = store.entries(repo, found.base.tree)
    marked = {}
    for conflict in found.merge.conflicts:
        if conflict.kind in (Kind.CONTENT, Kind.ADDED):
            origin = conflict.origin or conflict.path
            was = store.loaded(repo, before, [origin]).get(origin, File(b""))
            mine = store.loaded(repo, found.present, [conflict.path])[conflict.path]
            marked[conflict.path] = File(textmerge.join(was.data, mine.data, found.theirs[origin].data).data, mine.mode)
    return marked


def _write_merge(folder: Path, commit: str, message: str) -> None:
    """Mark a merge of `commit` as in progress, as Git does (gitrepository-layout(5))."""
    (folder / "MERGE_MSG").write_text(f"{message}\n")
    (folder / "MERGE_MODE").write_text("no-ff")
    (folder / "MERGE_HEAD").write_text(f"{commit}\n")


def _delta(repo: pygit2.Repository, start: str, target: str) -> _Delta:
    before, after = (store.entries(repo, store.tree_of(repo, commit)) for commit in (start, target))
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    paths.sort(key=record.NAME.__eq__)  # the record comes last: once it is there, all the rest is
    new = store.loaded(repo, after, paths)
    return {path: (before[path][0] if path in before else "", new.get(path)) for path in paths}


def _listed(paths: Iterable[str]) -> str:
    return listed([shown(path) for path in paths], _NAMED)

"""Which files are in the commit, whatever `.gitignore` says: it keeps nothing out that was added with force."""

from __future__ import annotations

from collections.abc import Collection

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.errors import ScaffolderError


@fact
def committed(repo: Repository) -> Collection[str]:
    """The paths of the commit that is checked or checked out; none if there is no Git repository to ask."""
    if repo.commit is None:
        return ()
    if repo.folder is None:
        return frozenset(repo.snapshot.paths)
    git = repo.folder / ".git"
    if git.is_symlink() or not git.is_dir():  # a folder that Git has elsewhere
        return ()
    from scaffolder.project import store

    try:
        opened = store.opened(repo.folder)
        commit = store.commit_of(opened, "HEAD")
        with store.failures("The commit cannot be read"):
            return store.entries(opened, store.tree_of(opened, commit)).keys() if commit else ()
    except ScaffolderError:
        return ()

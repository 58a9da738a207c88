"""Brings an existing repository under update, by recording which render of which template it comes from."""

from __future__ import annotations

import pygit2

from scaffolder.project import record, store, update
from scaffolder.project.update import Commits, UpdateError
from scaffolder.tree import Tree

CONTRACT = "scaffolder.toml"


def refuse_tracked(repo: pygit2.Repository, commit: str) -> None:
    """Raise `UpdateError` if the repository already has a record or a branch `scaffold`."""
    if record.NAME in store.entries(repo, store.tree_of(repo, commit)):
        known = update.record_of(repo, commit)
        raise UpdateError(
            f"{record.NAME} says already that this was made from {known.template}: use 'scaffolder update'."
        )
    if store.commit_of(repo, store.SCAFFOLD):
        raise UpdateError(
            "There is a branch 'scaffold' already, where the template's files are kept: git branch -D scaffold if it "
            "is left over from an earlier 'track', else rename it."
        )


def added(repo: pygit2.Repository, commit: str, render: Tree) -> Tree:
    """The files that tracking adds to the owner's: the record, and the contract for `check` if there is none."""
    present = store.entries(repo, store.tree_of(repo, commit))
    names = [record.NAME, *([CONTRACT] if CONTRACT not in present else [])]
    return {name: render[name] for name in names if name in render}


def alike(repo: pygit2.Repository, commit: str, render: Tree) -> tuple[int, int]:
    """The number of the render's files that the repository has, and how many of them are exactly as rendered."""
    present, given = store.entries(repo, store.tree_of(repo, commit)), store.entries_of(render)
    common = present.keys() & given.keys() - {record.NAME}
    return len(common), sum(present[path] == given[path] for path in common)


def write(repo: pygit2.Repository, commit: str, render: Tree, who: store.Person) -> Commits:
    """Write two commits: the render, and a merge of it that keeps the owner's files and adds those of `added`."""
    scaffold = store.commit(repo, store.write_tree(repo, render), [], f"Render {update.describe(render)}", who)
    tree = store.write_tree(repo, added(repo, commit, render), onto=store.tree_of(repo, commit))
    message = f"Track {update.describe(render)}"
    return Commits(scaffold, store.commit(repo, tree, [commit, scaffold], message, who))

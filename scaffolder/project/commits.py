"""Reads commits of a history, within the limits of `store`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scaffolder.project import store

if TYPE_CHECKING:
    import pygit2


def history(repo: pygit2.Repository, commit: str, *, first_parents: bool = False) -> Iterator[str]:
    """The commits that lead to `commit`, itself first, as far as they are here: a shallow clone ends early."""
    names = deque([commit])
    seen = {commit}
    while names:
        name = names.popleft()
        yield name
        parents = store.read_commit(repo, name).parent_ids
        older = [str(each) for each in (parents[:1] if first_parents else parents) if each in repo]
        names += [each for each in older if each not in seen]
        seen.update(older)


def parents(repo: pygit2.Repository, commit: str) -> list[str]:
    """The parents of a commit, also those that are not here."""
    return [str(each) for each in store.read_commit(repo, commit).parent_ids]


def committer(repo: pygit2.Repository, commit: str) -> store.Person:
    """The person who a commit says has made it."""
    found = store.read_commit(repo, commit).committer
    return store.Person(found.name, found.email)

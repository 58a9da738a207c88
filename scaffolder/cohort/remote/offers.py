"""The branches on which an update waits for its owner, who merges them one after the other.

Each is named after its commit, so that it never stands in the way of an older one, or of one that another copy of the
cohort's folder has pushed.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.cohort.remote import transport
from scaffolder.cohort.remote.fetching import OFFER, Fetched, descends, tracking
from scaffolder.errors import OutsideError
from scaffolder.project import store, update

if TYPE_CHECKING:
    import pygit2


def name_of(commit: str) -> str:
    """The branch on which a commit waits."""
    return OFFER + commit[:7]


def bring(repo: pygit2.Repository, url: str, fetched: Fetched) -> None:
    """Fetch those branches for updates that the remote has and we have not, as if another copy of us had pushed them.

    Our `scaffold` follows that of the remote if a cohort's update went on from ours there. If a student has pushed
    something else, ours stays.
    """
    names = [name for name in fetched.there if name == "scaffold" or name.startswith(OFFER)]
    missing = {name: tracking(name) for name in names if fetched.there[name] not in repo}
    if missing:
        transport.fetch(url, Path(repo.path), missing)
    there, here = fetched.there.get("scaffold"), store.commit_of(repo, store.SCAFFOLD)
    follows = there and here and there != here and descends(repo, there, here)
    if there and follows and is_ours(repo, there) and update.is_render(repo, there):
        store.move(repo, store.SCAFFOLD, here, there)


def resting(repo: pygit2.Repository, fetched: Fetched | None, main: str, joined: str) -> str | None:
    """The waiting commit of ours that joins a commit of the student's `main` with the commit `joined`, if there is one.

    There is none any more once the student has rewritten `main`.
    """
    for commit in _waiting(repo, fetched).values():
        first, *others = store.parents(repo, commit)
        if others == [joined] and is_ours(repo, commit) and descends(repo, main, first):
            return commit
    return None


def _waiting(repo: pygit2.Repository, fetched: Fetched | None) -> dict[str, str]:
    """The branches that wait, here or at the remote, with their commits."""
    there = fetched.there if fetched else {}
    found = {name: commit for name, commit in there.items() if name.startswith(OFFER) and commit in repo}
    here = [name.removeprefix("refs/heads/") for name in repo.references if name.startswith(f"refs/heads/{OFFER}")]
    return found | {name: store.commit_of(repo, f"refs/heads/{name}") or "" for name in here}


def is_ours(repo: pygit2.Repository, commit: str) -> bool:
    """Whether we have made a commit, and not the student."""
    return store.committer(repo, commit) == store.SCAFFOLDER


def is_deleted(repo: pygit2.Repository, fetched: Fetched | None, branch: str) -> bool:
    """Whether the student has deleted a branch that was once at the remote."""
    return fetched is not None and branch not in fetched.there and store.commit_of(repo, tracking(branch)) is not None


def clear(repo: pygit2.Repository, url: str, fetched: Fetched | None, keep: Collection[str] = ()) -> None:
    """Remove the branches that wait, here and at the remote, apart from those to `keep`.

    A branch on which the student has gone on stays, and so does one that the remote does not let go.
    """
    stale = {name: commit for name, commit in _waiting(repo, fetched).items() if name not in keep}
    there = fetched.there if fetched else {}
    gone = {name: there[name] for name in stale if name in there and there[name] in repo and is_ours(repo, there[name])}
    if gone:
        with suppress(OutsideError):
            transport.remove(url, Path(repo.path), gone)
    for name, commit in stale.items():
        if is_ours(repo, commit):
            for reference in (f"refs/heads/{name}", tracking(name)):
                if reference in repo.references:
                    repo.references.delete(reference)

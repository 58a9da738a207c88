"""Fetches what students have pushed into our repositories, so that nothing is lost even if they rewrite it.

An offer is a branch on which an update waits for its owner. It is named after its commit, so that it never stands in
the way of an older one, or of one that another copy of the cohort's folder has pushed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pygit2

from scaffolder.cohort.course.assignments import StudentError
from scaffolder.cohort.remote import transport
from scaffolder.cohort.remote.remotes import Remote, RemoteError
from scaffolder.errors import OutsideError, ScaffolderError, shown
from scaffolder.project import store, update

COLLECTED = "refs/collected/"
OFFER = "scaffold-update-"  # the beginning of the name of a branch on which an update waits for its owner
_INCOMING = "refs/scaffolder/incoming"
ADDRESS = "scaffolder.remote"  # in the configuration of a repository


class NoMainError(ScaffolderError):
    """A remote without a branch `main`."""


class OtherBranchError(NoMainError, StudentError):
    """A remote whose student has pushed to other branches than `main`."""


class Fetched(NamedTuple):
    """The branches of a remote: its `main`, all of them, and whether `main` has lost commits that it had before."""

    main: str
    there: dict[str, str]
    rewritten: bool


def fetch(repo: pygit2.Repository, url: str, *, keep_it: bool = True) -> Fetched:
    """Ask the remote for its branches, and bring its `main` here; see `bring`.

    The remote is the one that the repository was pushed to, even if the pattern now gives it another address, `url`.
    """
    url = pushed_to(repo) or url
    return bring(repo, url, transport.branches(url, Path(repo.path)), keep_it=keep_it)


def look(repo: pygit2.Repository, remote: Remote, *, keep_it: bool = True) -> Fetched | None:
    """Fetch the `main` of the remote and the offers of another copy of ours; None if nothing was pushed there yet.

    Without `keep_it`, nothing here follows the remote. Raises `RemoteError` if the address is not known.
    """
    if store.commit_of(repo, tracking("main")) is None:
        return None
    url = address(repo, remote)
    fetched = fetch(repo, url, keep_it=keep_it)
    if keep_it:
        bring_offers(repo, url, fetched)
    return fetched


def bring(repo: pygit2.Repository, url: str, there: Mapping[str, str], *, keep_it: bool = True) -> Fetched:
    """Fetch the `main` of the remote, if it has moved; with `keep_it`, let our references follow it.

    `there` are the remote's branches. A commit that we had before stays as a reference below `COLLECTED` if the new
    `main` does not contain it. Our `main` follows that of the remote. Raises
    `NoMainError`, or `OutsideError` with Git's reason.
    """
    if "main" not in there:
        raise _no_main(there)
    known, main = store.commit_of(repo, tracking("main")), there["main"]
    if main not in repo:
        transport.fetch(url, Path(repo.path), {"main": _INCOMING})
        main = store.commit_of(repo, _INCOMING) or main
    found = Fetched(main, {**there, "main": main}, known is not None and not descends(repo, main, known))
    if keep_it:
        for old in (known, store.commit_of(repo, store.MAIN)):
            if old and not descends(repo, main, old):
                keep(repo, old)
        remember(repo, found.there)
        _mirror(repo, main, known)
    return found


def _no_main(there: Mapping[str, str]) -> NoMainError:
    others = [name for name in there if name != "scaffold" and not name.startswith(OFFER)]
    if not others:
        return NoMainError("The remote has no branch 'main': push it there again with 'scaffolder cohort push'.")
    name = "master" if "master" in others else others[0]
    how = f"git push origin {'master' if name == 'master' else '<that branch>'}:main"
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    said = f"The remote has no branch 'main', but {shown(name)}{more}: the student brings it there with {how}."
    return OtherBranchError(said)


def pushed_to(repo: pygit2.Repository) -> str:
    """The address that the repository was pushed to, "" if that is not known.

    It is kept in the repository's own configuration, which is never pushed, because it may contain a name.
    """
    return str(repo.config[ADDRESS]) if ADDRESS in repo.config else ""


def address(repo: pygit2.Repository, remote: Remote) -> str:
    """The address that a repository was pushed to or, if that is not known, the address of `remote`.

    Raises `RemoteError` if neither is known: our repository may be older than what the student has.
    """
    found = pushed_to(repo) or remote.address()
    if not found:
        raise RemoteError("It was pushed, but the address is not known: give it with 'scaffolder cohort push --base'.")
    return found


def keep(repo: pygit2.Repository, commit: str) -> None:
    """Keep a commit by a reference below `COLLECTED`."""
    if f"{COLLECTED}{commit}" not in repo.references:
        repo.references.create(f"{COLLECTED}{commit}", commit)


def remember(repo: pygit2.Repository, there: Mapping[str, str]) -> None:
    """Let our tracking references follow the remote's branches; a run may have been killed after it had pushed."""
    for name, commit in there.items():
        ours = name in ("main", "scaffold") or name.startswith(OFFER)
        if ours and commit in repo and store.commit_of(repo, tracking(name)) != commit:
            repo.references.create(tracking(name), commit, force=True)


def _mirror(repo: pygit2.Repository, main: str, known: str | None) -> None:
    """Let our `main` follow that of the remote, unless an update of ours waits to be pushed.

    `known` is where the remote's `main` was before.
    """
    own = store.commit_of(repo, store.MAIN)
    ahead = own is not None and own != known and descends(repo, own, main)
    if not ahead:
        repo.references.create(store.MAIN, main, force=True)


def descends(repo: pygit2.Repository, commit: str, ancestor: str) -> bool:
    """Whether `commit` is `ancestor` or follows it; False if `ancestor` is not in the repository."""
    return commit == ancestor or (ancestor in repo and repo.descendant_of(commit, ancestor))


def tracking(branch: str) -> str:
    """The reference for a branch of the remote, as it was when we last looked."""
    return f"refs/remotes/origin/{branch}"


def offer_name(commit: str) -> str:
    """The branch on which a commit waits."""
    return OFFER + commit[:7]


def bring_offers(repo: pygit2.Repository, url: str, fetched: Fetched) -> None:
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


def waiting_offer(repo: pygit2.Repository, fetched: Fetched | None, main: str, joined: str) -> str | None:
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


def clear_offers(repo: pygit2.Repository, url: str, fetched: Fetched | None, keep: Collection[str] = ()) -> None:
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

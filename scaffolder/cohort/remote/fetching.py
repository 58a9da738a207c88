"""Fetches what students have pushed into our repositories, so that nothing is lost even if they rewrite it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.cohort.course.assignments import StudentError
from scaffolder.cohort.remote import transport
from scaffolder.cohort.remote.remotes import Remote, RemoteError
from scaffolder.errors import ScaffolderError, shown
from scaffolder.project import store

if TYPE_CHECKING:
    import pygit2

COLLECTED = "refs/collected/"
OFFER = "scaffold-update-"  # the beginning of the name of a branch on which an update waits for its owner
_INCOMING = "refs/scaffolder/incoming"
_ADDRESS = "scaffolder.remote"  # in the configuration of a repository


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
    return str(repo.config[_ADDRESS]) if _ADDRESS in repo.config else ""


def address(repo: pygit2.Repository, remote: Remote) -> str:
    """The address that a repository was pushed to or, if that is not known, the address of `remote`.

    Raises `RemoteError` if neither is known: our repository may be older than what the student has.
    """
    found = pushed_to(repo) or remote.address()
    if not found:
        raise RemoteError("It was pushed, but the address is not known: give it with 'scaffolder cohort push --base'.")
    return found


def keep_address(repo: pygit2.Repository, url: str) -> None:
    """Store `url` as the address that `pushed_to` returns."""
    if pushed_to(repo) != url:
        repo.config[_ADDRESS] = url


def keep(repo: pygit2.Repository, commit: str) -> None:
    """Keep a commit by a reference below `COLLECTED`, unless it has one."""
    names = [name for name in repo.references if name.startswith(COLLECTED)]
    if all(store.commit_of(repo, name) != commit for name in names):
        last = max((int(number) for name in names if (number := name.removeprefix(COLLECTED)).isdecimal()), default=0)
        repo.references.create(f"{COLLECTED}{last + 1}", commit)


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

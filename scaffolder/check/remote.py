"""A repository at a Git address: one commit of it, without its history and without a checkout."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scaffolder import git
from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.engine.repository import Repository
from scaffolder.errors import TargetError, shown
from scaffolder.template.foreign import Request, repository_address

_TIMEOUT, _MOST_BYTES = 120.0, 500_000_000  # of one commit
_REF = re.compile(r"(?!-)(?!.*\.\.)[\w./+-]{1,200}")
_PAGE = re.compile(r"(https?://[^/\s]+/\S+?)(?:/-)?/tree/([^\s?#]+)")  # of a forge, for a branch


class Address(NamedTuple):
    """A Git address, and the branch, tag or commit that is wanted, "" for the newest commit."""

    url: str
    ref: str

    @property
    def name(self) -> str:
        """The name of the repository."""
        return re.split(r"[/:]", self.url.rstrip("/"))[-1].removesuffix(".git")

    def __str__(self) -> str:
        return git.public(self.url) + (f"@{self.ref}" if self.ref else "")


def address(place: str) -> Address | None:
    """The address that `place` is, such as https://host/owner/repository@v1 or gh:owner/repository; None for a path.

    Raises `ScaffolderError` for an address that Git must not be given, or for no valid branch, tag or commit.
    """
    if page := _PAGE.fullmatch(place):
        url, ref = page.groups()
    else:
        url, _, ref = place.rpartition("@")
        if "/" not in url.split("://", 1)[-1]:  # the @ stands before the host
            url, ref = place, ""
    found = repository_address(Request(url))
    if found is None:
        return None
    if ref and not _REF.fullmatch(ref):
        raise TargetError(f"{shown(ref)} is not a valid branch, tag or commit.")
    return Address(found, ref)


@contextmanager
def opened(wanted: Address, *, online: bool = False) -> Iterator[Repository]:
    """The repository at the address, until the block ends; raises `OutsideError` if Git or the network fails."""
    with tempfile.TemporaryDirectory(prefix="scaffolder-") as temporary:
        folder = Path(temporary) / "repository"
        commit = _fetched(wanted, folder)
        repo = repository_at(folder, commit)
        repo.online = online
        yield repo


def _fetched(wanted: Address, folder: Path) -> str:
    """Make the new, bare repository `folder` with one commit of the address; returns its hash.

    Nothing is checked out, so no filter runs, and no file takes more room than in the repository.
    """
    git.checked("init", "--bare", "--quiet", "--template=", str(folder), folder=folder.parent)
    options = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-commit-graph")
    place = ("--", wanted.url, wanted.ref or "HEAD")
    git.checked(*git.REFUSE_HELPERS, "fetch", *options, *place, folder=folder, timeout=_TIMEOUT, largest=_MOST_BYTES)
    return git.checked("rev-parse", "FETCH_HEAD^{commit}", folder=folder).strip()

"""A repository at a Git address: one commit of it, without its history and without a checkout."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scaffolder import git
from scaffolder.check.commits import repository_at
from scaffolder.check.engine.repository import Repository
from scaffolder.errors import TargetError, shown
from scaffolder.template.foreign import Request, repository_address

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
        commit = git.fetch_commit(wanted.url, folder, wanted.ref)
        repo = repository_at(folder, commit)
        repo.online = online
        yield repo

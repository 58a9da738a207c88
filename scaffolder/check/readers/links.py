"""Where the links of a document lead inside the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from scaffolder.check.readers.markdown_inline import Link

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
# Paths that GitHub serves beside a repository's files, reached by `../..` from the README.
_SERVED = re.compile(
    r"(?:issues|pulls?|actions|releases|discussions|wiki|blob|tree|raw|compare|commits?|projects|security)(?:/|$)"
)


class Target(NamedTuple):
    """Where a link leads inside the repository."""

    path: str
    anchor: str


def internal(link: Link, path: str) -> Target | None:
    """Where a link in the document `path` leads; None if it leaves the repository or is a page of GitHub's."""
    if not link.target or _SCHEME.match(link.target):
        return None
    address, _, anchor = link.target.partition("#")
    address = unquote(address.partition("?")[0])
    if not address:
        return Target(path, unquote(anchor))
    folder = "" if address.startswith("/") else posixpath.dirname(path)
    joined = posixpath.normpath(posixpath.join(folder, address.lstrip("/") if not folder else address))
    if joined.startswith(".."):
        rest = joined.lstrip("./")
        return None if _SERVED.match(rest) else Target(joined, "")
    return Target("" if joined == "." else joined, unquote(anchor))


def relative(link: Link, path: str) -> str | None:
    """The path inside the repository that an image or link of the document `path` leads to."""
    target = internal(link, path)
    return target.path if target and not target.path.startswith("..") else None


def files(links: tuple[Link, ...], path: str) -> Iterator[tuple[Link, str]]:
    """The links that lead to a path inside the repository, with that path."""
    for link in links:
        target = relative(link, path)
        if target:
            yield link, target

"""Where the links of a document lead inside the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from scaffolder.check.readers.markdown_inline import Link

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
# Paths that GitHub serves beside a repository's files, reached by `../..` from the README.
_SERVED = re.compile(
    r"[./]*(?:issues|pulls?|actions|releases|discussions|wiki|blob|tree|raw|compare|commits?|security)(?:/|$)"
)


def internal(link: Link, path: str) -> tuple[str, str] | None:
    """The path and anchor that a link in `path` leads to; None if it is a web address or a page of GitHub's.

    A path outside the repository begins with "..", and the repository itself is "".
    """
    if not link.target or _SCHEME.match(link.target):
        return None
    address, _, anchor = link.target.partition("#")
    address = unquote(address.partition("?")[0])
    if not address:
        return path, unquote(anchor)
    folder = "" if address.startswith("/") else posixpath.dirname(path)
    joined = posixpath.normpath(posixpath.join(folder, address if folder else address.lstrip("/")))
    if joined.startswith("..") and _SERVED.match(joined):
        return None
    return "" if joined == "." else joined, unquote(anchor)


def files(links: tuple[Link, ...], path: str) -> Iterator[tuple[Link, str]]:
    """The links of the document `path` that lead to a path inside the repository, with that path."""
    for link in links:
        target = internal(link, path)
        if target and target[0] and not target[0].startswith(".."):
            yield link, target[0]

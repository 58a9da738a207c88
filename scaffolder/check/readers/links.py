"""Links and anchors inside the repository that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import Link

MOST_LINKS = 3_000

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_LINES = re.compile(r"L(\d+)(?:C\d+)?(?:-L?(\d+)(?:C\d+)?)?")
_MARKDOWN = (".md", ".markdown")
# Paths that GitHub serves beside a repository's files, reached by `../..` from the README.
_SERVED = re.compile(
    r"(?:issues|pulls?|actions|releases|discussions|wiki|blob|tree|raw|compare|commits?|projects|security)(?:/|$)"
)


class Broken(NamedTuple):
    """A link that leads nowhere, and why."""

    path: str
    line: int
    target: str
    reason: str


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


def broken_links(documents: tuple[Document, ...], readme: Document | None, snapshot: Snapshot) -> tuple[Broken, ...]:
    """The internal links that lead nowhere; images that the README shows have items of their own."""
    anchors = _Anchors({document.path: document for document in documents})
    shown = {path for _, path in files(readme.images, readme.path)} if readme else set()
    return tuple(
        Broken(document.path, link.line, link.target, reason)
        for document in documents
        for link in document.links[:MOST_LINKS]
        if not (link.image and relative(link, document.path) in shown)
        if (reason := _reason(link, document.path, snapshot, anchors))
    )


def count_internal(documents: tuple[Document, ...]) -> int:
    """How many links lead to a place inside the repository."""
    return sum(internal(link, document.path) is not None for document in documents for link in document.links)


class _Anchors:
    """The anchors of each document, folded, looked up once."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self.documents = documents
        self._found: dict[str, frozenset[str]] = {}

    def __call__(self, path: str) -> frozenset[str] | None:
        if path not in self.documents:
            return None
        if path not in self._found:
            self._found[path] = frozenset(anchor.casefold() for anchor in self.documents[path].anchors)
        return self._found[path]


def _reason(link: Link, path: str, snapshot: Snapshot, anchors: Callable[[str], frozenset[str] | None]) -> str | None:
    target = internal(link, path)
    if target is None:
        return None
    if target.path and not snapshot.has(target.path):
        return f"{target.path} is not there"
    if not target.anchor:
        return None
    if target.path.lower().endswith(_MARKDOWN) or target.path == path:
        return _no_heading(target, anchors)
    return _no_line(target, snapshot)


def _no_heading(target: Target, anchors: Callable[[str], frozenset[str] | None]) -> str | None:
    known = anchors(target.path)
    wanted = target.anchor.casefold().removeprefix("user-content-")
    if known is None or wanted in known or wanted in ("top", "readme") or _LINES.fullmatch(target.anchor):
        return None
    return f"{target.path} has no heading #{target.anchor}"


def _no_line(target: Target, snapshot: Snapshot) -> str | None:
    lines = _LINES.fullmatch(target.anchor)
    text = snapshot.text(target.path) if lines else None
    if lines is None or text is None:
        return None
    count = text.count("\n") + 1
    return f"{target.path} has only {count} lines" if int((lines[2] or lines[1])[:9]) > count else None


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

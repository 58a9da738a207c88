"""The earlier versions that a repository can go back to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.printed import read_json
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain

MAX_FILES = 10

_VERSION = re.compile(r"v?\d+(?:\.\d+){1,3}(?:[-+.]?\w+)*|v\d+|20\d\d-\d\d-\d\d\S*|[0-9a-f]{12,64}")
_HEADING = re.compile(r"\W*(?:version |release )?\W*(v?\d+(?:\.\d+)+|v\d+|20\d\d-\d\d-\d\d)\b", re.IGNORECASE)
_SHELVES = frozenset(["artifacts", "models", "model", "registry", "model_registry", "releases", "versions"])
_KEYS = ("version", "model_version", "sha256", "run_id", "digest")


def versions(snapshot: Snapshot, documents: tuple[Document, ...]) -> dict[str, str]:
    """Version -> where it is known from: a registry, folders of models, Git tags or a changelog."""
    found: dict[str, str] = {}
    for source in (_registered(snapshot), _shelved(snapshot), _tagged(snapshot), _released(documents)):
        for version, place in source:
            found.setdefault(version, place)
    return found


def _registered(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for path in snapshot.glob("**/*registry*.json", "*registry*.json", "**/versions.json", "**/releases.json")[
        :MAX_FILES
    ]:
        yield from ((version, path) for version in _in_json(read_json(snapshot, path)))


def _in_json(content: Any, depth: int = 0) -> Iterator[str]:
    if depth > 8:
        return
    for value in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from _in_json(value, depth + 1)
    if isinstance(content, dict):
        yield from (
            str(content[key]) for key in _KEYS[:1] if key in content and not isinstance(content[key], dict | list)
        )
        if "version" not in content:
            yield from (str(content[key]) for key in _KEYS[1:] if isinstance(content.get(key), str))


def _shelved(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Folders such as `artifacts/v2/`."""
    for path in snapshot.paths:
        parts = path.split("/")
        for shelf, name in pairwise(parts[:-1]):
            if shelf in _SHELVES and _VERSION.fullmatch(name):
                yield name, f"{shelf}/{name}"


def _tagged(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Tags with a number in their name; others name no version."""
    yield from ((tag, "Git tags") for tag in snapshot.tags if re.search(r"\d", tag))


def _released(documents: tuple[Document, ...]) -> Iterator[tuple[str, str]]:
    for document in documents:
        if document.path.rpartition("/")[2].lower().startswith(("changelog", "changes", "history", "releases")):
            for block in document.blocks:
                match = _HEADING.match(plain(block.text).strip("[] ")) if block.kind == "heading" else None
                if match:
                    yield match[1], document.path

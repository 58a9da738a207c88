"""The Tree: every file of a project, in memory, and the rules for its paths."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from scaffolder.errors import TemplateError, shown

PLAIN, EXECUTABLE = 0o644, 0o755

_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_FORBIDDEN = frozenset('<>:"|?*\\/')
_LONGEST_NAME = 255  # bytes, on every common file system
_LONGEST_PATH = 1024  # bytes


class File(NamedTuple):
    """The content of a file and its mode: `PLAIN` or `EXECUTABLE`, the two modes that Git keeps."""

    data: bytes
    mode: int = PLAIN


Tree = Mapping[str, File]
"""Relative POSIX path -> `File`. As in Git, a folder exists only through the files in it."""


def make_tree(files: Iterable[tuple[str, File]]) -> Tree:
    """A frozen Tree of `files`, in path order.

    Raises `TemplateError` if a path is not safe on every system, or if two paths name the same place on some systems.
    """
    tree = dict(sorted(files))
    if problem := _problem(tuple(tree)):
        raise TemplateError(problem)
    return MappingProxyType(tree)


@lru_cache(maxsize=64)  # a cohort renders the same paths thousands of times
def _problem(paths: tuple[str, ...]) -> str:
    """Why these paths cannot be written together, as a sentence; "" if they can."""
    for path in paths:
        if problem := path_problem(path):
            return f"The template would write {shown(path)}, which {problem}."
    places: dict[str, str] = {}
    return next(filter(None, (_clash(path, places) for path in paths)), "")


@lru_cache(maxsize=4096)
def blob_id(data: bytes) -> str:
    """The id of `data` in Git: the hexadecimal SHA-1 of a blob (gitformat-pack(5))."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def digest(files: Mapping[str, tuple[str, int]]) -> str:
    """A hexadecimal SHA-256 of path -> (blob id, mode), which tells one render from another."""
    lines = (f"{mode:o} {name} {path}\n" for path, (name, mode) in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def digest_of(tree: Tree) -> str:
    """The `digest` of a Tree."""
    return digest({path: (blob_id(file.data), file.mode) for path, file in tree.items()})


def _clash(path: str, places: dict[str, str]) -> str:
    """Add `path` and its folders to `places`; returns a sentence if one is at the place of an earlier one, else ""."""
    end = len(path)
    while end > 0:
        place = path[:end]
        kind = "file " if end == len(path) else "folder "
        earlier = places.setdefault(_normalized(place), kind + place)
        if earlier != kind + place:
            return (
                f"The template would write both {shown(earlier[earlier.find(' ') + 1 :])} and {shown(path)}, "
                "which are the same place on some systems."
            )
        end = path.rfind("/", 0, end)
    return ""


@lru_cache(maxsize=4096)
def _normalized(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def path_problem(path: str) -> str | None:
    """Why the relative `path` must not be written, such as 'leaves the project'; None if it may be."""
    if path.startswith("/"):
        return "is an absolute path"
    if len(path.encode("utf-8", "surrogatepass")) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH} bytes"
    return next((problem for part in path.split("/") if (problem := name_problem(part))), None)


@lru_cache(maxsize=4096)
def name_problem(name: str) -> str | None:
    """Why a file or folder `name` is not safe on every system, such as 'is Git's own folder'; None if it is."""
    if not name:
        return "has an empty part"
    if name in (".", ".."):
        return "leaves the project"
    if name.casefold() == ".git":
        return "is Git's own folder"
    if not name.isprintable() or _FORBIDDEN.intersection(name):
        return "contains a character that not every system allows"
    if name.endswith((" ", ".")) or name.startswith(" "):
        return "begins or ends with a space, or ends with a dot"
    if name.split(".")[0].rstrip().casefold() in _RESERVED:
        return "is a reserved name on Windows"
    if len(name.encode("utf-8")) > _LONGEST_NAME:
        return f"has a name longer than {_LONGEST_NAME} bytes"
    return None

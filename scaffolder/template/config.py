"""Checks somebody else's cookiecutter.json: the values that we use must have the types that we expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scaffolder.errors import one_line

_DELIMITERS = {f"{mark}_{end}_string": str for mark in ("block", "variable", "comment") for end in ("start", "end")}
_PREFIXES = {"line_statement_prefix": str, "line_comment_prefix": str}
JINJA_OPTIONS: dict[str, Any] = {**_DELIMITERS, **_PREFIXES, "trim_blocks": bool, "lstrip_blocks": bool}
"""The options of Jinja that run no code, and the type of each."""

_QUESTION: dict[str, Any] = {
    "help": str,
    "pattern": str,
    "pattern_hint": str,
    "max_length": int,
    "reserved": [str],
    "next": {"*": [str]},
}
_DATA: dict[str, Any] = {  # `scaffolder.adopt.kinds` reads it; each kind has further keys
    "kind": str,
    "answers": {},
    "about": [str],
    "made": [str],
    "running": [str],
    "people": {"log": str, "who": str, "but": [str]},
}
_ABOUT: dict[str, Any] = {
    "title": str,
    "summary": str,
    "level": str,
    "demonstrates": [str],
    "next": [str],
    "data": _DATA,
    "questions": {"*": _QUESTION},
}
_OF_SHARE = {"package": str, "parts": list}  # read by tools/share.py
_CONFIG: dict[str, Any] = {
    "_copy_without_render": [str],
    "_extensions": [str],
    "_jinja2_env_vars": JINJA_OPTIONS,
    "_new_lines": str,
    "_scaffolder": _ABOUT,
}
_NAMES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list of texts", dict: "an object"}


def misfit(value: Any, shape: Any = _CONFIG, where: str = "") -> str | None:
    """The first wrong type, such as '_scaffolder.title must be a text'; None if there is none.

    A null counts as absent, except in our own `_scaffolder`.
    """
    kind: Any = shape if isinstance(shape, type) else type(shape)
    if value is None and not where.startswith("_scaffolder."):
        return None
    if type(value) is not kind or (kind is list and not all(isinstance(item, str) for item in value)):
        return f"{one_line(where)} must be {_NAMES[kind]}"
    for name, part in value.items() if kind is dict else ():
        wanted = shape.get(name, shape.get("*"))
        if wanted is not None and (found := misfit(part, wanted, f"{where}.{name[:60]}".lstrip("."))):
            return found
    return None


def unknown_keys(
    value: Any, shape: Mapping[str, Any] = _ABOUT | _OF_SHARE, where: str = "_scaffolder"
) -> Iterator[tuple[str, list[str]]]:
    """The keys under `_scaffolder` that nothing reads, such as '_scaffolder.titel', each with those that are read."""
    for name, part in value.items() if isinstance(value, dict) else ():
        wanted = shape.get(name, shape.get("*"))
        if wanted is None:
            yield f"{where}.{name[:60]}", sorted(shape.keys() - _OF_SHARE.keys())
        elif isinstance(wanted, dict) and wanted is not _DATA:
            yield from unknown_keys(part, wanted, f"{where}.{name[:60]}")

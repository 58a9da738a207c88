"""The objects, texts and numbers in a parsed report, within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

MOST_NUMBERS = 5_000  # of one list
LARGEST = 1e30


def records(part: object) -> Iterator[Mapping[str, Any]]:
    """The objects in a list, at most `MOST_NUMBERS`; none of anything else."""
    yield from (each for each in (part[:MOST_NUMBERS] if isinstance(part, list) else ()) if isinstance(each, dict))


def table(content: object, key: str) -> Mapping[str, Any]:
    """The object that another one has under `key`; empty if it has none."""
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, dict) else {}


def decimal(value: object) -> Decimal | None:
    """The decimal of a JSON number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    return Decimal(repr(value))


def leaves(part: Any) -> Iterator[Any]:
    """The keys, texts and numbers in a parsed file."""
    if not isinstance(part, dict | list):
        yield part
        return
    yield from part if isinstance(part, dict) else ()
    for inner in part.values() if isinstance(part, dict) else part:
        yield from leaves(inner)

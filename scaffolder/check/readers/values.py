"""The objects, texts and numbers in a parsed report, within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

MOST_NUMBERS = 5_000  # of one list or object
MAX_DEPTH = 12
LARGEST = 1e30


def records(part: object) -> Iterator[Mapping[str, Any]]:
    """The objects in a list, at most `MOST_NUMBERS`; none of anything else."""
    yield from (each for each in (part[:MOST_NUMBERS] if isinstance(part, list) else ()) if isinstance(each, dict))


def is_cut(part: Any, depth: int = 0) -> bool:
    """Whether a list or an object in a report is longer or deeper than what is read."""
    if not isinstance(part, dict | list) or not part:
        return False
    inner = part.values() if isinstance(part, dict) else part
    return depth >= MAX_DEPTH or len(part) > MOST_NUMBERS or any(is_cut(each, depth + 1) for each in inner)


def decimal(value: object) -> Decimal | None:
    """The decimal of a JSON number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    return Decimal(repr(value))


def leaves(part: Any, depth: int = 0) -> Iterator[Any]:
    """The keys, texts and numbers in a parsed report."""
    if isinstance(part, dict | list) and depth < MAX_DEPTH:
        yield from islice(part if isinstance(part, dict) else (), MOST_NUMBERS)
        for inner in list(part.values() if isinstance(part, dict) else part)[:MOST_NUMBERS]:
            yield from leaves(inner, depth + 1)
    else:
        yield part

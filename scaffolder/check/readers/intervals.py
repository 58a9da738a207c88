"""The intervals beside numbers in the reports, and the intervals that documents print after a number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from scaffolder.check.readers.numbers import Number, agrees, decimal

MOST_ALIKE = 200  # intervals that begin with the same printed number
MOST_VALUES = 20  # numbers of one object of a report

Bounds = tuple[Number, Number]

_ENDS = (("low", "high"), ("lower", "upper"), ("ci_low", "ci_high"), ("ci_lower", "ci_upper"))
_OPENS = re.compile(r"[^\[(]{0,20}[\[(].{0,24}", re.DOTALL)
_DIVIDES = re.compile(r"\s*(?:,|;|to|–|-|and)\s*")
_CLOSES = re.compile(r"\s?[^\s\])]{0,10}[\])]")


def paired(text: str, numbers: Iterable[Number]) -> Iterator[tuple[Number, Bounds | None]]:
    """Each number of `text` with the interval that is printed after it, as in "0.85 [0.83, 0.87]"."""
    given = list(numbers)
    while given:
        number, *bounds = given[:3]
        if len(bounds) == 2 and _is_interval(text, number, *bounds):
            yield number, (bounds[0], bounds[1])
        else:
            yield number, None
            bounds = []
        del given[: 1 + len(bounds)]


def _is_interval(text: str, number: Number, low: Number, high: Number) -> bool:
    return bool(
        _OPENS.fullmatch(text, number.end, low.start)
        and _DIVIDES.fullmatch(text, low.end, high.start)
        and _CLOSES.match(text, high.end)
    )


class _Interval(NamedTuple):
    """The two ends of an interval in a report, and the numbers in the same object."""

    low: Decimal
    high: Decimal
    values: tuple[Decimal, ...]


class Intervals:
    """The intervals of the reports, with either sign, each with the numbers that it may be about."""

    def __init__(self, objects: Iterable[Mapping[str, Any]]) -> None:
        found = sorted({each for part in objects for each in _intervals(part)})
        self._all = found
        self._lows = [float(each.low) for each in found]

    def hold(self, number: Number, bounds: Bounds) -> bool:
        """Whether a report has these bounds beside this number."""
        low, high = bounds
        return any(
            agrees(low, each.low) and agrees(high, each.high) and any(agrees(number, value) for value in each.values)
            for scale in (1, 100)
            for each in self._near(low, scale)
        )

    def _near(self, low: Number, scale: int) -> list[_Interval]:
        value, unit = float(low.value), float(low.unit)
        first = bisect_left(self._lows, (value - unit) / scale)
        return self._all[first : min(bisect_right(self._lows, (value + unit) / scale), first + MOST_ALIKE)]


def _intervals(part: Mapping[str, Any]) -> Iterator[_Interval]:
    """The intervals in an object of a report: two numbers in a list or object, or under names such as `low`, `high`."""
    pairs = [pair for value in part.values() if (pair := _pair(value))]
    pairs += [pair for names in _ENDS if (pair := _pair([part.get(name) for name in names]))]
    if pairs:
        found = map(decimal, list(part.values())[:MOST_VALUES])
        values = tuple(number for number in found if number is not None)
        for low, high in pairs:
            yield _Interval(low, high, values)
            yield _Interval(-high, -low, tuple(-value for value in values))


def _pair(value: object) -> tuple[Decimal, Decimal] | None:
    numbers = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(numbers, list) or len(numbers) != 2:
        return None
    low, high = map(decimal, numbers)
    return None if low is None or high is None else (low, high)

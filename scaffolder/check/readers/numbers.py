"""Numbers as they are printed, compared with numbers as they were measured, as decimals."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

MOST_DIGITS = 30
LARGEST = 1e30

_NUMBER = re.compile(
    r"(?<![\w.,/:])(?<!\w[-−])(?P<sign>[-+−]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<exponent>[eE][-+]?\d{1,3})?(?P<percent>\s?(?:%|per ?cent\b)|\s(?:of|in|out of)\s100\b)?"
    r"(?![\w])(?!\.\d|,\d|[-/:]\d)"
)


class Number(NamedTuple):
    """A number in a text: its value, the size of its last printed digit, and where it stands."""

    text: str
    value: Decimal
    unit: Decimal
    percent: bool
    start: int
    end: int

    @property
    def decimals(self) -> int:
        """The number of digits after the point; two more for a percentage."""
        exponent = self.unit.as_tuple().exponent
        return max(0, -int(exponent)) + (2 if self.percent else 0)


def numbers_in(text: str) -> Iterator[Number]:
    """The numbers in `text`; parts of words, dates and versions are none, and "85 of 100" is 85%."""
    for found in _NUMBER.finditer(text):
        digits = found["digits"].replace(",", "")
        if len(digits) > MOST_DIGITS:
            continue
        exponent = int((found["exponent"] or "e0")[1:])
        places = len(digits.partition(".")[2])
        value = Decimal(digits).scaleb(exponent)
        yield Number(
            text=found[0],
            value=-value if found["sign"] in ("-", "−") else value,
            unit=Decimal(1).scaleb(exponent - places),
            percent=bool(found["percent"]),
            start=found.start(),
            end=found.end(),
        )


def decimal(value: object) -> Decimal | None:
    """The decimal of a JSON number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    return Decimal(repr(value))


def agrees(printed: Number, measured: Decimal) -> bool:
    """Whether `printed` is `measured`, rounded to the digits shown; a share may be printed in per cent.

    A share that is neither 0 nor 1 needs a digit after the point: "1" does not stand for 0.95.
    """
    if _rounds(printed, measured * 100 if printed.percent else measured):
        return printed.decimals > 0 or abs(measured) >= 1 or measured == printed.value
    in_per_cent = not printed.percent and 1 < abs(printed.value) <= 100 and 0 < abs(measured) <= 1
    return in_per_cent and _rounds(printed, measured * 100)


class Bag:
    """Measured numbers, sorted so that those near a printed one are found quickly."""

    def __init__(self, values: Iterable[Decimal] = ()) -> None:
        self.values = sorted(set(values))
        self._keys = [float(value) for value in self.values]

    def holds(self, printed: Number) -> bool:
        """Whether one of the numbers agrees with `printed`."""
        value, unit = float(printed.value), float(printed.unit)
        return any(
            agrees(printed, measured)
            for scale in (1, 100)
            for measured in self.values[
                bisect_left(self._keys, (value - unit) / scale) : bisect_right(self._keys, (value + unit) / scale)
            ]
        )


def _rounds(printed: Number, measured: Decimal) -> bool:
    return abs(printed.value - measured) * 2 <= printed.unit

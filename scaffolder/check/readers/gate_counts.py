"""Compares the numbers of passed and failed gates that a sentence states with the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scaffolder.check.readers.metrics import Gate

_GATES = re.compile(
    r"\b(?:(?P<part>\d{1,4}) of )?(?P<all>all |the )?(?P<count>\d{1,4}|one|both) gates? (?P<result>passed|failed)\b",
    re.IGNORECASE,
)
_IN_WORDS = {"one": 1, "both": 2}


class Count(NamedTuple):
    """A printed count of gates, whether it is right, and what the report has."""

    shown: str
    right: bool
    expected: str


def counted_gates(text: str, gates: Sequence[Gate]) -> Iterator[Count]:
    """The counts in a sentence, such as "All 5 gates passed" or "2 of 3 gates failed"."""
    for said in _GATES.finditer(text):
        passed = said["result"].casefold() == "passed"
        there = sum(gate.passed is passed for gate in gates)
        count = _IN_WORDS.get(said["count"].casefold()) or int(said["count"])
        whole = count if said["all"] or said["part"] or said["count"].casefold() == "both" else len(gates)
        right = (int(said["part"] or count), whole) == (there, len(gates))
        yield Count(said[0], right, f"{there} of {len(gates)} gates that {said['result'].casefold()}")

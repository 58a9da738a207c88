"""The facts from Git in a block of the README; the why below it is the owner's, and stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.errors import TargetError
from scaffolder.project import machine, newdata

_RECORD = re.compile(r"\A# \d+\. [^\n]*\n+<!-- measured:experiment -->")  # of a decision, begun by `make experiment`
_OPEN, _CLOSE = "<!-- mine -->", "<!-- /mine -->"
_FENCE = ("```", "~~~")


def block_lines(text: str) -> set[int]:
    """The numbers, from 1, of the lines of our block with its marks; none if it is not there just once."""
    span = _span(text.split("\n")) if _OPEN in text else None
    return {*range(span.start + 1, span.stop + 1)} if span else set()


def written_by_programs(text: str) -> set[int]:
    """The numbers of lines in measured blocks, in our own block, of questions put again, and of a record's heading."""
    found = machine.measured_lines(text.encode()) | block_lines(text)
    if newdata.STILL_TRUE in text:
        found |= {number for number, line in enumerate(text.split("\n"), 1) if newdata.STILL_TRUE in line}
    begun = _RECORD.match(text)
    return found | {*range(1, begun[0].count("\n") + 2)} if begun else found


def filled(text: str, facts: str) -> str:
    """A README with `facts`, a paragraph of HTML, in our block; raises `TargetError` if it has none.

    The facts are HTML, so that nobody takes them for the owner's prose.
    """
    lines = text.split("\n")
    span = _span(lines)
    if span is None:
        raise TargetError(
            f"README.md has no block for the facts: write the lines {_OPEN} and {_CLOSE} where they belong, once each."
        )
    lines[span] = [_OPEN, facts, _CLOSE]
    return "\n".join(lines)


def _span(lines: list[str]) -> slice | None:
    """The place of our block with its marks; None if it is not there just once."""
    marks = [(place, line.strip()) for place, line in _outside_code(lines) if line.strip() in (_OPEN, _CLOSE)]
    if [mark for _, mark in marks] != [_OPEN, _CLOSE]:
        return None
    return slice(marks[0][0], marks[1][0] + 1)


def _outside_code(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not in a block of code, each with its place."""
    fence = ""
    for place, line in enumerate(lines):
        mark = line.lstrip()[:3]
        if mark in _FENCE and fence in ("", mark):
            fence = "" if fence else mark
        elif not fence:
            yield place, line

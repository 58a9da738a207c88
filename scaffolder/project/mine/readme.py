"""The facts from Git in the README's section "What I changed and why"; the why is the owner's, and stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.project import machine, newdata

_RECORD = re.compile(r"\A# \d+\. [^\n]*\n+<!-- measured:experiment -->")  # of a decision, begun by `make experiment`
TITLE = "What I changed and why"
HEADING = f"## {TITLE}"
QUESTION = "TODO(changed): what did you change in this project, what did you expect, and what came of it?"
_OPEN, _CLOSE = "<!-- mine -->", "<!-- /mine -->"
_OURS = re.compile(rf"#{{1,6}}[ \t]+{TITLE}[ \t#]*", re.IGNORECASE)
_RESULTS = re.compile(r"##[ \t]+results[ \t#]*", re.IGNORECASE)
_SECTION = re.compile(r"##?[ \t].*")
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
    """A README with `facts`, a paragraph of HTML, in our block: the one that it has, else a new one.

    A new block stands first in its section. If there is no such section, it comes after the results, or at the end,
    with a question for the why. The facts are HTML, so that nobody takes them for the owner's prose.
    """
    lines = text.split("\n")
    block = [_OPEN, facts, _CLOSE]
    if span := _span(lines):
        lines[span] = block
        return "\n".join(lines)
    if places := _places(lines, _OURS):
        lines[places[0] + 1 : places[0] + 1] = ["", *block]
        return "\n".join(lines)
    section = [HEADING, "", *block, "", QUESTION]
    after = _after_results(lines)
    if after is None:
        return "\n".join([text.rstrip("\n"), "", *section, ""])
    lines[after:after] = [*([""] if lines[after - 1].strip() else []), *section, ""]
    return "\n".join(lines)


def _span(lines: list[str]) -> slice | None:
    """The place of our block with its marks; None if it is not there just once."""
    marks = [(place, line.strip()) for place, line in _outside_code(lines) if line.strip() in (_OPEN, _CLOSE)]
    if [mark for _, mark in marks] != [_OPEN, _CLOSE]:
        return None
    return slice(marks[0][0], marks[1][0] + 1)


def _after_results(lines: list[str]) -> int | None:
    """The place of the heading that follows the section of results; None if there is none."""
    results = _places(lines, _RESULTS)
    return next((place for place in _places(lines, _SECTION) if results and place > results[0]), None)


def _places(lines: list[str], pattern: re.Pattern[str]) -> list[int]:
    return [place for place, line in _outside_code(lines) if pattern.fullmatch(line)]


def _outside_code(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not in a block of code, each with its place."""
    fence = ""
    for place, line in enumerate(lines):
        mark = line.lstrip()[:3]
        if mark in _FENCE and fence in ("", mark):
            fence = "" if fence else mark
        elif not fence:
            yield place, line

"""A text file as it is compared: its lines, those that programs wrote, and its runs of lines and of words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from scaffolder.project import machine, newdata
from scaffolder.project.mine import readme
from scaffolder.project.mine.lines import Line, lines_of

RUN = 5  # lines
WORDS = 3  # of a run of words, as in the checklist

WORD = re.compile(r"\w+")
_RECORD = re.compile(r"\A# \d+\. [^\n]*\n+<!-- measured:experiment -->")  # of a decision, begun by `make experiment`
Words = list[tuple[str, int]]
"""Each word, folded, with the number of its line."""


class Text:
    """A text file. What is computed from it is kept, because one file may be in many renders and repositories."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def programs(self) -> set[int]:
        """The numbers of the lines that programs wrote."""
        return _written_by_programs(self.text)

    @cached_property
    def lines(self) -> list[Line]:
        """The lines as they are compared."""
        return lines_of(self.path, self.text, self.programs)

    @cached_property
    def keys(self) -> list[str]:
        """The texts of these lines."""
        return [line.key for line in self.lines]

    @cached_property
    def words(self) -> frozenset[str]:
        """All words, as they are written."""
        return frozenset(WORD.findall(self.text))

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Each run of `RUN` lines."""
        return frozenset(runs(self.keys, RUN))

    @cached_property
    def word_runs(self) -> frozenset[tuple[str, ...]]:
        """Each run of `WORDS` words, wherever its lines break."""
        return frozenset(runs([word for word, _ in words_of(self.text)], WORDS))


def _written_by_programs(text: str) -> set[int]:
    """The numbers of lines in measured blocks, in our own block, of questions put again, and of a record's heading."""
    found = machine.measured_lines(text.encode()) | readme.block_lines(text)
    if newdata.STILL_TRUE in text:
        found |= {number for number, line in enumerate(text.split("\n"), 1) if newdata.STILL_TRUE in line}
    return found | {1} if _RECORD.match(text) else found


def words_of(text: str, without: Collection[int] = ()) -> Words:
    """The words of a text, apart from those in lines with a number in `without`."""
    return [
        (word, number)
        for number, line in enumerate(text.split("\n"), 1)
        if number not in without
        for word in WORD.findall(line.casefold())
    ]


def runs(items: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """The runs of `length` items."""
    return zip(*(items[start:] for start in range(length)), strict=False)

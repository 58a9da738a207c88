"""Tells the owner's lines from the template's, wherever in the repository they stand now.

A line is the template's if it stands in a run of five that one of the template's files has, however often; or if the
template has it as often as it has been seen. So what was moved, copied or renamed stays the template's, and an `import
os` that the owner adds is the owner's. Prose may be broken into other lines: there, runs of three words decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scaffolder.project.mine.lines import Line

RUN = 5  # lines
WORDS = 3  # of a run of words, as in the checklist
LEAST = 0.25  # the share of words of the owner's that makes a line of prose the owner's

_WORD = re.compile(r"\w+")
_Words = list[tuple[str, int]]  # each word, folded, with the number of its line


class Template:
    """The lines of all renders that a project was made from or updated to."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()  # the most of each line that a render has
        self.runs: set[tuple[str, ...]] = set()
        self.word_runs: set[tuple[str, ...]] = set()

    def add(self, texts: Iterable[Sequence[Line]]) -> None:
        """Add the files of one render."""
        here: Counter[str] = Counter()
        for lines in texts:
            keys = [line.key for line in lines]
            here.update(keys)
            self.runs.update(_runs(keys, RUN))
        self.counts |= here

    def add_prose(self, text: str) -> None:
        """Add a document, whose words may stand in other lines."""
        self.word_runs.update(_runs([word for word, _ in words_of(text)], WORDS))


def owners(
    texts: Mapping[str, Sequence[Line]], template: Template, unchanged: Collection[str], known: Collection[str]
) -> dict[str, list[Line]]:
    """The owner's lines of each text.

    `unchanged` are paths whose texts are just as the template has them. Those that are `known`, because the template
    has a file there, or had it before it was renamed, keep the template's lines before others get them.
    """
    left = template.counts.copy()
    open_lines: dict[str, list[Line]] = {}
    for path, lines in texts.items():
        inside = {*range(len(lines))} if path in unchanged else _inside([line.key for line in lines], template.runs)
        left.subtract(lines[place].key for place in inside)
        open_lines[path] = [line for place, line in enumerate(lines) if place not in inside]
    found = {}
    for path in sorted(open_lines, key=lambda path: (path not in known, path)):
        found[path] = [line for line in open_lines[path] if not _take(left, line.key)]
    return found


def _take(left: Counter[str], key: str) -> bool:
    """Take one line of the template's, if there is one left."""
    if left[key] <= 0:
        return False
    left[key] -= 1
    return True


def words_of(text: str, without: Collection[int] = ()) -> _Words:
    """The words of a text, apart from those in lines with a number in `without`."""
    return [
        (word, number)
        for number, line in enumerate(text.split("\n"), 1)
        if number not in without
        for word in _WORD.findall(line.casefold())
    ]


def in_prose(words: _Words, lines: Sequence[Line], template: Template) -> tuple[list[Line], int]:
    """Those `lines` of a document that are the owner's by their words, and how many words are the owner's in all."""
    inside = _inside([word for word, _ in words], template.word_runs, WORDS)
    every, own = Counter(number for _, number in words), Counter[int]()
    own.update(number for place, (_, number) in enumerate(words) if place not in inside)
    kept = [line for line in lines if own[line.first] >= LEAST * every[line.first]]
    return kept, sum(own[line.first] for line in lines)


def _runs(items: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(items[start:] for start in range(length)), strict=False)


def _inside(items: Sequence[str], known: Collection[tuple[str, ...]], length: int = RUN) -> set[int]:
    """The places of those items that stand in a run that is known."""
    starts = (start for start, run in enumerate(_runs(items, length)) if run in known)
    return {start + step for start in starts for step in range(length)}

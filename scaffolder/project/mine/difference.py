"""Tells the owner's lines from the template's, wherever in the repository they stand now.

A line is the template's if it stands in a run of five that one of the template's files has, however often; or if the
template has it as often as it has been seen. So what was moved, copied or renamed stays the template's, and an `import
os` that the owner adds is the owner's. Prose may be broken into other lines: there, runs of three words decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from scaffolder.project.mine.lines import Line
from scaffolder.project.mine.texts import RUN, WORDS, Text, Words, runs

LEAST = 0.25  # the share of words of the owner's that makes a line of prose the owner's


class Template:
    """The lines of all renders that a project was made from or updated to."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()  # the most of each line that a render has
        self.runs: set[tuple[str, ...]] = set()
        self.word_runs: set[tuple[str, ...]] = set()

    def add(self, texts: Iterable[Text]) -> None:
        """Add the files of one render."""
        here: Counter[str] = Counter()
        for text in texts:
            here.update(text.keys)
            self.runs |= text.runs
        self.counts |= here

    def add_prose(self, text: Text) -> None:
        """Add a document, whose words may stand in other lines."""
        self.word_runs |= text.word_runs


def owners(
    texts: Mapping[str, Text], template: Template, unchanged: Collection[str], known: Collection[str]
) -> dict[str, list[Line]]:
    """The owner's lines of each text.

    `unchanged` are paths whose texts are just as the template has them. Those that are `known`, because the template
    has a file there, or had it before it was renamed, keep the template's lines before others get them.
    """
    taken: Counter[str] = Counter()
    open_lines: dict[str, list[Line]] = {}
    for path, text in texts.items():
        if path in unchanged:
            taken.update(text.keys)
            open_lines[path] = []
            continue
        inside = _inside(text.keys, template.runs)
        taken.update(text.keys[place] for place in inside)
        open_lines[path] = [line for place, line in enumerate(text.lines) if place not in inside]
    left = template.counts.copy()
    left.subtract(taken)
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


def in_prose(words: Words, lines: Sequence[Line], template: Template) -> tuple[list[Line], int]:
    """Those `lines` of a document that are the owner's by their words, and how many words are the owner's in all."""
    inside = _inside([word for word, _ in words], template.word_runs, WORDS)
    every, own = Counter(number for _, number in words), Counter[int]()
    own.update(number for place, (_, number) in enumerate(words) if place not in inside)
    kept = [line for line in lines if own[line.first] >= LEAST * every[line.first]]
    return kept, sum(own[line.first] for line in lines)


def _inside(items: Sequence[str], known: Collection[tuple[str, ...]], length: int = RUN) -> set[int]:
    """The places of those items that stand in a run that is known."""
    starts = (start for start, run in enumerate(runs(items, length)) if run in known)
    return {start + step for start in starts for step in range(length)}

"""Export the change notes of llm-eval from the changelog in CPython's documentation.

Needed once, and again only when a step below changes. The Debian package python3.13-doc has the page:

    python3 tools/export_notes.py /usr/share/doc/python3.13/html/whatsnew/changelog.html.gz [FILE]

Writes `notes.jsonl` into the template's data folder (or FILE) and prints the counts and the SHA-256. The bytes depend
only on the page. What each step does to the source is told to the reader of a generated repository in the template's
`data/DATASET.md`: change both together.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from exporting import data_of, page, write

TARGET = data_of("llm-eval") / "{% if not cookiecutter._data %}notes.jsonl{% endif %}"

# Notes of each label per hundred. Left out: Security, Tools/Demos and macOS.
SHARES = {
    "Library": 24,
    "Core and Builtins": 18,
    "C API": 12,
    "Build": 11,
    "Tests": 11,
    "Windows": 10,
    "Documentation": 9,
    "IDLE": 5,
}
SIZES = {"train": 900, "dev": 200, "test": 500}
SPLITS = {  # of each group of releases: dev is later than train, test is later than dev
    "3.5-3.7": "train",
    "3.8-3.10": "train",
    "3.11": "dev",
    "3.12": "test",
    "3.13.0": "test",
    "3.13.1-3.13.5": "test",
}

FEWEST_WORDS, MOST_CHARACTERS, SHORT = 5, 400, 120
GRAM, NEAR = 5, 0.7  # words of a sequence, and the share of common sequences that makes a near duplicate
BLOCKS = {"p", "pre", "br", "li", "ul", "ol", "dl", "dt", "dd", "div"}
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "...", "\N{NO-BREAK SPACE}": " "}
)

NAME = r"(?:(?:[A-Z]\.)+|[A-Z]\b|[^\W\d_a-z][\w'.-]*[\w']|(?:de|la|van|von|der|den)\b|d'[A-Z]\w+|[a-z]+[A-Z]\w*|@\w+)"
NAMES = rf"(?:{NAME}(?:(?:,? and |, | & | ){NAME})*(?: \([^)]*\))?|[\w.@-]*\w(?=\W*$))"
CREDIT = re.compile(
    r"[ (,;-]*\b(?:(?:[Oo]riginal|[Ii]nitial|[Bb]ased on(?: an?)?|[Oo]n an?|[Tt]he|[Cc]ode|with) )*"
    r"(?:[Pp]atch(?:e[sd])?|Contributed|Reported|Enhanced|Found|Thanks)"
    r"(?: (?:mostly|is|was|based on a suggestion|written|provided|contributed|suggested|given|and tests|and fixed))* "
    rf"(?:by|from|to):? {NAMES}\)?"
)


class Note(NamedTuple):
    """One entry of the changelog; the earliest has place 0."""

    place: int
    release: str
    label: str
    issue: str
    text: str

    @property
    def rank(self) -> str:
        """Where a note stands in the drawing: chance, but always the same."""
        return hashlib.sha256(self.issue.encode()).hexdigest()

    @property
    def split(self) -> str:
        return SPLITS[group(self.release)]


class Changelog(HTMLParser):
    """The items below the headings of a release and of a component, as (release, component, text).

    After the notes come a few items of the page's frame. They name no issue.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.items: list[tuple[str, str, str]] = []
        self._headings = {"h2": "", "h3": ""}
        self._text: list[str] | None = None
        self._depth = 0  # of lists: an item may have a list of its own
        self._sign = False  # inside the paragraph sign that links to a heading
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += tag == "li"
        if tag in self._headings or (tag == "li" and self._depth == 1):
            self._text = []
        elif tag in BLOCKS:
            self.handle_data(" ")
        self._sign = self._sign or (tag == "a" and ("class", "headerlink") in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._sign = self._sign and tag != "a"
        if tag in self._headings:
            self._headings[tag] = self._taken()
        elif tag == "li":
            self._depth -= 1
            if self._depth == 0 and all(self._headings.values()):
                self.items.append((self._headings["h2"], self._headings["h3"], self._taken()))

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._sign:
            self._text.append(data)

    def _taken(self) -> str:
        text, self._text = "".join(self._text or []), None
        return " ".join(text.split())


def main(arguments: list[str]) -> None:
    path, target = Path(arguments[0]), Path(arguments[1]) if arguments[1:] else TARGET
    rows = export(page(path))
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    for label in SHARES:
        counts = Counter(row["split"] for row in rows if row["label"] == label)
        print(f"{label:18}", *(f"{counts[split]:5}" for split in SIZES))
    write(target, lines, f"{len(rows):,} notes")


def export(text: str) -> list[dict[str, str]]:
    """The rows of the file, from the earliest note to the latest."""
    chosen = draw(distinct(read(text)))
    return [
        {
            "id": f"n{number:04}",
            "split": note.split,
            "text": note.text,
            "label": note.label,
            "release": group(note.release),
            "length": "short" if len(note.text) <= SHORT else "long",
        }
        for number, note in enumerate(sorted(chosen), 1)
    ]


def read(text: str) -> Iterator[Note]:
    """All notes that name an issue, the earliest release first: the page starts with the latest."""
    for place, (heading, component, item) in enumerate(reversed(Changelog(text).items)):
        release = re.match(r"Python (\d+\.\d+\.\d+)", heading)
        note = re.match(r"((?:gh|bpo)-\d+): *(.+)", item)
        if release and note:
            yield Note(place, release[1], component, note[1], plain(note[2]))


def plain(text: str) -> str:
    """Without typographic characters and without the names of those who wrote the patch."""
    text = CREDIT.sub("", text.translate(PLAIN))
    return " ".join(re.sub(r"\s+([.,])", r"\1", re.sub(r"\.{2}(?!\.)|\.\s+\.", ".", text)).split())


def cut(text: str) -> str:
    """As many whole words as fit, and three dots if that is not all."""
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 3].rsplit(" ", 1)[0] + " ..."


def group(release: str) -> str:
    _, minor, micro = map(int, release.split("."))
    if minor == 13:
        return "3.13.1-3.13.5" if micro else "3.13.0"
    return f"3.{minor}" if minor > 10 else "3.8-3.10" if minor > 7 else "3.5-3.7"


def distinct(notes: Iterable[Note]) -> Iterator[Note]:
    """One note of each issue, long enough, with a wanted label, and unlike all that came before it."""
    issues: set[str] = set()
    seen: list[set[tuple[str, ...]]] = []
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)  # of each sequence of words, in `seen`
    for note in notes:
        first = note.issue not in issues
        issues.add(note.issue)
        if not first or note.label not in SHARES or len(note.text.split()) < FEWEST_WORDS:
            continue
        own = grams(note.text)
        common = Counter(place for gram in own for place in places[gram])
        if any(count / (len(own) + len(seen[place]) - count) >= NEAR for place, count in common.items()):
            continue
        for gram in own:
            places[gram].append(len(seen))
        seen.append(own)
        yield note._replace(text=cut(note.text))


def grams(text: str) -> set[tuple[str, ...]]:
    """The sequences of words in a text; numbers are all alike, because versions and issues are what copies change."""
    words = re.sub(r"\d+", "0", text.lower())
    words_only = re.findall(r"\w+", words)
    return {tuple(words_only[i : i + GRAM]) for i in range(max(1, len(words_only) - GRAM + 1))}


def draw(notes: Iterable[Note]) -> Iterator[Note]:
    """Of each label its share of each split."""
    pools: dict[tuple[str, str], list[Note]] = defaultdict(list)
    for note in notes:
        pools[note.split, note.label].append(note)
    for split, size in SIZES.items():
        for label, share in SHARES.items():
            pool, wanted = pools[split, label], size * share // 100
            if len(pool) < wanted:
                raise LookupError(f"{split} has {len(pool)} notes of {label}, not {wanted}")
            yield from sorted(pool, key=lambda note: note.rank)[:wanted]


if __name__ == "__main__":
    main(sys.argv[1:])

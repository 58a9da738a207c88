"""Export the software licences of domain-capstone's domain `legal` from the PyPI package licensedcode-data 32.1.0.

Needed once, and again only when a step below changes:

    uv pip install --no-deps --target packages licensedcode-data==32.1.0
    python tools/export_licences.py packages/licensedcode/data/licenses [FILE]

Writes `licences.csv.gz` into the template's data folder (or FILE) and prints the counts and the SHA-256. The bytes
depend only on the package's `*.LICENSE` files. What each step does to the source is told to the reader of a generated
repository in the domain's `dataset.md`: change both together.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from exporting import Row, data_of, known, packed, write

TARGET = data_of("domain-capstone") / "{% if cookiecutter.__case == 'legal' %}licences.csv.gz{% endif %}"
SOURCE_SHA256 = "f3ffe2b61481ca2b650c94922356daba18b94c04f391f304446a2a1867b4d42e"

OUTCOMES = {  # of ScanCode's categories; CLA, Patent License and Unstated License are too rare (42 texts)
    "Permissive": "use",
    "Public Domain": "use",
    "Copyleft": "ask",
    "Copyleft Limited": "ask",
    "Commercial": "avoid",
    "Free Restricted": "avoid",
    "Proprietary Free": "avoid",
    "Source-available": "avoid",
}
SHORTEST, LONGEST, SHORT = 100, 3000, 1000  # characters
GRAM, NEAR = 5, 0.5  # words of a sequence, and the share of common sequences that makes one family
COLUMNS = ["licence", "text", "family", "category", "length", "names_gnu", "outcome"]

ENTRY = re.compile(r"^(\w+):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)  # of the front matter, with its further lines
VERSION = re.compile(r"[-_.]?(?:v?\d[\w.]*|plus|only|or-later)(?=-|$)")
GNU = re.compile(r"\bgnu\b|\b[al]?gpl", re.IGNORECASE)


def main(arguments: list[str]) -> None:
    folder, target = Path(arguments[0]), Path(arguments[1]) if arguments[1:] else TARGET
    rows = export(read(folder))
    write(target, packed(rows, COLUMNS), f"{len(rows):,} texts")
    sizes = Counter(row["family"] for row in rows)
    print(f"{len(sizes):,} families, the largest: {sizes.most_common(5)}")
    for column in ("outcome", "category", "length", "names_gnu"):
        print(f"{column}: {Counter(row[column] for row in rows)}")


def read(folder: Path) -> Iterator[Row]:
    """The front matter of each file and its text, in the order of the keys; refused if a file has changed."""
    paths = sorted(folder.glob("*.LICENSE"), key=lambda path: path.name)
    known(b"".join(path.read_bytes() for path in paths), SOURCE_SHA256, f"what {folder} holds")
    for path in paths:
        _, matter, text = path.read_text("utf-8").split("---", 2)
        yield {**{key: " ".join(value.split()).strip("'\"") for key, value in ENTRY.findall(matter)}, "text": text}


def export(entries: Iterable[Row]) -> list[Row]:
    rows, seen = [], set()
    for entry in filter(wanted, entries):
        text = clean(entry["text"])
        row = {
            "licence": entry["key"],
            "text": cut(nameless(text, entry)),
            "category": entry["category"],
            "length": "short" if len(text) < SHORT else "whole" if len(text) <= LONGEST else "cut",
            "outcome": OUTCOMES[entry["category"]],
        }
        row["names_gnu"] = "yes" if GNU.search(row["text"]) else "no"
        words = " ".join(re.findall(r"\w+", row["text"].lower()))
        if len(text) >= SHORTEST and words not in seen:
            seen.add(words)
            rows.append(row)
    return [{**row, "family": family} for row, family in zip(rows, families(rows), strict=True)]


def wanted(entry: Row) -> bool:
    return (
        entry["category"] in OUTCOMES
        and entry.get("language", "en") == "en"
        and not any(entry.get(mark) == "yes" for mark in ("is_deprecated", "is_generic"))
    )


def clean(text: str) -> str:
    """Without control characters, private characters and runs of blanks; at most one empty line between paragraphs."""
    kept = "".join(
        character if character == "\n" or unicodedata.category(character)[0] not in "CZ" else " "
        for character in unicodedata.normalize("NFC", text).replace("\N{REPLACEMENT CHARACTER}", " ")
    )
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def nameless(text: str, entry: Row) -> str:
    """With "this licence" for the licence's own names and its owner's: a name must not give the answer away."""
    names = {entry[key] for key in ("name", "short_name", "key", "owner", "spdx_license_key") if key in entry}
    names |= {re.sub(r"\s*\([^)]*\)", "", name) for name in names}  # FSF's full name without the (FSF)
    names |= {re.sub(r"\s+v?\d[\d.]*$", "", name) for name in names}  # without the version
    for name in sorted(names - {"Unspecified"}, key=lambda name: (-len(name), name)):
        if len(name) > 2:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "this licence", text, flags=re.IGNORECASE)
    return text


def cut(text: str) -> str:
    """As many whole words as fit."""
    return text if len(text) <= LONGEST else re.match(rf"(?s).{{,{LONGEST}}}(?=\s)", text)[0].rstrip()  # type: ignore[index]


def families(rows: list[Row]) -> list[str]:
    """For each text the first key of its family: versions of one key, and texts that share half of their sequences.

    Families are chains: two texts of one family may have little in common, but both resemble a third.
    """
    heads = list(range(len(rows)))

    def head(place: int) -> int:
        while heads[place] != place:
            place = heads[place]
        return place

    def join(one: int, other: int) -> None:
        low, high = sorted((head(one), head(other)))
        heads[high] = low

    stems: dict[str, int] = {}
    sizes: list[int] = []
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        join(place, stems.setdefault(VERSION.sub("", row["licence"]) or row["licence"], place))
        own = grams(row["text"])
        for other, common in Counter(other for gram in own for other in places[gram]).items():
            if common / (len(own) + sizes[other] - common) >= NEAR:
                join(place, other)
        sizes.append(len(own))
        for gram in own:
            places[gram].append(place)
    return [rows[head(place)]["licence"] for place in range(len(rows))]


def grams(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {" ".join(words[i : i + GRAM]) for i in range(max(1, len(words) - GRAM + 1))}


if __name__ == "__main__":
    main(sys.argv[1:])

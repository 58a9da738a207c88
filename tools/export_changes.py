"""Export the change notes of domain-capstone's domain `support` from the changelog in CPython's documentation.

Needed once, and again only when a step below changes. The Debian package python3.13-doc has the page:

    python3 tools/export_changes.py /usr/share/doc/python3.13/html/whatsnew/changelog.html.gz [FILE]

Writes `changes.csv.gz` into the template's data folder (or FILE) and prints the counts and the SHA-256. The bytes
depend only on the page. What each step does to the source is told to the reader of a generated repository in the
domain's `dataset.md`: change both together.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from export_notes import Changelog, plain
from exporting import Row, data_of, packed, page, write

TARGET = data_of("domain-capstone") / "{% if cookiecutter.__case == 'support' %}changes.csv.gz{% endif %}"

QUEUES = {  # as they are called here: as the page calls them
    "library": "Library",
    "core": "Core and Builtins",
    "tests": "Tests",
    "build": "Build",
    "c-api": "C API",
    "idle": "IDLE",
    "documentation": "Documentation",
    "windows": "Windows",
    "security": "Security",
    "tools": "Tools/Demos",
    "macos": "macOS",
}
SHORTEST, SHORT = 20, 120  # characters
COLUMNS = ["note", "day", "text", "length", "queue"]
DAYS = re.compile(r"<h2>(Python [^<]+)<.*?Release date: (\d{4}-\d\d-\d\d)<", re.DOTALL)


def main(arguments: list[str]) -> None:
    path, target = Path(arguments[0]), Path(arguments[1]) if arguments[1:] else TARGET
    text = page(path)
    rows = export(text)
    print(f"page: SHA-256 {hashlib.sha256(text.encode()).hexdigest()}")
    write(target, packed(rows, COLUMNS), f"{len(rows):,} notes")
    print(f"days: {rows[0]['day']} to {rows[-1]['day']}")
    for column in ("queue", "length"):
        print(f"{column}: {Counter(row[column] for row in rows)}")


def export(text: str) -> list[Row]:
    """The notes from the earliest to the latest; of notes with the same words the earliest only."""
    seen: set[str] = set()
    kept = []
    for row in sorted(read(text), key=lambda row: row["day"]):  # notes of one day stay in the page's order
        words = " ".join(re.findall(r"\w+", row["text"].lower()))
        if len(row["text"]) >= SHORTEST and words not in seen:
            seen.add(words)
            kept.append(row)
    return [{"note": f"n{number:05}", **row} for number, row in enumerate(kept, 1)]


def read(text: str) -> Iterator[Row]:
    """The items of the page that stand below a release and a queue, without their issue and the names of people."""
    days, names = dict(DAYS.findall(text)), {heading: name for name, heading in QUEUES.items()}
    for heading, component, item in reversed(Changelog(text).items):  # the page starts with the latest
        if component in names:
            note = plain(re.sub(r"^(?:gh|bpo)-\d+: *", "", item))
            yield {
                "day": days[heading],
                "text": "".join(character if character.isprintable() else " " for character in note).strip(),
                "length": "short" if len(note) <= SHORT else "long",
                "queue": names[component],
            }


if __name__ == "__main__":
    main(sys.argv[1:])

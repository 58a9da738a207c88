"""The rows of the owner's file with their places, and their problems, which one refusal names together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scaffolder.adopt import reading
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.texts.decoding import clean
from scaffolder.errors import first_lines, listed, one_line, shown

MOST_ROWS = 50_000
MOST_NAMES = 20  # in one sentence
_MOST_PROBLEMS = 20  # in one refusal
_MOST_SHOWN = 60  # characters of a name in a sentence


@dataclass(frozen=True)
class Row:
    """A row of the owner's file: its number, as people count, and its cells by the names of their columns."""

    number: int
    cells: dict[str, str]


@dataclass
class Problems:
    """The problems of a file."""

    source: Path
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, problem: str) -> None:
        """Note a problem of a row, or of the whole file if the number is 0."""
        self.found.append((number, problem))

    def refusal(self) -> AdoptionError:
        """The error that names them in the order of the file; of many, the first and the number of the rest."""
        said = [f"row {number}: {what}" if number else what for number, what in sorted(self.found)]
        if len(said) == 1:
            return AdoptionError(f"{shown(self.source, 200)} cannot be used: {said[0]}.")
        error = AdoptionError(f"{shown(self.source, 200)} cannot be used:")
        error.details = tuple(first_lines(said, _MOST_PROBLEMS))
        return error


def read(problems: Problems) -> tuple[list[Row], str]:
    """The rows of a table, by the names of its columns in small letters, and in words how the file was read.

    Raises:
        AdoptionError: it is no table, or too large.
    """
    table = reading.read(problems.source)
    if table.count > MOST_ROWS:
        raise AdoptionError(f"{shown(problems.source, 200)} has more than {MOST_ROWS:,} rows: use a sample of them.")
    names = [re.sub(r"\W+", "_", name.casefold()).strip("_") for name in table.names]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        problems.add(0, f"two columns are called {shown(name)}")
    rows = [
        Row(number, {name: clean(cell).strip() for name, cell in zip(names, cells, strict=True)})
        for number, cells in table.rows()
    ]
    return rows, table.form


def names_of(rows: Iterable[Row]) -> list[str]:
    """The columns that any row has, in the order of the file."""
    return list(dict.fromkeys(name for row in rows for name in row.cells if name))


def named(names: Iterable[str]) -> str:
    """Some names in one sentence: of many, the first and the number of the rest."""
    texts = [name if len(name) <= _MOST_SHOWN else f"{name[: _MOST_SHOWN - 1]}…" for name in names]
    return one_line(listed(texts, MOST_NAMES))

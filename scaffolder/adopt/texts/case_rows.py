"""The rows of the owner's file with their places, and their problems, which one refusal names together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from scaffolder.adopt import reading
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.texts.decoding import TextError, clean, decode
from scaffolder.errors import first_lines, listed, one_line, shown
from scaffolder.formats.json import JsonError, load_json
from scaffolder.safe import read_file

MOST_BYTES, MOST_ROWS = 50_000_000, 50_000
MOST_NAMES = 20  # in one sentence
_MOST_PROBLEMS = 20  # in one refusal
_MOST_SHOWN = 60  # characters of a name in a sentence
_JSON = re.compile(r"\s{0,1000}(?:\[\s{0,1000})?\{")
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Row:
    """A row of the owner's file: its number, as people count, and its cells by the names of their columns."""

    number: int
    cells: dict[str, str]


@dataclass
class Problems:
    """The problems of a file. A `place` in it is called row or line."""

    source: Path
    place: str = "row"
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, problem: str) -> None:
        """Note a problem of a row, or of the whole file if the number is 0."""
        self.found.append((number, problem))

    def refusal(self) -> AdoptionError:
        """The error that names them in the order of the file; of many, the first and the number of the rest."""
        said = [f"{self.place} {number}: {what}" if number else what for number, what in sorted(self.found)]
        if len(said) == 1:
            return AdoptionError(f"{shown(self.source, 200)} cannot be used: {said[0]}.")
        error = AdoptionError(f"{shown(self.source, 200)} cannot be used:")
        error.details = tuple(first_lines(said, _MOST_PROBLEMS))
        return error


def read(problems: Problems) -> tuple[list[Row], str]:
    """The rows that are not empty, and in words how the file was read.

    Raises:
        AdoptionError: the file is no text, or too large.
    """
    source = problems.source
    start = _bytes(source, 4_096).decode("utf-8", "ignore").removeprefix("\ufeff")
    as_lines = source.suffix.lower() in _LINES or _JSON.match(start)
    found, form = _json_lines(problems) if as_lines else _table(problems)
    rows = list(islice((row for row in found if any(row.cells.values())), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise AdoptionError(f"{shown(source, 200)} has more than {MOST_ROWS:,} rows: use a sample of them.")
    return rows, form


def names_of(rows: Iterable[Row]) -> list[str]:
    """The columns that any row has, in the order of the file."""
    return list(dict.fromkeys(name for row in rows for name in row.cells if name))


def named(names: Iterable[str]) -> str:
    """Some names in one sentence: of many, the first and the number of the rest."""
    texts = [name if len(name) <= _MOST_SHOWN else f"{name[: _MOST_SHOWN - 1]}…" for name in names]
    return one_line(listed(texts, MOST_NAMES))


def _table(problems: Problems) -> tuple[Iterator[Row], str]:
    table = reading.read(problems.source)
    names = _names(table.names)
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        problems.add(1, f"two columns are called {shown(name)}")
    rows = (
        Row(number, {name: clean(cell).strip() for name, cell in zip(names, cells, strict=True)})
        for number, cells in table.numbered()
    )
    return rows, table.form


def _json_lines(problems: Problems) -> tuple[Iterator[Row], str]:
    problems.place = "line"
    content = _bytes(problems.source, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise AdoptionError(f"{shown(problems.source, 200)} has more than {MOST_BYTES:,} bytes: use a sample of it.")
    try:
        text = decode(content)
    except TextError as error:
        raise AdoptionError(f"{shown(problems.source, 200)} {error}.") from None
    return _records(text, problems), "JSON lines"


def _bytes(source: Path, most: int) -> bytes:
    try:
        return read_file(source, most)
    except OSError as error:
        raise AdoptionError(f"{shown(source, 200)} cannot be read: {error.strerror}.") from None


def _records(text: str, problems: Problems) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Row(number, _record(line))
        except JsonError as error:
            problems.add(number, f"is not one JSON object of texts and numbers ({error})")


def _record(line: str) -> dict[str, str]:
    """The cells in a line of JSON; raises `JsonError`."""
    found = load_json(line)
    if not isinstance(found, dict):
        raise JsonError("it is no object")
    if nested := next((name for name, value in found.items() if isinstance(value, list | dict)), None):
        raise JsonError(f"{shown(nested)} is not a text or a number")
    cells = ("" if value is None else clean(str(value)).strip() for value in found.values())
    record = dict(zip(_names(found), cells, strict=True))
    if len(record) < len(found):
        raise JsonError("two of its names differ only in case or signs")
    return record


def _names(columns: Iterable[str]) -> list[str]:
    return [re.sub(r"\W+", "_", column.casefold()).strip("_") for column in columns]

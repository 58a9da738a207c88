"""Which rows and slices an error analysis speaks of, and whether they are real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.numbers.claims import label
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.numbers.row_values import RowValues, lettered
from scaffolder.check.readers.csv import Rows
from scaffolder.check.readers.markdown import Section
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.numbers import agrees, decimal, numbers_in
from scaffolder.check.words.own import own_text, statements
from scaffolder.check.words.placeholders import Shingle

MOST_ROWS = 100
MOST_VALUES = 40  # of a row
LEAST_VALUES = 3  # cells of one row in one sentence that name it as well as its number does

_ROWS = re.compile(
    r"\b(?:rows?|lines?|ids?|nos?\.|numbers?|#)\s*((?:#?\d{1,9}(?:\s*(?:,|and|or|&)\s*(?:and\s+)?)?)+)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])#?(\d{1,9})(?![\w%]|[.,]\d)")
_SAYS_LITTLE = frozenset(("yes", "no", "true", "false", "none", "nan", "0", "1"))


class Citations:
    """Compares an error analysis with `errors.csv`, and with `predictions.csv` for rows that are no great errors."""

    def __init__(
        self, errors: Rows, predictions: Rows | None, metrics: Metrics | None, settings: dict[str, Any]
    ) -> None:
        self.errors = errors
        self.known = errors.ids | (predictions.ids if predictions else frozenset())
        self.entity = _entity(settings)
        self.values = RowValues(errors, settings, self.entity)
        self.slice_names = _slice_names(metrics, settings)

    def rows(self, section: Section, stubs: frozenset[Shingle]) -> list[str]:
        """The rows of errors.csv that the owner names, by number or by values."""
        found: dict[str, None] = {}
        for sentence in statements(section, stubs):
            found.update(dict.fromkeys(self._by_number(sentence.text)))
            found.update(dict.fromkeys(self._by_values(sentence.text)))
        return list(found)

    def _by_number(self, text: str) -> Iterator[str]:
        listed = " ".join(match[1] for match in _ROWS.finditer(text))
        for name in (match[1] for match in _NUMBER.finditer(f"{text} {listed}")):
            short = len(name) < 3 and name not in re.findall(r"\d+", listed) and f"{self.entity} {name}" not in text
            if name in self.errors.ids and not short:
                yield name
        words = set(re.findall(r"[\w-]*[A-Za-z][\w-]*", text))
        yield from (name for name in self.errors.ids & words if len(name) > 2 and not name.isdigit())

    def _by_values(self, text: str) -> Iterator[str]:
        folded = f" {' '.join(text.casefold().split())} "
        for record in self.errors.records[:MOST_ROWS]:
            values = {cell.strip().casefold() for cell in record[1:MOST_VALUES]} - _SAYS_LITTLE
            found = [value for value in values if len(value) > 1 and value in folded and _whole(value, folded)]
            if len(found) >= LEAST_VALUES and any(value[0].isdigit() for value in found):
                yield record[0].strip()

    def unknown_rows(self, section: Section, stubs: frozenset[Shingle]) -> Iterator[Evidence]:
        """Rows that are named by number, or as q275 is, and do not exist."""
        if lettered(self.errors.ids):
            for sentence in statements(section, stubs):
                for name in self.values.name.findall(sentence.text):
                    if name not in self.known:
                        yield Evidence(f"{name} is not in {self.errors.path}", section.path, sentence.line)
            return
        if not all(name.isdigit() for name in list(self.errors.ids)[:5]):
            return
        for sentence in statements(section, stubs):
            for match in _ROWS.finditer(sentence.text):
                if match[0].lower().startswith(("row", "#")):
                    for name in re.findall(r"\d+", match[1]):
                        if name not in self.known:
                            yield Evidence(f"row {name} is not in {self.errors.path}", section.path, sentence.line)

    def wrong_values(self, section: Section, stubs: frozenset[Shingle]) -> Iterator[Evidence]:
        """Values that the owner gives beside a named row, and that it does not have."""
        for sentence in statements(section, stubs):
            yield from (Evidence(fact, section.path, sentence.line) for fact in self.values.wrong(sentence.text))

    def slices(self, section: Section, stubs: frozenset[Shingle]) -> list[str]:
        """The slices, their values or their columns that the owner speaks of; if none were measured, any group."""
        text = f" {label(own_text(section, stubs))} "
        if not self.slice_names:
            found = re.search(
                r"\b(?:slices?|groups?|segments?|category|categories|class(?:es)?|kinds? of|types? of)\b", text
            )
            return [found[0]] if found else []
        return [name for name in self.slice_names if f" {name} " in text]

    def wrong_tables(self, section: Section) -> Iterator[Evidence]:
        """Rows shown in tables that errors.csv does not have, or has otherwise."""
        first = label(self.errors.header[0])
        for table in section.tables:
            if table.header and first and label(table.header[0]) == first:
                yield from self._wrong_rows(section, table)

    def _wrong_rows(self, section: Section, table: Table) -> Iterator[Evidence]:
        columns = {label(title): index for index, title in enumerate(self.errors.header)}
        places = [columns.get(label(title)) for title in table.header]
        for row, line in zip(table.rows[:MOST_ROWS], table.row_lines, strict=False):
            record = self.errors.row(plain(row[0]).strip())
            if record is None:
                yield Evidence(f"row {row[0][:20]} is not in {self.errors.path}", section.path, line)
                continue
            for cell, place in zip(row, places, strict=False):
                if place is not None and not _same(plain(cell).strip(), record[place].strip()):
                    fact = f"{self.errors.header[place]} of row {row[0][:20]} is {record[place][:30]}, not {cell[:30]}"
                    yield Evidence(fact, section.path, line)


def _whole(value: str, text: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.]\w)", text) is not None


def _same(shown: str, value: str) -> bool:
    if label(shown) == label(value) or (not value and shown.casefold() in ("missing", "nan", "none", "-", "–")):
        return True
    printed = next(numbers_in(shown), None)
    try:
        measured = decimal(float(value))
    except ValueError:
        return False
    return printed is not None and measured is not None and agrees(printed, measured)


def _entity(settings: dict[str, Any]) -> str:
    problem = settings.get("problem")
    return str(problem.get("entity", "row")) if isinstance(problem, dict) else "row"


def _slice_names(metrics: Metrics | None, settings: dict[str, Any]) -> tuple[str, ...]:
    """'contract = One year' gives 'contract one year', 'one year' and 'contract'."""
    found: dict[str, None] = {}
    for entry in metrics.slices if metrics else ():
        column, _, value = entry.label.partition(" = ")
        found.update(dict.fromkeys((label(entry.label), label(value), label(column))))
    part = settings.get("slices")
    columns = part.get("columns") if isinstance(part, dict) else None
    found.update(dict.fromkeys(label(str(name)) for name in columns) if isinstance(columns, list) else {})
    return tuple(name for name in found if len(name) > 2 and name not in _SAYS_LITTLE)

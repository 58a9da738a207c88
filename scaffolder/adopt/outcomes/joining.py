"""Join the owner's rows with what became of them, say all that is wrong, and tell which columns can be inputs.

All of it is done in DuckDB, so that a million rows need little memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.literals import sql
from scaffolder.adopt.reading import Table
from scaffolder.adopt.table import columns
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows
from scaffolder.errors import shown, suggestion

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FEWEST = {"rows with an outcome": 500, "days from the first row to the last": 28, "rows of the rarer outcome": 50}
_MOST_ERRORS = 20  # that are shown
_LONGEST = 100  # characters of a value of the target
_NO_DAY = "is no day such as 2026-12-31"

# SQL of a day: ISO, with a time of day perhaps, and such as pandas can count.
_DAY = r"""CREATE TEMP MACRO iso_day(cell) AS CASE
    WHEN regexp_full_match(cell, '(1[7-9]|2[01])\d\d-\d\d-\d\d([T ]\d.*)?') THEN TRY_CAST(left(cell, 10) AS DATE) END"""

_JOINED = """CREATE TEMP TABLE joined AS
    SELECT cells.*, made.id AS id, iso_day(made.made) AS made, iso_day(known) AS known,
        CAST(outcome = {} AS INTEGER) AS outcome
    FROM made JOIN labels ON labels.id = made.id JOIN cells ON cells.rowid = made.place ORDER BY made, id"""


@dataclass(frozen=True)
class Part:
    """A table of the owner's, and the SQL of its columns by the names that the project gives them."""

    path: Path
    table: Table
    cells: Mapping[str, str]

    @classmethod
    def of(cls, path: Path, table: Table, taken: Collection[str]) -> Part:
        """Raises `AdoptionError` if two columns get the same name."""
        names = [plain_name(name, taken) for name in table.names]
        if repeated := [name for name in names if names.count(name) > 1]:
            both = [shown(old) for old, new in zip(table.names, names, strict=True) if new == repeated[0]]
            raise AdoptionError(
                f"Columns {' and '.join(both)} of {shown(path, 200)} would both be called {repeated[0]}: rename one."
            )
        return cls(path, table, {name: f"c{place}" for place, name in enumerate(names)})

    def find(self, option: str, column: str, taken: Collection[str]) -> str:
        """The name of the column that the owner means; raises `AdoptionError` if there is none."""
        if (name := plain_name(column, taken)) in self.cells:
            return name
        raise AdoptionError(
            f"{shown(self.path, 200)} has no column {shown(column)} for --{option}: "
            f"{suggestion(column, self.table.names)}"
        )


class Roles(NamedTuple):
    """The columns that are no inputs; if `id` is "", the rows are numbered."""

    id: str
    time: str
    known: str
    target: str


class Joined(NamedTuple):
    """The rows that have an outcome, as they were made, with the columns id, made, known and outcome."""

    rows: Rows
    values: tuple[str, str]  # of the target, for no and yes


def plain_name(column: str, taken: Collection[str]) -> str:
    """A column's name as code can use it: `Größe (cm)` becomes grosse_cm."""
    plain = unicodedata.normalize("NFKD", column.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
    plain = plain if plain[:1].isalpha() else f"x_{plain}"
    return f"{plain}_" if plain in taken else plain


@contextmanager
def join(rows: Part, labels: Part, roles: Roles, positive: str | None, order: str | None) -> Iterator[Joined]:
    """Join rows and outcomes, which may lie in the same table; `order` says how dates begin.

    Raises:
        AdoptionError: with all that is wrong, each with its row.
    """
    with rows.table.connection() as connection:
        connection.execute(columns.MACROS)
        connection.execute(_DAY)
        source = "cells"
        if labels is not rows:
            with labels.table.connection():
                pass  # that makes its database
            connection.execute(f"ATTACH {sql(str(labels.table.folder / 'table.db'))} AS other")
            source = "other.cells"
        _select(connection, "made", Rows(connection), rows, {"id": roles.id, "made": roles.time}, order)
        kept = Rows(connection, f"({labels.cells[roles.known]} <> '' OR {labels.cells[roles.target]} <> '')", source)
        named = {"id": roles.id, "known": roles.known, "outcome": roles.target}
        _select(connection, "labels", kept, labels, named, order)
        values = _values(Rows(connection, source="labels"), roles.target, positive)
        _refuse(connection, rows, labels, roles, values)
        connection.execute(_JOINED.format(sql(values[1])))
        joined = Rows(connection, source="joined")
        _refuse_few(joined)
        yield Joined(joined, values)


def _select(
    connection: DuckDBPyConnection, table: str, kept: Rows, part: Part, named: Mapping[str, str], order: str | None
) -> None:
    """Make a table of some columns, days in ISO form; `again` counts the rows with the same id."""
    number = "CAST(rowid + 1 AS VARCHAR)"
    cells = {name: part.cells[column] if column else number for name, column in named.items()}
    for name in {"made", "known"} & cells.keys():
        if columns.survey(kept, cells[name]).dates:
            cells[name] = columns.read_dates(kept, Column(named[name], "date", cells[name]), order)
    chosen = ", ".join(f"{expression} AS {name}" for name, expression in cells.items())
    again = f"row_number() OVER (PARTITION BY {cells['id']} ORDER BY rowid) AS again"
    # all made of places and literals
    connection.execute(
        f"CREATE TEMP TABLE {table} AS FROM {kept.source} SELECT rowid AS place, number, {chosen}, {again}"
        f" WHERE {kept.where}"
    )


def _values(labels: Rows, target: str, positive: str | None) -> tuple[str, str]:
    """The values for no and yes. Raises AdoptionError: nobody has said which is which."""
    found = [
        value
        for value, _ in labels.only("outcome <> ''").all(
            "outcome, count(*) AS n", "GROUP BY 1 ORDER BY n DESC, 1 LIMIT 2"
        )
    ]
    wanted = "1" if positive is None and set(found) == {"0", "1"} else positive
    if wanted is None or wanted not in found or len(found) < 2 or max(map(len, found)) > _LONGEST:
        told = " or ".join(map(shown, found)) or "empty"
        raise AdoptionError(f"Column {target} is {told}: say with --positive which of two values is meant.")
    return next(value for value in found if value != wanted), wanted


def _refuse(connection: DuckDBPyConnection, rows: Part, labels: Part, roles: Roles, values: tuple[str, str]) -> None:
    """Name the cells that break a rule, in the order of the files."""
    of_row = "labels LEFT JOIN made ON made.id = labels.id AND made.again = 1"
    known = f"coalesce(outcome IN ({sql(values[0])}, {sql(values[1])}), false)"
    rules = [
        ("0, made.number", "made", roles.id, "made.id", "made.id IS NULL", "is missing"),
        ("0, made.number", "made", roles.id, "made.id", "made.id IS NOT NULL AND again > 1", "stands there twice"),
        ("0, made.number", "made", roles.time, "made", "iso_day(made.made) IS NULL", _NO_DAY),
        ("1, labels.number", of_row, roles.known, "known", "iso_day(known) IS NULL", _NO_DAY),
        (
            "1, labels.number",
            of_row,
            roles.known,
            "known",
            "iso_day(known) < iso_day(made.made)",
            "is before the day of its row",
        ),
        (
            "1, labels.number",
            "labels",
            roles.target,
            "outcome",
            f"NOT {known}",
            f"is neither {shown(values[0])} nor {shown(values[1])}",
        ),
    ]
    if labels is not rows:
        rules += [
            ("1, labels.number", "labels", roles.id, "id", "id IS NULL", "is missing"),
            ("1, labels.number", "labels", roles.id, "id", "id IS NOT NULL AND again > 1", "stands there twice"),
            (
                "1, labels.number",
                of_row,
                roles.id,
                "labels.id",
                "labels.id IS NOT NULL AND made.id IS NULL",
                "is the id of no row",
            ),
        ]
    broken = " UNION ALL ".join(
        f"SELECT {number}, {sql(column)}, {cell}, {sql(wrong)} FROM {source} WHERE {condition}"  # noqa: S608 - as above
        for number, source, column, cell, condition, wrong in rules
    )
    found = Rows(connection, source=f"({broken}) AS broken(file, number, name, cell, wrong)")
    if not (count := found.count()):
        return
    error = AdoptionError("There are cells that cannot be used:")
    first = found.all("*", f"ORDER BY file, number, name LIMIT {_MOST_ERRORS}")
    details = [
        f"{(rows, labels)[file].path.name}, row {number}: {name} {shown(cell or '')} {wrong}"
        for file, number, name, cell, wrong in first
    ]
    error.details = (*details, *([f"and {count - _MOST_ERRORS:,} more"] if count > _MOST_ERRORS else []))
    raise error


def _refuse_few(joined: Rows) -> None:
    count, days, ones = joined.one("count(*), coalesce(max(made) - min(made), 0), coalesce(sum(outcome), 0)")
    found = dict(zip(_FEWEST, (count, days, int(min(ones, count - ones))), strict=True))
    for name, least in _FEWEST.items():
        if found[name] < least:
            raise AdoptionError(f"{least} {name} are needed, and {found[name]} found.")

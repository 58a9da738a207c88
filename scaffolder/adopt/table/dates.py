"""A column of dates as inputs: its years, months, days and weekdays, each a number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scaffolder.adopt.table import columns
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows

_PARTS = {"year": "year", "month": "month", "day": "day", "weekday": "isodow"}  # the functions of DuckDB
_MEANINGS = {"weekday": "1 is Monday"}


def in_parts(
    rows: Rows, found: Mapping[str, Column], order: str | None, taken: Collection[str], whole: str | None
) -> dict[str, Column]:
    """The columns, with its parts in place of each date but `whole`; no part gets a name that is `taken`."""
    made: dict[str, Column] = {}
    for name, column in found.items():
        dated = column.kind == "date" and name != whole
        made |= {one.name: one for one in (_parts(rows, column, order, taken) if dated else [column])}
    return made


def _parts(rows: Rows, column: Column, order: str | None, taken: Collection[str]) -> Iterator[Column]:
    day = f"CAST(left({columns.read_dates(rows, column, order)}, 10) AS DATE)"
    for part, function in _PARTS.items():
        name, cells = columns.free(f"{column.name}_{part}", taken), f"CAST({function}({day}) AS VARCHAR)"
        [distinct] = rows.one(f"count(DISTINCT {cells}) + coalesce(max(CAST({cells} IS NULL AS INTEGER)), 0)")
        if distinct > 1:
            yield Column(name, "numeric", cells, distinct, meaning=_MEANINGS.get(part, ""))
        else:
            yield Column(name, "useless", cells, distinct, columns.SAME)

"""Columns of dates: the one that orders the rows, and others as inputs, by their years, months, days and weekdays."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from scaffolder.adopt.kind import AdoptionError, Options
from scaffolder.adopt.reading import free
from scaffolder.adopt.table import columns, dividing
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Hint, Target
from scaffolder.errors import shown

_PARTS = {"year": "year", "month": "month", "day": "day", "weekday": "isodow"}  # the functions of DuckDB
_MEANINGS = {"weekday": "1 is Monday"}


def order(
    rows: Rows, found: Mapping[str, Column], target: Target, options: Options, hints: list[Hint]
) -> tuple[Column | None, int]:
    """The column that orders the rows, with its dates in ISO form, and the folds of a cross-validation in that order.

    It is the one that is named, or else the only one with dates, if each part of the rows then has what it needs.
    """
    name = None if options.no_time else _dated(rows, found, options, hints)
    if name is None:
        return None, 0
    moments = replace(found[name], cells=columns.read_dates(rows, found[name], options.dates))
    folds, missing = dividing.in_order(rows, target, moments)
    if options.time is not None:
        if missing:
            raise AdoptionError(
                f"This table, ordered by {shown(name)}, cannot be used: there is {missing}. Leave --time out, and the "
                "rows are divided by chance."
            )
        return moments, folds
    only = f"{shown(name)} is the only column with a date in each row"
    if missing:
        hints.append(Hint(f"{only}, but in its order there is {missing}, so the rows are divided by chance"))
        return None, 0
    hints.append(Hint(f"{only}, so it orders them", "--time names another, and --no-time divides them by chance"))
    return moments, folds


def _dated(rows: Rows, found: Mapping[str, Column], options: Options, hints: list[Hint]) -> str | None:
    """The column whose dates may order the rows: the one that is named, or else the only one (of birth apart)."""
    wanted = options.time
    dated = {name: rows.one(f"count(*), count({one.cells})") for name, one in found.items() if one.kind == "date"}
    gaps = {
        name: f"{shown(name)} is empty in {count - known:,} of {count:,} rows"
        for name, (count, known) in dated.items()
        if known < count
    }
    if wanted in gaps:
        raise AdoptionError(f"{gaps[wanted]}, so it cannot order them: remove those rows or leave --time out.")
    if wanted is not None and wanted not in dated:
        raise AdoptionError(
            f"{shown(wanted)} cannot order the rows, since --time needs dates such as 2026-12-31: name another column "
            "or leave --time out."
        )
    likely = [name for name in dated if name != options.group and not re.search("birth|dob", name.lower())]
    whole = [name for name in likely if name not in gaps]
    if wanted is not None or len(whole) == 1:
        return wanted or whole[0]
    if whole:
        text = f"none of {', '.join(map(shown, whole))} orders the rows, so they are divided by chance"
        hints.append(Hint(text, "--time says which one does"))
    else:
        hints += [
            Hint(
                f"{gaps[name]}, so it does not order them, and they are divided by chance",
                "remove those rows to order by it",
            )
            for name in likely
        ]
    return None


def in_parts(
    rows: Rows, found: Mapping[str, Column], order: str | None, taken: Collection[str], whole: str | None
) -> dict[str, Column]:
    """The columns, with its parts in place of each date but `whole`; no part gets a name that is `taken`."""
    made: dict[str, Column] = {}
    for name, column in found.items():
        dated = column.kind == "date" and name != whole
        made |= {one.name: one for one in (_parts(rows, column, order, taken) if dated else [column])}
    return made


def _day(moments: str) -> str:
    return f"CAST(left({moments}, 10) AS DATE)"


def _parts(rows: Rows, column: Column, order: str | None, taken: Collection[str]) -> Iterator[Column]:
    day = _day(columns.read_dates(rows, column, order))
    for part, function in _PARTS.items():
        name, cells = free(f"{column.name}_{part}", taken), f"CAST({function}({day}) AS VARCHAR)"
        [distinct] = rows.one(f"count(DISTINCT {cells}) + coalesce(max(CAST({cells} IS NULL AS INTEGER)), 0)")
        if distinct > 1:
            yield Column(name, "numeric", cells, distinct, meaning=_MEANINGS.get(part, ""))
        else:
            yield Column(name, "useless", cells, distinct, columns.SAME)

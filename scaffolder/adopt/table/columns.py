"""The kind of a column, told from its text: numbers, dates, categories, or nothing that a model can use.

A number may have a decimal comma, and marks between its thousands. Which of the two a comma is, the file shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.literals import sql
from scaffolder.adopt.table.rows import Rows
from scaffolder.errors import shown

MARKS = ("na", "n/a", "nan", "null", "none", "?", "-")  # missing, in a column of numbers or dates
MOST_CATEGORIES = 100
MANY_ROWS = 1_000  # measured whole numbers would repeat in so many
SAME = "is the same in each row"
NUMBERS_ROWS = "has a different whole number in each row, as if it numbered them"
_PAIRS = 3  # of equal amounts: if so many are expected, there is hardly ever none
_SOME = 0.2  # of the cells: what cannot be read in so few is a mistake in a column of numbers
_LARGEST = "3e38"  # what is greater has no place in 32 bits: it is taken for text
_SPACES = " '’\u00a0\u202f"  # some write them between thousands


def _number(decimal: str, thousands: str) -> str:
    whole = rf"(?:0|[1-9]\d*|[1-9]\d?\d?(?:[{thousands}{_SPACES}]\d\d\d)+)"  # 007 is a code, not a number
    return rf"[+-]?(?:{whole}(?:\{decimal}\d*)?|\{decimal}\d+)(?:[eE][+-]?\d+)?"


_DATE = (
    r"(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}))"
    r"((?:[T ]+\d{1,2}:\d{2}\S*(?: ?[AaPp][Mm])?)?)"
)
_TIME = r"[T ]+([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))? ?([AaPp][Mm])?(Z|[+-]\d{2}(?::?[0-5]\d)?)?"
# DuckDB's patterns take time that is linear in the text, and know no other digits than 0 to 9.
_UNIT = (
    rf"([+-]?)(\p{{S}}*?)[{_SPACES}]*({_number('.', ',')}|{_number(',', '.')})[{_SPACES}]*((?:[\p{{L}}\p{{S}}%‰].*)?)"
)
MACROS = f"""
CREATE OR REPLACE TEMP MACRO is_mark(cell) AS lower(cell) IN ({", ".join(map(sql, MARKS))});
CREATE OR REPLACE TEMP MACRO unmarked(cell) AS CASE WHEN NOT is_mark(cell) THEN cell END;
CREATE OR REPLACE TEMP MACRO has_point(cell) AS regexp_full_match(cell, {sql(_number(".", ","))});
CREATE OR REPLACE TEMP MACRO has_comma(cell) AS regexp_full_match(cell, {sql(_number(",", "."))});
CREATE OR REPLACE TEMP MACRO from_point(cell) AS
    regexp_replace(unmarked(cell), {sql(f"[,{_SPACES}]")}, '', 'g');
CREATE OR REPLACE TEMP MACRO from_comma(cell) AS
    replace(regexp_replace(unmarked(cell), {sql(f"[.{_SPACES}]")}, '', 'g'), ',', '.');
CREATE OR REPLACE TEMP MACRO unit_of(cell) AS regexp_replace(unmarked(cell), {sql(f"^{_UNIT}$")}, '\\2\\4');
CREATE OR REPLACE TEMP MACRO without_unit(cell) AS regexp_replace(cell, {sql(f"^{_UNIT}$")}, '\\1\\3');
CREATE OR REPLACE TEMP MACRO is_date(cell) AS regexp_full_match(cell, {sql(_DATE)});
CREATE OR REPLACE TEMP MACRO parts(cell) AS
    regexp_extract(cell, {sql(_DATE)}, ['year', 'month', 'day', 'first', 'second', 'year_after', 'rest']);
CREATE OR REPLACE TEMP MACRO day_of(parts, day_first) AS TRY_CAST(
    CASE
        WHEN parts.year <> '' THEN concat_ws('-', parts.year, parts.month, parts.day)
        WHEN day_first THEN concat_ws('-', parts.year_after, parts.second, parts.first)
        ELSE concat_ws('-', parts.year_after, parts.first, parts.second)
    END AS TIMESTAMP);
CREATE OR REPLACE TEMP MACRO clock(rest) AS
    regexp_extract(rest, {sql(_TIME)}, ['hour', 'minute', 'second', 'half', 'zone']);
CREATE OR REPLACE TEMP MACRO hour_of(clock) AS
    CASE
        WHEN clock.half = '' THEN clock.hour::INTEGER
        WHEN clock.hour::INTEGER <= 12 THEN clock.hour::INTEGER % 12 + (lower(clock.half) = 'pm')::INTEGER * 12
    END;
CREATE OR REPLACE TEMP MACRO minutes_of(zone) AS
    CASE WHEN zone IN ('', 'Z') THEN 0 ELSE (zone[1] || '1')::INTEGER
        * (zone[2:3]::INTEGER * 60 + coalesce(nullif(right(zone, -3)[-2:], '')::INTEGER, 0)) END;
CREATE OR REPLACE TEMP MACRO moment_of(parts, clock, day_first) AS
    CASE
        WHEN parts.rest = '' THEN day_of(parts, day_first)
        WHEN regexp_full_match(parts.rest, {sql(_TIME)}) THEN
            day_of(parts, day_first) + to_hours(hour_of(clock)) + to_minutes(clock.minute::INTEGER)
            + to_microseconds((coalesce(nullif(clock.second, ''), '0')::DECIMAL(11, 9) * 1000000)::BIGINT)
            - to_minutes(minutes_of(clock.zone))
    END;
CREATE OR REPLACE TEMP MACRO moment(cell, day_first) AS moment_of(parts(cell), clock(parts(cell).rest), day_first);
"""


@dataclass(frozen=True)
class Column:
    """`cells` is SQL of its text as the data file will have it: ISO dates, decimal points, NULL for a missing value."""

    name: str
    kind: str  # "numeric", "categorical", "text", "date" or "useless"
    cells: str
    distinct: int = 0  # different texts; a missing one counts, too
    note: str = ""  # why it is of no use, or what was read as missing
    hint: str = ""  # what the owner should look at before it is written
    meaning: str = ""  # of its values, for those who make requests

    @property
    def value(self) -> str:
        """SQL of its value: a number or a text."""
        return f"CAST({self.cells} AS DOUBLE)" if self.kind == "numeric" else self.cells


@dataclass(frozen=True)
class Form:
    """How many known cells are not numbers in this form, and the first of them."""

    others: int
    other: str | None

    @property
    def all(self) -> bool:
        """Whether every known text is a number in this form."""
        return self.other is None


@dataclass(frozen=True)
class Survey:
    """The texts of a column. Known are those that are neither empty nor a mark of a missing number."""

    rows: int
    present: int  # cells that are not empty
    distinct: int  # different texts
    known: int  # different known texts
    commas: bool  # whether a known text has one
    point: Form
    comma: Form
    dates: bool
    marked: int  # cells
    marks: str


_SURVEY = """
    WITH texts AS (SELECT {cells} AS value, count(*) AS n, min(rowid) AS first FROM {rows} GROUP BY value),
    looked AS (
        SELECT *, coalesce(is_mark(value), true) AS unknown, has_point(value) AS point, has_comma(value) AS comma,
            is_date(value) AS date
        FROM texts)
    SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (value IS NOT NULL), 0), count(value),
        count(*) FILTER (NOT unknown), coalesce(bool_or(contains(value, ',')) FILTER (NOT unknown), false),
        coalesce(bool_and(date) FILTER (NOT unknown), false),
        coalesce(sum(n) FILTER (unknown AND value IS NOT NULL), 0),
        coalesce(string_agg(value, ', ' ORDER BY value) FILTER (unknown AND value IS NOT NULL), ''),
        coalesce(sum(n) FILTER (NOT unknown AND NOT point), 0),
        arg_min(value, first) FILTER (NOT unknown AND NOT point),
        coalesce(sum(n) FILTER (NOT unknown AND NOT comma), 0),
        arg_min(value, first) FILTER (NOT unknown AND NOT comma)
    FROM looked"""


def survey(rows: Rows, cells: str) -> Survey:
    """Look at all texts of a column."""
    [counts] = rows.connection.execute(_SURVEY.format(cells=cells, rows=rows.relation())).fetchall()
    count, present, distinct, known, commas, dates, marked, marks, points, no_point, others, no_comma = counts
    point, comma = Form(int(points), no_point), Form(int(others), no_comma)
    return Survey(int(count), int(present), distinct, known, commas, point, comma, dates, int(marked), marks)


def has_decimal_commas(surveys: Sequence[Survey], *, semicolons: bool) -> bool:
    """Whether a column proves it, or could have them in a file whose columns are divided by semicolons."""
    fits = {(texts.point.all, texts.comma.all) for texts in surveys if texts.commas}
    return (False, True) in fits or (semicolons and (True, True) in fits and (True, False) not in fits)


def read(rows: Rows, name: str, cells: str, texts: Survey, *, commas: bool) -> Column:
    """Tell what a column holds; `commas` are decimal marks where they could be either."""
    distinct = texts.distinct + (texts.present < texts.rows)
    if distinct <= 1:
        return Column(name, "useless", cells, 1, SAME if texts.present else "is empty")
    if texts.dates:
        return Column(name, "date", f"unmarked({cells})", texts.known, "holds dates, which are no inputs by themselves")
    if numbers := read_numbers(rows, name, cells, texts, commas=commas):
        if _number_rows(rows, numbers):
            return Column(name, "useless", cells, numbers.distinct, NUMBERS_ROWS)
        return numbers
    hint = mistake(texts, commas=commas)
    if texts.distinct == texts.present or texts.distinct > min(MOST_CATEGORIES, texts.rows // 4):
        note = hint or f"has {texts.distinct:,} different texts in {texts.present:,} rows"
        return Column(name, "useless" if hint else "text", cells, distinct, note, hint)
    return Column(name, "categorical", cells, distinct, hint=hint)


def mistake(texts: Survey, *, commas: bool) -> str:
    """Which text stands in a column that mostly has numbers; "" if it has as much of other text."""
    form = texts.comma if commas else texts.point
    few = form.other is not None and form.others / (texts.present - texts.marked) < _SOME
    return f"is text, though most cells are numbers: correct those such as {shown(form.other)}" if few else ""


def read_numbers(rows: Rows, name: str, cells: str, texts: Survey, *, commas: bool) -> Column | None:
    """The column as numbers; None if a cell is neither a number nor a mark for a missing one.

    A sign or unit that all numbers have, such as "€" or "kg", is left out.
    """
    note = f"has {texts.marked:,} cells ({texts.marks}) read as missing" if texts.marked else ""
    forms = [(texts.comma, f"from_comma({cells})"), (texts.point, f"from_point({cells})")]
    for form, plain in forms if commas else forms[::-1]:
        if not (texts.known and form.all):
            continue
        value = f"TRY_CAST({plain} AS DOUBLE)"
        small, distinct, changed, meant = rows.one(
            f"bool_and(coalesce(abs({value}) < {_LARGEST}, {plain} IS NULL)),"
            f" count(DISTINCT {plain}) + count(DISTINCT nullif({plain} IS NULL, false)),"
            f" arg_min({cells}, rowid) FILTER ({plain} <> {cells}), arg_min({plain}, rowid) FILTER ({plain} <> {cells})"
        )
        if small:
            unproven = changed is not None and texts.point.all and texts.comma.all
            return Column(
                name, "numeric", plain, distinct, note, f"has {shown(changed)} read as {meant}" if unproven else ""
            )
    unit = f"unit_of({cells})"
    least, greatest, united = rows.one(f"min({unit}), max({unit}), bool_and({unit} <> {cells})")
    if not (united and least and least == greatest):
        return None
    bare = f"without_unit({cells})"
    numbers = read_numbers(rows, name, bare, survey(rows, bare), commas=commas)
    return numbers and replace(numbers, hint=f"is read as a number, without the sign or unit {shown(least)}")


def _number_rows(rows: Rows, column: Column) -> bool:
    """Whether they are whole numbers that differ in each row, and amounts would not.

    They are many, or they rise from row to row, or they leave so few gaps that amounts would meet by chance: among n
    amounts within a range of s, one expects n² / 2s pairs of equal ones. Few incomes may all differ, too.
    """
    value = column.value
    count, different, whole, spread = rows.one(
        f"count(*), count(DISTINCT {value}), bool_and({value} = floor({value})), max({value}) - min({value})"
    )
    if different < count or not whole:  # also if one is missing
        return False
    if count >= MANY_ROWS or count * count > 2 * _PAIRS * spread:
        return True
    values = [number for (number,) in rows.each(value)]
    return values == sorted(values)


def read_dates(rows: Rows, column: Column, order: str | None) -> str:
    """SQL of a column's dates in ISO form, in UTC if they have a time zone; with times, unless all are at midnight.

    A day after the 12th proves which number is the month. Raises `AdoptionError` if nothing proves it and `order` does
    not say it, or if a date does not exist.
    """
    parts = f"parts({column.cells})"
    late = [f"coalesce(bool_or(TRY_CAST({parts}.{name} AS INTEGER) > 12), false)" for name in ("first", "second")]
    day_leads, month_leads, unclear = rows.one(
        f"{', '.join(late)}, arg_min({column.cells}, rowid) FILTER ({parts}.first <> '')"
    )
    if order is None and unclear is not None and day_leads == month_leads:
        raise AdoptionError(
            f"{shown(unclear)} in column {shown(column.name)} may begin with the day or the month, and the other dates "
            "do not tell: say --dates day-first or --dates month-first."
        )
    day_first = day_leads if order is None else order == "day-first"
    place = re.sub(r"\W", "_", column.cells)
    moment = rows.stored(f"moment_{place}", "TIMESTAMP", f"moment({column.cells}, {day_first})")
    usual = f"year({moment}) BETWEEN 1678 AND 2261"  # pandas counts nanoseconds
    wrong, days = rows.one(
        f"arg_min({column.cells}, rowid) FILTER ({column.cells} IS NOT NULL AND coalesce(NOT {usual}, true)),"
        f" bool_and({moment} = date_trunc('day', {moment}))"
    )
    if wrong is not None:
        raise AdoptionError(
            f"{shown(wrong)} in column {shown(column.name)} is no date: correct it, or say with --dates what dates "
            "begin with."
        )
    return f"CAST(CAST({moment} AS DATE) AS VARCHAR)" if days else f"CAST({moment} AS VARCHAR)"

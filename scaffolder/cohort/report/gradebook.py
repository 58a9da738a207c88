"""A gradebook: a CSV file in the roster's own layout, for a spreadsheet, Canvas or Moodle to read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from scaffolder.adopt.dialect import stripped
from scaffolder.cohort.course.rules import FORMULA
from scaffolder.cohort.roster.roster import Roster
from scaffolder.cohort.roster.roster_file import Layout, Table, columns
from scaffolder.results.class_standing import RUNGS, Rung, Standing, Work

Grade = str | int | float
_NOTHING: Mapping[str, Grade] = MappingProxyType({})
_TRIGGERS = FORMULA | set("\t\r\n")
_BEFORE = "\"'`´‘’“”„«»\u200b\u200c\u200d\u2060\ufeff"  # what a program may drop before it looks for a formula
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?(?:[eE][+-]?\d{1,3})?%?", re.ASCII)
_POINT = re.compile(r"\d{1,30}\.\d{1,30}", re.ASCII)


def text(roster: Roster, grades: Mapping[str, Mapping[str, Grade]]) -> bytes:
    """The gradebook with the `grades` of each student (id -> column -> grade), in the encoding of the roster.

    The roster's columns that identify a student come first, then ours. A column that an export has already, such as
    'Portfolio (123)' of Canvas for our 'Portfolio', keeps its title, so that its assignment is found.
    """
    table = roster.table
    known = sorted(columns(roster.layout, table.header).values())
    kept = range(len(table.header)) if roster.layout is Layout.OWN else known
    names = list(dict.fromkeys(name for row in grades.values() for name in row))
    comma = _has_decimal_comma(table)
    rows = [[*(table.header[index] for index in kept), *(_title(name, table) for name in names)]]
    cells = {row.number: row.cells for row in table.rows}
    for student in roster.students:
        given, row = grades.get(student.id, _NOTHING), cells[student.row]
        identity = [row[index] if index < len(row) else "" for index in kept]
        rows.append(identity + [_written(given.get(name, ""), comma) for name in names])
    return _encoded(table, rows)


def safe(text: str) -> str:
    """`text` for a cell: with an apostrophe before it if a spreadsheet could run it as a formula.

    Numbers stay as they are, so that they can be added up, and so does a single '-', which stands for 'no grade'.
    """
    if _NUMBER.fullmatch(text) or text == "-" or text.startswith("'"):
        return text
    first = next((c for c in text if not c.isspace() and c not in _BEFORE), "")
    return f"'{text}" if _TRIGGERS.intersection(text[:1] + first) else text


def _title(name: str, table: Table) -> str:
    """The title of the column `name`, with the number that Canvas puts after it if the roster has it so."""
    for title in table.header:
        number = stripped(title).removeprefix(f"{name} (").removesuffix(")")
        if number.isdecimal() and stripped(title) == f"{name} ({number})":
            return title
    return name


def _has_decimal_comma(table: Table) -> bool:
    """Whether the spreadsheet that wrote the file uses decimal commas, so that it would take 3.5 for a date."""
    return table.dialect.delimiter == ";" and not any(
        _POINT.fullmatch(stripped(cell)) for row in table.rows for cell in row.cells
    )


def _written(grade: Grade, comma: bool) -> str:
    if not isinstance(grade, float):
        return str(grade)
    number = f"{grade:.10g}" if math.isfinite(grade) else ""
    return number.replace(".", ",") if comma else number


def _encoded(table: Table, rows: Sequence[Sequence[str]]) -> bytes:
    written, delimiter = table.dialect, table.dialect.delimiter
    lines = [f"sep={delimiter}"] if written.separator else []
    lines += [delimiter.join(_quoted(safe(cell), delimiter) for cell in row) for row in rows]
    content = "".join(f"{line}{written.newline}" for line in lines)
    mark = "\ufeff" if written.encoding.startswith("utf-16") else ""
    try:
        return f"{mark}{content}".encode(written.encoding)
    except UnicodeEncodeError:
        return content.encode("utf-8-sig")  # a character that the roster's encoding does not have


def _quoted(cell: str, delimiter: str) -> str:
    """A cell with quotes where a program could misread it: a file that begins with ID is no CSV for Excel."""
    if cell == "ID" or cell != cell.strip() or set(f'{delimiter}"\r\n').intersection(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


LEVEL, DONE, REVIEW = "level", "done %", "review"
JUDGED, TEXTS, STALE, HANDED_IN, AS_OF = "judged", "texts", "changed since judged", "handed in", "as of"
"""The columns of a gradebook, after the project's name."""


def grades(standing: Standing, *, words: bool = True) -> dict[str, dict[str, str | int | float]]:
    """The columns of a gradebook by student; a value that is not known yet is "".

    For each project: the level (0 no level yet, 1 Builder, 2 Deployer, 3 Operator), the percentage of items done or
    written, and the mean of the teacher's last scores (0 to 3), also for texts that have changed since. With `words`,
    also how many texts were judged, how many the project asks for, how many have changed since they were judged, how it
    was handed in and, if somebody's last check was made with `--at`, the time that was given.
    """
    found: dict[str, dict[str, str | int | float]] = {person.id: {} for person in standing.people}
    dated = {work.project for work in standing.works if work.as_of}
    for work in standing.works:
        values = {**_numbers(work), **(_said(work) if words else {})}
        if words and work.project in dated:
            values[AS_OF] = work.as_of
        found[work.student] |= {f"{work.project} {name}": value for name, value in values.items()}
    return found


def _numbers(work: Work) -> dict[str, str | int | float]:
    rated = work.rung not in (Rung.NOT_CHECKED, Rung.NOT_RATED)
    scores = [said[-1].score for said in work.judgements.values()]
    return {
        LEVEL: RUNGS.index(work.rung) - RUNGS.index(Rung.NONE) if rated else "",
        DONE: work.score if work.checked else "",
        REVIEW: round(sum(scores) / len(scores), 2) if scores else "",
    }


def _said(work: Work) -> dict[str, str | int | float]:
    stale = sum(not said[-1].current for said in work.judgements.values())
    counts = {JUDGED: len(work.judgements), TEXTS: work.counts.to_write, STALE: stale}
    known = counts if work.checked else dict.fromkeys(counts, "")
    return {**known, HANDED_IN: str(work.delivery)}

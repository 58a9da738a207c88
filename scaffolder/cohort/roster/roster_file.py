"""The students of a roster: a CSV file as a spreadsheet or a learning platform writes it, known by its header.

Canvas: the export of its gradebook. Moodle: the exports of its participants and of its grades, in four languages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from scaffolder.adopt import dialect
from scaffolder.adopt.dialect import Dialect, DialectError, stripped
from scaffolder.cohort.course.rules import Problems, fold, username_problem
from scaffolder.errors import shown

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5_000_000, 20_000, 200


class Row(NamedTuple):
    """The cells of a row as the file has them; `number` is what a spreadsheet calls it, from 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """The text in a column, without space around it; "" where the row is shorter."""
        return stripped(self.cells[index]) if index < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """A CSV file: the titles of its columns as they are written, and the rows under them that are not blank.

    `top` is the number of the row of titles.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    top: int
    dialect: Dialect

    def title(self, index: int) -> str:
        """The title of a column, or its letters in a spreadsheet where it has none."""
        return (stripped(self.header[index]) if index < len(self.header) else "") or letters(index)


def letters(index: int) -> str:
    """The letters by which a spreadsheet calls the column `index`, from 0: A, B, …, Z, AA."""
    name = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        name, index = chr(ord("A") + letter) + name, index - 1
    return name


def read(data: bytes, problems: Problems) -> Table:
    """The table in `data`. Cells and rows that break a limit go to `problems`; raises its error for anything worse."""
    if len(data) > MOST_BYTES:
        problems.stop(0, "", f"it is larger than {MOST_BYTES:,} bytes")
    try:
        file = io.BytesIO(data)
        written = dialect.dialect_of(file)
        with dialect.decoded(file, written.encoding) as text:
            found = dialect.rows(text, written)
            rows = [Row(number, tuple(cells)) for number, cells in islice(found, MOST_ROWS + 2)]
    except DialectError as error:
        problems.stop(error.row, "", error.message)
    if not rows:
        problems.stop(0, "", "it is empty: its first row names the columns, such as id,name")
    if len(rows) > MOST_ROWS + 1:
        problems.stop(rows[-1].number, "", f"there are more than {MOST_ROWS:,} rows")
    table = Table(_header(rows[0], problems), tuple(rows[1:]), rows[0].number, written)
    _check(table, problems)
    return table


def _header(row: Row, problems: Problems) -> tuple[str, ...]:
    """The titles, without the columns without a title at the end."""
    last = max(index for index, cell in enumerate(row.cells) if stripped(cell))
    if last >= MOST_COLUMNS:
        problems.stop(row.number, "", f"there are more than {MOST_COLUMNS} columns")
    return row.cells[: last + 1]


def _check(table: Table, problems: Problems) -> None:
    width = len(table.header)
    for row in table.rows:
        beyond = next((index for index, cell in enumerate(row.cells) if index >= width and stripped(cell)), None)
        if beyond is not None:
            problems.add(
                row.number, letters(beyond), f"there is a cell {shown(row.cells[beyond])}, but only {width} columns"
            )


OWN = ("id", "name", "email", "username", "group", "templates", "starter", "due")


class Layout(StrEnum):
    """Where a roster comes from."""

    OWN = "own"
    CANVAS = "canvas"
    MOODLE = "moodle"


class Cell(NamedTuple):
    """A text, and the title of its column."""

    text: str
    column: str


class Entry(NamedTuple):
    """A student's row, and its fields by the names of `OWN`; a field without a column is missing."""

    row: Row
    fields: Mapping[str, Cell]


_CANVAS: Mapping[str, tuple[str, ...]] = {
    "name": ("Student",),
    "first": ("FirstName",),
    "last": ("LastName",),
    "id": ("ID",),
    "number": ("SIS User ID",),
    "login": ("SIS Login ID",),
    "integration": ("Integration ID",),
    "account": ("Root Account",),
    "group": ("Section",),
    "starter": ("starter",),
}
_MOODLE: Mapping[str, tuple[str, ...]] = {
    "first": ("First name", "Vorname", "Prénom", "Nombre"),
    "last": ("Last name", "Surname", "Nachname", "Nom", "Nom de famille", "Apellido(s)", "Apellidos"),
    "number": ("ID number", "ID-Nummer", "Matrikelnummer", "Numéro d'identification", "Número de ID"),
    "login": ("Username", "Anmeldename", "Nom d'utilisateur", "Nombre de usuario"),
    "email": ("Email address", "E-Mail-Adresse", "Adresse de courriel", "Dirección de correo"),
    "group": ("Groups", "Gruppen", "Groupes", "Grupos"),
    "institution": ("Institution", "Institución"),
    "department": ("Department", "Abteilung", "Département", "Departamento"),
    "starter": ("starter",),
}
_TITLES = {Layout.OWN: {name: (name,) for name in OWN}, Layout.CANVAS: _CANVAS, Layout.MOODLE: _MOODLE}
_IDS = {Layout.CANVAS: ("number", "id"), Layout.MOODLE: ("number", "login", "email")}
_POINTS = "Points Possible"
_NO_STUDENT = re.compile(r"(?:muted|manual posting.*)?", re.IGNORECASE | re.DOTALL)


def layout_of(header: Sequence[str]) -> Layout:
    """The layout of a table with this header; `OWN` if it is not that of a learning platform."""
    titles = [fold(title) for title in header]
    canvas, moodle = columns(Layout.CANVAS, header), columns(Layout.MOODLE, header)
    named = titles[:2] == ["student", "id"] or titles[:3] == ["lastname", "firstname", "id"]
    if named and "group" in canvas:
        return Layout.CANVAS
    own = bool({"name", "templates", "due"}.intersection(titles)) and "id" in titles
    if not own and {"first", "last"} <= moodle.keys() and moodle.keys() & {"number", "login", "email"}:
        return Layout.MOODLE
    return Layout.OWN


def columns(layout: Layout, header: Sequence[str]) -> dict[str, int]:
    """The places in `header` of the columns that identify a student, by field; of several, the first.

    In an export, `own` is a column `id` that the teacher has added.
    """
    meaning = {fold(title): field for field, titles in _TITLES[layout].items() for title in titles}
    found: dict[str, int] = {}
    for index, title in enumerate(header):
        if field := meaning.get(fold(title)):
            found.setdefault(field, index)
        if layout is not Layout.OWN and stripped(title) == "id" and index != found.get("id"):
            found.setdefault("own", index)
    return found


def entries(layout: Layout, table: Table) -> list[Entry]:
    """The students of a table, in its order."""
    where = columns(layout, table.header)
    if layout is Layout.OWN:
        return [Entry(row, {name: _cell(table, row, index) for name, index in where.items()}) for row in table.rows]
    rows = [row for row in table.rows if layout is Layout.MOODLE or _is_student(row, where)]
    ids = _ids(layout, table, rows, where)
    return [Entry(row, {"id": cell, **_about(table, row, where)}) for row, cell in zip(rows, ids, strict=True)]


def id_column(layout: Layout, table: Table) -> str:
    """The title of the column that the students' ids come from."""
    return next((entry.fields["id"].column for entry in entries(layout, table) if "id" in entry.fields), "")


def _cell(table: Table, row: Row, index: int) -> Cell:
    return Cell(row.cell(index), table.title(index))


def _is_student(row: Row, where: Mapping[str, int]) -> bool:
    """Whether a row of a Canvas export is about a student, and not points, posting or the teacher's student view."""
    if _POINTS in row.cells[0] or all(_NO_STUDENT.fullmatch(stripped(cell)) for cell in row.cells):
        return False
    name = row.cell(where["name"]) if "name" in where else f"{row.cell(where['last'])}, {row.cell(where['first'])}"
    return name != "Student, Test" or ("number" in where and row.cell(where["number"]) != "")


def _ids(layout: Layout, table: Table, rows: Sequence[Row], where: Mapping[str, int]) -> list[Cell]:
    """The ids: the teacher's own, else those of the first column that has one for each student, up to an '@'."""
    names = ["own"] if "own" in where else [name for name in _IDS[layout] if name in where]
    candidates = [[_cell(table, row, where[name]) for row in rows] for name in names]
    full = [cells for cells in candidates if all(cell.text for cell in cells)]
    return [Cell(cell.text.partition("@")[0], cell.column) for cell in (full or candidates[-1:])[0]]


def _about(table: Table, row: Row, where: Mapping[str, int]) -> dict[str, Cell]:
    """Name, user name, group and starter; a login is the user name if a forge takes it as one."""
    cells = {field: _cell(table, row, index) for field, index in where.items()}
    fields: dict[str, Cell] = {name: cells[name] for name in ("name", "group", "starter") if name in cells}
    if "first" in cells and "last" in cells:
        fields["name"] = Cell(f"{cells['first'].text} {cells['last'].text}".strip(), cells["first"].column)
    if "login" in cells and not username_problem(cells["login"].text):
        fields["username"] = cells["login"]
    return fields

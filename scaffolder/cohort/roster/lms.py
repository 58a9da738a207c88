"""The students of a roster, in columns of our own or in the export of a learning platform, known by its header.

Canvas: the export of its gradebook. Moodle: the exports of its participants and of its grades, in four languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from scaffolder.adopt.dialect import stripped
from scaffolder.cohort.course.rules import email_problem, fold, id_problem, username_problem
from scaffolder.cohort.roster.table import Row, Table

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


def points_row(table: Table) -> Row | None:
    """The row of a Canvas export that says how many points each assignment is worth; None if there is none."""
    return next((row for row in table.rows if _POINTS in row.cells[0]), None)


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
    """The ids: the teacher's own, else those of the first column with a valid and different one for each student."""
    if "own" in where:
        return [_cell(table, row, where["own"]) for row in rows]
    sources: list[tuple[str, Callable[[str], str]]] = [("number", str)]
    if layout is Layout.CANVAS:
        sources += [("id", str)]
    else:
        sources += [("login", str), ("email", lambda email: email.partition("@")[0])]
    candidates = [
        [Cell(change(text), column) for text, column in (_cell(table, row, where[field]) for row in rows)]
        for field, change in sources
        if field in where
    ]
    full = [cells for cells in candidates if all(cell.text for cell in cells)]
    return next(filter(_usable, full), (full or candidates[-1:])[0])


def _usable(cells: Sequence[Cell]) -> bool:
    different = len({cell.text.casefold() for cell in cells}) == len(cells)
    return different and not any(id_problem(cell.text) for cell in cells)


def _about(table: Table, row: Row, where: Mapping[str, int]) -> dict[str, Cell]:
    """Name, e-mail, user name, group and starter; a login becomes the user name or the e-mail if it is a valid one."""
    cells = {field: _cell(table, row, index) for field, index in where.items()}
    fields: dict[str, Cell] = {name: cells[name] for name in ("name", "email", "group", "starter") if name in cells}
    if "first" in cells and "last" in cells:
        fields["name"] = Cell(f"{cells['first'].text} {cells['last'].text}".strip(), cells["first"].column)
    if login := cells.get("login"):
        if login.text and not username_problem(login.text):
            fields["username"] = login
        elif login.text and not email_problem(login.text):
            fields.setdefault("email", login)
    return fields

"""A CSV file as a spreadsheet or a learning platform writes it, of the size of a roster."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from scaffolder.adopt import dialect
from scaffolder.adopt.dialect import Dialect, DialectError, stripped
from scaffolder.cohort.course.problems import Problems
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

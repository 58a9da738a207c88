"""A CSV file as a spreadsheet or a learning platform writes it: its encoding, its delimiter, its rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from scaffolder.cohort.problems import Problems
from scaffolder.errors import shown

DELIMITERS = ",;\t|"
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 5_000_000, 20_000, 200, 10_000
_SAMPLE = 20  # rows that decide on the delimiter
_SEPARATOR = re.compile(r'"?sep=(.)"?[;,\t|]*', re.IGNORECASE | re.DOTALL)
_BINARY = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


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

    `top` is the number of the row of titles, `encoding` Python's name of it, `separator` whether the first line was
    Excel's 'sep=;'.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    top: int = 1
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    separator: bool = False

    def title(self, index: int) -> str:
        """The title of a column, or its letters in a spreadsheet where it has none."""
        return (stripped(self.header[index]) if index < len(self.header) else "") or letters(index)


def stripped(cell: str) -> str:
    """The text of a cell without space and byte order marks around it."""
    return cell.strip().strip("\ufeff").strip()


def letters(index: int) -> str:
    """The letters by which a spreadsheet calls the column `index`, from 0: A, B, …, Z, AA."""
    name = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        name, index = chr(ord("A") + letter) + name, index - 1
    return name


def read(data: bytes, problems: Problems) -> Table:
    """The table in `data`. Cells and rows that break a limit go to `problems`; raises its error for anything worse."""
    text, encoding = _decoded(data, problems)
    if (place := text.find("\0")) >= 0:
        problems.stop(text.count("\n", 0, place) + 1, "", "there is a NUL byte: save the file as CSV UTF-8")
    if text.lstrip()[:20].lower().startswith(("<!doctype", "<html", "<?xml", "<table", "<head")):
        problems.stop(0, "", "it is a web page, not a table: save it as CSV")
    if text.count("\n") + text.count("\r") > 20 * MOST_ROWS:
        problems.stop(0, "", f"there are more than {MOST_ROWS:,} rows")
    newline = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    first, _, rest = text.partition(newline)
    mark = _SEPARATOR.fullmatch(first)
    if mark and mark[1] not in DELIMITERS:
        problems.stop(1, "", f"its delimiter is {shown(mark[1])}: use a comma, a semicolon, a tab or '|'")
    body = rest if mark else text
    delimiter = mark[1] if mark else _delimiter(body)
    rows = list(islice(_rows(body, delimiter, problems), MOST_ROWS + 2))
    if not rows:
        problems.stop(0, "", "it is empty: its first row names the columns, such as id,name")
    if len(rows) > MOST_ROWS + 1:
        problems.stop(rows[-1].number, "", f"there are more than {MOST_ROWS:,} rows")
    table = Table(_header(rows[0], problems), tuple(rows[1:]), rows[0].number, delimiter, encoding, newline, bool(mark))
    _check(table, problems)
    return table


def _decoded(data: bytes, problems: Problems) -> tuple[str, str]:
    """The text of a file and its encoding; raises the error of `problems` if it is no text."""
    if len(data) > MOST_BYTES:
        problems.stop(0, "", f"it is larger than {MOST_BYTES:,} bytes")
    for start, kind in _BINARY.items():
        if data.startswith(start):
            problems.stop(0, "", f"it is {kind}, not a text: save it as CSV")
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return _windows(data, problems), "cp1252"
        row = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        problems.stop(row, "", f"there is a character that is not {encoding[:6].upper()}, as the file's beginning says")


def _windows(data: bytes, problems: Problems) -> str:
    """The text of a file in Windows-1252; a file with lines in UTF-8 is refused, since it was put together from two."""
    for number, line in enumerate(data.splitlines(), 1):
        if not line.isascii() and _is_utf8(line):
            problems.stop(number, "", "this row is UTF-8 and others are not: save the file as CSV UTF-8")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        problems.stop(row, "", "there is a byte that is no character of UTF-8 or Windows-1252: save it as CSV UTF-8")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The delimiter that splits the header, and most rows into as many cells as the header."""

    def fit(delimiter: str) -> tuple[bool, int, int]:
        rows = list(islice(_lenient(text, delimiter), _SAMPLE))
        width = len(rows[0]) if rows else 0
        return width > 1, sum(len(row) == width for row in rows), width

    return max(DELIMITERS, key=fit)


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(map(stripped, cells)):
                yield cells
    except csv.Error:
        return


def _rows(text: str, delimiter: str, problems: Problems) -> Iterator[Row]:
    """The rows that are not blank, numbered as in a spreadsheet, which counts the blank ones, too."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if any(map(stripped, cells)):
                yield Row(number, tuple(cells))
    except csv.Error as error:
        reason = f"a cell has more than {MOST_CHARACTERS:,} characters" if "limit" in str(error) else ""
        problems.stop(number + 1, "", reason or "a quotation mark has no partner, or text follows the second one")


def _header(row: Row, problems: Problems) -> tuple[str, ...]:
    """The titles, without the columns without a title at the end."""
    last = max(index for index, cell in enumerate(row.cells) if stripped(cell))
    if last >= MOST_COLUMNS:
        problems.stop(row.number, "", f"there are more than {MOST_COLUMNS} columns")
    return row.cells[: last + 1]


def _check(table: Table, problems: Problems) -> None:
    for index, title in enumerate(table.header):
        if len(title) > MOST_CHARACTERS:
            problems.stop(table.top, letters(index), f"its title has more than {MOST_CHARACTERS:,} characters")
    width = len(table.header)
    for row in table.rows:
        for index, cell in enumerate(row.cells):
            if index >= width and stripped(cell):
                problems.add(row.number, letters(index), f"there is a cell {shown(cell)}, but only {width} columns")
                break
            if len(cell) > MOST_CHARACTERS:
                problems.add(row.number, table.title(index), f"there are more than {MOST_CHARACTERS:,} characters")

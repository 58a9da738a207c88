"""How a text table is written: its encoding, its delimiter, its rows. For files of any size, without any library."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from scaffolder.errors import shown

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
MOST_IN_A_CELL = 131_072  # characters: more than that, and Python's reader of CSV refuses the cell
_MOST_IN_A_LINE = 10_000_000
_SAMPLE = 1_000_000  # characters, of which
_SAMPLE_ROWS = 100  # decide on the delimiter
_SEPARATOR = re.compile(r'"?sep=(.)"?[;,\t|]*', re.IGNORECASE | re.DOTALL)
_BINARY = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}
_PAGES = ("<!doctype", "<html", "<?xml", "<table", "<head")
_MIXED = {  # by the encoding of a line in a file that is not all UTF-8, "" for none that we know
    "": "there is a byte that is no character of UTF-8 or Windows-1252",
    "utf-8": "this row is UTF-8 and others are not",
}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class DialectError(ValueError):
    """The file is no table that can be used; `row` is what a spreadsheet would call the place, 0 for the whole file."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row, self.message = row, message


@dataclass(frozen=True)
class Dialect:
    """How a file is written. `encoding` is Python's name; `separator`: its first line is Excel's 'sep=;'."""

    encoding: str
    delimiter: str
    newline: str
    separator: bool

    def __str__(self) -> str:
        """In words: "CSV in UTF-8, divided by semicolons"."""
        return f"CSV in {_family(self.encoding)}, divided by {DELIMITERS[self.delimiter]}"


def dialect_of(file: BinaryIO) -> Dialect:
    """Look through a whole file.

    Raises:
        DialectError: it is no text, or its first line names a delimiter that is none.
    """
    file.seek(0)
    start = file.read(4)
    for signature, kind in _BINARY.items():
        if start.startswith(signature):
            raise DialectError(0, f"it is {kind}, not a text: save it as CSV")
    encoding = encoding_of(file)
    with decoded(file, encoding) as text:
        sample = text.read(_SAMPLE)
    if sample.lstrip()[:20].lower().startswith(_PAGES):
        raise DialectError(0, "it is a web page, not a table: save it as CSV")
    newline = next((end for end in ("\r\n", "\n", "\r") if end in sample), "\n")
    mark = _SEPARATOR.fullmatch(sample.partition(newline)[0])
    if mark and mark[1] not in DELIMITERS:
        raise DialectError(1, f"its delimiter is {shown(mark[1])}: use a comma, a semicolon, a tab or '|'")
    return Dialect(encoding, mark[1] if mark else _delimiter(sample), newline, bool(mark))


@contextmanager
def decoded(file: BinaryIO, encoding: str, errors: str = "strict") -> Iterator[io.TextIOWrapper]:
    """The text of a file without its byte order mark; the file stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors, newline="")
    try:
        if encoding.startswith("utf-16") and text.read(1) != "\ufeff":
            text.seek(0)
        yield text
    finally:
        text.detach()


def rows(
    text: io.TextIOWrapper, dialect: Dialect, *, spaces: bool = False, most: int = MOST_IN_A_CELL
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, numbered as in a spreadsheet, which counts the blank ones, too.

    With `spaces`, a quotation mark may follow a space after the delimiter. `most` characters may be in a cell: a few
    more pass here, but a cell that cannot be read is said to have more than those.

    Raises:
        DialectError: a quotation mark has no partner, or a cell or line is too long.
    """
    number = 0
    lines = _lines(text)
    if dialect.separator:
        next(lines)
    reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True, skipinitialspace=spaces)
    try:
        for number, cells in enumerate(reader, 1):
            if _is_filled(cells):
                yield number, cells
    except csv.Error as error:
        long = f"a cell has more than {most:,} characters" if "limit" in str(error) else ""
        quote = "a quotation mark has no partner, or text follows the second one"
        raise DialectError(number + 1, long or quote) from None


def _is_filled(cells: Iterable[str]) -> bool:
    return any(map(stripped, cells))


def stripped(cell: str) -> str:
    """The text of a cell without space and byte order marks around it."""
    return cell.strip().strip("\ufeff").strip()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_MOST_IN_A_LINE):
        if len(line) == _MOST_IN_A_LINE:
            raise DialectError(0, f"a line has more than {_MOST_IN_A_LINE:,} characters")
        yield line


def encoding_of(file: BinaryIO) -> str:
    """The encoding that the byte order mark says; without one UTF-8, or else Windows-1252.

    Raises:
        DialectError: there is a NUL byte, or a character in another encoding than the others.
    """
    file.seek(0)
    start = file.read(4)
    encoding = next((name for mark, name in _MARKS.items() if start.startswith(mark)), "utf-8")
    first: dict[str, int] = {}  # line of each encoding
    try:
        with decoded(file, encoding, "strict" if encoding.startswith("utf-16") else "surrogateescape") as text:
            for number, line in enumerate(_lines(text), 1):
                if "\0" in line:
                    raise DialectError(number, "there is a NUL byte: save the file as CSV UTF-8")
                if not line.isascii():
                    first.setdefault(_encoding_of_line(line), number)
        foreign = min((number for name, number in first.items() if name != "utf-8"), default=None)
    except UnicodeDecodeError:
        with decoded(file, encoding, "replace") as text:  # the strict decoder reads ahead and does not know the line
            foreign = next(number for number, line in enumerate(_lines(text), 1) if "\ufffd" in line)
    if foreign is None:
        return encoding
    if encoding != "utf-8":
        raise DialectError(
            foreign, f"there is a character that is not {_family(encoding)}, as the file's beginning says"
        )
    for name, message in _MIXED.items():
        if name in first:
            raise DialectError(first[name], f"{message}: save the file as CSV UTF-8")
    return "cp1252"


def _encoding_of_line(line: str) -> str:
    """The encoding of a line, in which bytes that are not UTF-8 are half characters; "" if it has none that we know."""
    with suppress(UnicodeEncodeError):
        line.encode()
        return "utf-8"
    with suppress(UnicodeDecodeError):
        line.encode("utf-8", "surrogateescape").decode("cp1252")
        return "cp1252"
    return ""


def _family(encoding: str) -> str:
    return "Windows-1252" if encoding == "cp1252" else "UTF-16" if encoding.startswith("utf-16") else "UTF-8"


def _delimiter(sample: str) -> str:
    """The delimiter that splits the header, and most rows into as many cells as the header."""

    def fit(delimiter: str) -> tuple[bool, int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        widths: list[int] = []
        with suppress(csv.Error):
            widths.extend(len(cells) for cells in islice(filter(_is_filled, reader), _SAMPLE_ROWS))
        width = widths[0] if widths else 0
        return width > 1, widths.count(width), width

    return max(DELIMITERS, key=fit)

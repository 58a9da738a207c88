"""Read the owner's file, CSV or Parquet, as a table of text in which "" is an empty cell."""

import csv
import gzip
import lzma
import tempfile
import zipfile
import zlib
from io import BufferedReader, StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from .replacing import AdoptionError

MOST_BYTES = 200_000_000  # unpacked
MOST_CELLS = 50_000_000  # some 4 GB of memory
MOST_COLUMNS = 500
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LOOKED_AT = 100  # records, to find the delimiter
FIRST_LINE = "its first line must name the columns, and every line must have as many cells"


def read(source: Path) -> tuple[pd.DataFrame, str]:
    """The table, and in words how the file was read.

    Raises:
        AdoptionError: the file is missing, damaged, too large, or not a table with named columns.
    """
    try:
        with source.open("rb") as file, _unpacked(file) as unpacked:
            content = unpacked.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        why = getattr(error, "strerror", None) or f"{error}; is it the right file, and complete?"
        raise AdoptionError(f"{source} cannot be read: {why}") from None
    if len(content) > MOST_BYTES:
        raise AdoptionError(f"{source} holds more than {MOST_BYTES:,} bytes; adopt a sample of its rows")
    try:
        frame, form = _parquet(content) if content.startswith(b"PAR1") else _csv(content)
    except (UnicodeDecodeError, duckdb.Error, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        said = str(error).strip().partition("\n")[0].removeprefix("Error tokenizing data. C error: ")
        raise AdoptionError(f"{source} is not a table in CSV or Parquet ({said}); {FIRST_LINE}") from None
    except MemoryError:
        raise AdoptionError(f"{source} has more than {MOST_CELLS:,} cells; adopt a sample of its rows") from None
    frame.columns = frame.columns.fillna("").str.strip()
    _refuse_names(list(frame), source)
    return frame.fillna("").apply(lambda cells: cells.str.strip()), form


def _unpacked(file: BufferedReader) -> Any:
    """A reader of the file. How it begins, not what it is called, says how it is compressed."""
    start = file.peek()
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)
    if start.startswith(b"\xfd7zXZ"):
        return lzma.open(file)
    if not start.startswith(b"PK\x03\x04"):
        return file
    archive = zipfile.ZipFile(file)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise AdoptionError(f"the file is a workbook or an archive of {len(members)} files; save one table as CSV")
    return archive.open(members[0])


def _parquet(content: bytes) -> tuple[pd.DataFrame, str]:
    """DuckDB writes every type as text, dates in ISO form. Whole numbers stored as fractions lose their `.0`."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        Path(file.name).write_bytes(content)
        connection.execute("SET TimeZone = 'UTC'")
        table = connection.read_parquet(file.name)
        if len(table) * len(table.columns) > MOST_CELLS:
            raise MemoryError
        frame = table.project("CAST(COLUMNS(*) AS VARCHAR)").fetchdf()
    whole = [cells.dropna().str.fullmatch(r"-?\d+\.0").all() for _, cells in frame.items()]
    frame.loc[:, whole] = frame.loc[:, whole].apply(lambda cells: cells.str.removesuffix(".0"))
    return frame, "Parquet"


def _csv(content: bytes) -> tuple[pd.DataFrame, str]:
    text, encoding = _decoded(content)
    delimiter = max(DELIMITERS, key=lambda mark: _likely(text, mark))
    if text.count("\n") + text.count(delimiter) > MOST_CELLS:
        raise MemoryError
    rows = pd.read_csv(
        StringIO(text, newline=""), sep=delimiter, header=None, dtype=str, na_filter=False, skipinitialspace=True
    )
    frame = rows.iloc[1:].set_axis(rows.iloc[0], axis=1).reset_index(drop=True)
    return frame, f"CSV in {encoding}, divided by {DELIMITERS[delimiter]}"


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252"), "Windows-1252"


def _likely(text: str, delimiter: str) -> tuple[bool, int]:
    """The greater, the likelier: whether the first records have as many cells as the first line, and how many."""
    records = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        widths = [len(record) for record in islice(records, LOOKED_AT) if record]
    except csv.Error:
        return False, 0
    return len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0


def _refuse_names(names: list[str], source: Path) -> None:
    if len(names) > MOST_COLUMNS:
        raise AdoptionError(f"{source} has {len(names)} columns, more than {MOST_COLUMNS}; keep those that matter")
    if "" in names:
        raise AdoptionError(f"column {names.index('') + 1} of {source} has no name; {FIRST_LINE}")
    if repeated := [name for name in names if names.count(name) > 1]:
        raise AdoptionError(f"{source} has two columns called {repeated[0]!r}; rename one of them")

"""Read a table: CSV of each kind, JSON lines or Parquet, perhaps compressed. The one reader for all kinds of own data.

unpack -> find the dialect -> check and strip each row -> write it anew, as plain CSV that DuckDB cannot misread
"""

from __future__ import annotations

import csv
import gzip
import lzma
import re
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from scaffolder.adopt import dialect
from scaffolder.adopt.dialect import DialectError
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.literals import sql
from scaffolder.errors import shown
from scaffolder.formats.json import JsonError, load_json

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_BYTES = 300_000_000  # unpacked
MOST_CELLS = 50_000_000
MOST_COLUMNS = 500
MOST_IN_A_ROW = 1_000_000  # characters
MEMORY = "400MB"  # of DuckDB, which puts the rest into temporary files
_CHUNK = 1_000_000
_BATCH = 2_000  # rows
_FIRST_ROW = "the first row names the columns, and no row has more cells"
_ROW_LABELS = ", without its first column, which has no name: pandas and R write one that numbers or names the rows"
_OBJECT = re.compile(r"\ufeff?\s{0,1000}(?:\[\s{0,1000})?\{")  # begins JSON
_JSON_LINES = (".jsonl", ".ndjson")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\b")  # an index of pandas that orders the rows


@dataclass(frozen=True, eq=False)
class Table:
    """A table of text without space around it. `form` says how the file was written; `count` is the number of rows.

    It lies in a temporary file, which is removed with this object.
    """

    names: tuple[str, ...]
    form: str
    count: int
    folder: Path

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """The rows in the order of the file; "" is an empty cell.

        Their numbers are those in a spreadsheet, which counts the header and blank rows, too.
        """
        with (self.folder / "table.csv").open(encoding="utf-8", newline="") as file:
            yield from ((int(number), tuple(cells)) for number, *cells in csv.reader(file))

    @contextmanager
    def connection(self) -> Iterator[DuckDBPyConnection]:
        """DuckDB with the table `cells`: `number` of the row, columns c0, c1, … of text, an empty cell as NULL.

        Names are places, since names of DuckDB do not tell small letters from capitals.
        """
        file = self.folder / "table.db"
        fresh = not file.exists()
        with _duckdb(file, self.folder) as connection:
            if fresh:
                connection.execute(f"CREATE TABLE cells AS FROM {self._scan()}")
            yield connection

    def _scan(self) -> str:
        columns = ", ".join(["number: 'INTEGER'", *(f"c{place}: 'VARCHAR'" for place in range(len(self.names)))])
        how = f"auto_detect=false, header=false, parallel=false, max_line_size={8 * MOST_IN_A_ROW}"
        marks = r"""delim=',', quote='"', escape='"', new_line='\r\n'"""
        return f"read_csv({sql(str(self.folder / 'table.csv'))}, columns={{{columns}}}, {marks}, {how})"


def read(source: Path) -> Table:
    """Read the file; how it begins, not what it is called, says how it is compressed and what it is.

    Raises:
        AdoptionError: the file is missing, damaged, too large, or not a table with named columns.
    """
    folder = Path(tempfile.mkdtemp(prefix="scaffolder-table-"))
    try:
        table = _read(source, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(table, shutil.rmtree, folder, ignore_errors=True)
    return table


def _read(source: Path, folder: Path) -> Table:
    raw = folder / "raw"
    try:
        _unpack(source, raw)
        with raw.open("rb") as file:
            start = file.read(4_096)
            if start.startswith(b"PAR1"):
                table = _parquet(raw, folder)
            elif source.suffix.lower() in _JSON_LINES or _OBJECT.match(start.decode("utf-8", "ignore")):
                table = _json_lines(file, folder)
            else:
                table = _csv(file, folder)
    except DialectError as error:
        place = f"row {error.row}: " if error.row else ""
        raise AdoptionError(f"{shown(source, 200)} cannot be used: {place}{error.message}.") from None
    raw.unlink()
    return table


def _unpack(source: Path, raw: Path) -> None:
    if source.exists() and not source.is_file():
        raise DialectError(0, "it is no file")
    size = 0
    try:
        with source.open("rb") as file, _unpacked(file) as unpacked, raw.open("wb") as copy:
            while chunk := unpacked.read(_CHUNK):
                size += len(chunk)
                _refuse_size(size)
                copy.write(chunk)
    except OSError as error:
        raise DialectError(0, error.strerror or f"{error}; check that it is the right file, and complete") from None
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise DialectError(0, f"{error}; check that it is the right file, and complete") from None


def _unpacked(file: BufferedReader) -> IO[bytes]:
    start = file.peek()
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.open(file))
    if start.startswith(b"\xfd7zXZ"):
        return lzma.open(file)
    if not start.startswith(b"PK\x03\x04"):
        return file
    archive = zipfile.ZipFile(file)
    inside = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(inside) != 1:
        raise DialectError(0, f"it is a workbook or an archive of {len(inside)} files; save one table as CSV")
    return archive.open(inside[0])


def _refuse_size(size: int) -> None:
    if size > MOST_BYTES:
        raise DialectError(0, f"it holds more than {MOST_BYTES:,} bytes; take a sample of its rows")


def _csv(file: BufferedReader, folder: Path) -> Table:
    written = dialect.dialect_of(file)
    with dialect.decoded(file, written.encoding) as text:
        rows = dialect.rows(text, written, spaces=True)
        start = list(islice(rows, 2))
        header = start[0][1] if start else []
        skipped = int(len(header) > 1 and not header[0].strip())
        if skipped and _DAY.match(start[-1][1][0].strip()):
            header[0], skipped = free("date", [name.strip() for name in header]), 0
        names = _names(header, skipped)
        cells = ((number, row[skipped:]) for number, row in chain(start[1:], rows))
        form = f"{written}{_ROW_LABELS if skipped else ''}"
        return Table(names, form, _write(cells, len(names), folder), folder)


def _json_lines(file: BufferedReader, folder: Path) -> Table:
    """Each line is an object; what one of them names is a column."""
    encoding = dialect.encoding_of(file)
    keys = dict.fromkeys(key for _, record in _records(file, encoding) for key in record)
    names = _names(list(keys))
    cells = ((number, [record.get(key, "") for key in keys]) for number, record in _records(file, encoding))
    return Table(names, "JSON lines", _write(cells, len(names), folder), folder)


def _records(file: BufferedReader, encoding: str) -> Iterator[tuple[int, dict[str, str]]]:
    with dialect.decoded(file, encoding) as text:
        for number, line in enumerate(text, 1):
            try:
                if line.strip():
                    yield number, _record(line)
            except JsonError as error:
                raise DialectError(number, f"it is not one JSON object of texts and numbers ({error})") from None


def _record(line: str) -> dict[str, str]:
    content = load_json(line)
    if not isinstance(content, dict):
        raise JsonError("it is no object")
    if nested := next((name for name, value in content.items() if isinstance(value, list | dict)), None):
        raise JsonError(f"{shown(nested)} is not a text or a number")
    return {key: "" if value is None else str(value).replace("\0", "") for key, value in content.items()}


def free(name: str, taken: Collection[str]) -> str:
    """The name for a column that is made, which no other column has."""
    while name in taken:
        name += "_"
    return name


def _parquet(raw: Path, folder: Path) -> Table:
    """DuckDB writes every type as text, dates in ISO form. Whole numbers stored as fractions lose their `.0`."""
    import duckdb

    try:
        with _duckdb(Path(":memory:"), folder) as connection:
            connection.execute(f"CREATE VIEW source AS FROM read_parquet({sql(str(raw))})")
            found = connection.execute("DESCRIBE source").fetchall()
            names = _names([name for name, *_ in found])
            # by their places, so that no name is ever read as SQL
            texts = [f"CAST(#{place} AS VARCHAR)" for place in range(1, len(names) + 1)]
            for place, (_, kind, *_) in enumerate(found):
                if kind in {"DOUBLE", "FLOAT"} and _all_whole(connection, texts[place]):
                    texts[place] = rf"regexp_replace({texts[place]}, '\.0$', '')"
            cells = connection.execute(f"SELECT {', '.join(texts)} FROM source")  # noqa: S608 - places alone
            return Table(names, "Parquet", _write(_numbered(cells), len(names), folder), folder)
    except duckdb.Error as error:
        said = str(error).strip().partition("\n")[0].replace(f" in file '{raw}'", "").replace(str(raw), "it")
        raise DialectError(0, f"it is no complete Parquet file ({said})") from None


def _all_whole(connection: DuckDBPyConnection, text: str) -> bool:
    query = rf"SELECT bool_and(regexp_full_match({text}, '-?\d+\.0')) FROM source"  # noqa: S608 - a place alone
    return connection.execute(query).fetchall() == [(True,)]


def _numbered(cells: DuckDBPyConnection) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while batch := cells.fetchmany(_BATCH):
        for row in batch:
            number += 1
            yield number, ["" if cell is None else cell for cell in row]


def _names(header: Sequence[str], skipped: int = 0) -> tuple[str, ...]:
    """The names of the columns but the first `skipped` ones, without those of columns at the end that have none."""
    names = [name.strip() for name in header[skipped:]]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise DialectError(0, f"it is empty; {_FIRST_ROW}")
    if len(names) > MOST_COLUMNS:
        raise DialectError(0, f"it has {len(names)} columns, more than {MOST_COLUMNS}; keep those that matter")
    if "" in names:
        raise DialectError(0, f"column {names.index('') + 1 + skipped} has no name; {_FIRST_ROW}")
    if repeated := [name for name in names if names.count(name) > 1]:
        raise DialectError(0, f"it has two columns called {shown(repeated[0])}; rename one of them")
    return tuple(names)


def _write(rows: Iterable[tuple[int, list[str]]], width: int, folder: Path) -> int:
    """Write the rows that are not blank, with their numbers, each with a cell for each column; how many there are."""
    count = size = 0
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, cells in rows:
            texts = [cell.strip() for cell in cells]
            if any(texts[width:]):
                raise DialectError(number, f"it has {len(texts)} cells, but only {width} columns have names")
            if not any(texts):
                continue
            if max(map(len, texts)) > dialect.MOST_IN_A_CELL:
                raise DialectError(number, f"a cell has more than {dialect.MOST_IN_A_CELL:,} characters")
            length = writer.writerow([number, *texts[:width], *[""] * (width - len(texts))])
            if length > MOST_IN_A_ROW:
                raise DialectError(number, f"it has more than {MOST_IN_A_ROW:,} characters")
            count, size = count + 1, size + length
            _refuse_size(size)
            if count * width > MOST_CELLS:
                raise DialectError(0, f"it has more than {MOST_CELLS:,} cells; take a sample of its rows")
    return count


@contextmanager
def _duckdb(file: Path, folder: Path) -> Iterator[DuckDBPyConnection]:
    """DuckDB with bounded memory, which never asks the network for an extension."""
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spilled"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "threads": 1,  # sums of fractions are the same each time
    }
    with duckdb.connect(file, config=settings) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection

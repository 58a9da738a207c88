"""Files as people export them: delimiters, encodings, compression, Parquet, and what is no table."""

import csv
import gzip
import io
import lzma
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from predictor.adoption.reading import read
from predictor.adoption.replacing import AdoptionError

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8),
    st.sampled_from(["None", "NA", "a;b", "x,y", 'say "yes"', "two\nlines", "it's", "#", "1,5", "2026-01-02"]),
)


def put(folder: Path, content: str | bytes, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=2)),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_table_is_read_as_it_was_written(
    tmp_path: Path, rows: list[list[str]], delimiter: str, end: str, quoting: Any, encoding: str
) -> None:
    names = [f"column {place}" for place in range(len(rows[0]))]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([names, *rows])
    table, _ = read(put(tmp_path, file.getvalue().encode(encoding)))
    filled = [[cell.strip() for cell in row] for row in rows]
    assert list(table) == names
    assert [row for row in table.to_numpy().tolist() if any(row)] == [row for row in filled if any(row)]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda content: zipped({"own.csv": content})])
def test_a_compressed_file_is_known_by_its_content(tmp_path: Path, pack: Any) -> None:
    assert read(put(tmp_path, pack(b"a\tb\n1\t\xe9\n")))[0].to_numpy().tolist() == [["1", "é"]]


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive with the same bytes each time, since they are in the name of a test."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def test_parquet_keeps_what_its_types_mean(tmp_path: Path) -> None:
    values = "(DATE '2026-01-02', 1.0::DOUBLE, true, 'None', 2.50::DECIMAL(5, 2)), (NULL, NULL, false, 'NA', 0.1)"
    path = str(tmp_path / "own.parquet")
    with duckdb.connect() as connection:
        query = f"SELECT * FROM (VALUES {values}) AS t(day, whole, flag, text, price)"
        connection.sql(query).write_parquet(path)
    table, form = read(Path(path))
    assert form == "Parquet"
    assert table.to_numpy().tolist() == [["2026-01-02", "1", "true", "None", "2.50"], ["", "", "false", "NA", "0.10"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a table"),
        (b"a,b\n1,2\n1,2,3\n", "Expected 2 fields in line 3, saw 3"),
        (b"a,,c\n1,2,3\n", "column 2 of .* has no name"),
        (b"a,b , b\n1,2,3\n", "two columns called 'b'"),
        (",".join(f"c{place}" for place in range(501)).encode(), "501 columns"),
        (b"\x81\x8d,b\n", "not a table"),
        (gzip.compress(b"a,b\n" * 99, mtime=0)[:-9], "cannot be read"),
        (b"PAR1 and no more", "not a table"),
        (zipped({"a.csv": b"", "b.csv": b""}), "archive of 2 files"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(AdoptionError, match=message) as refused:
        read(put(tmp_path, content))
    assert "\n" not in str(refused.value)


def test_few_bytes_that_hold_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parquet file of a few bytes can hold any number of equal rows."""
    path = tmp_path / "own.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT 1 AS a, 2 AS b FROM range(100)").write_parquet(str(path))
    monkeypatch.setattr("predictor.adoption.reading.MOST_CELLS", 199)
    for source in (path, put(tmp_path, b"a,b\n" + b"1,2\n" * 100)):
        with pytest.raises(AdoptionError, match="more than 199 cells; adopt a sample"):
            read(source)


@pytest.mark.parametrize(("name", "why"), [("none.csv", "No such file or directory"), (".", "Is a directory")])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(AdoptionError, match=rf"^{tmp_path / name} cannot be read: {why}$"):
        read(tmp_path / name)

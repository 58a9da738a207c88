"""Files as people export them: delimiters, encodings, compression, Parquet, and what is no table."""

from __future__ import annotations

import csv
import gc
import gzip
import io
import lzma
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder.adopt import reading
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.reading import Table, read

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8),
    st.sampled_from(["None", "NA", "a;b", "x,y", 'say "yes"', "two\nlines", "it's", "#", "1,5", "2026-01-02"]),
)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row for _, row in table.rows()]


def put(folder: Path, content: str | bytes, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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
    table = read(put(tmp_path, file.getvalue().encode(encoding)))
    filled = [tuple(cell.strip() for cell in row) for row in rows]
    filled = [row for row in filled if any(row)]
    assert table.names == tuple(names)
    assert cells(table) == filled
    assert table.count == len(filled)
    with table.connection() as connection:
        found = connection.execute("SELECT * EXCLUDE number FROM cells ORDER BY rowid").fetchall()
    assert [tuple(cell or "" for cell in row) for row in found] == filled


def test_an_empty_cell_is_null_for_duckdb_and_names_that_differ_in_case_alone_are_two(tmp_path: Path) -> None:
    table = read(put(tmp_path, 'a,A\n1,\n"",2\n'))
    for _ in range(2):  # the second connection finds the table there
        with table.connection() as connection:
            assert connection.execute("SELECT c0, c1 FROM cells").fetchall() == [("1", None), (None, "2")]


def test_rows_have_their_numbers_in_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text('a,b\n1,"x\ny"\n\n,\n2,z\n', encoding="utf-8")
    assert list(read(tmp_path / "own.csv").rows()) == [(2, ("1", "x\ny")), (5, ("2", "z"))]


def test_ends_of_lines_inside_of_cells_stay(tmp_path: Path) -> None:
    rows = [("a\rb", ""), ("", "a\r\nb"), ("a\nb", 'say "x\r\n", y')] * 2_000
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    table = read(put(tmp_path, file.getvalue()))
    assert cells(table) == rows
    with table.connection() as connection:
        found = connection.execute("SELECT coalesce(c0, ''), coalesce(c1, '') FROM cells ORDER BY rowid").fetchall()
    assert found == rows


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda content: zipped({"own.csv": content})])
def test_a_compressed_file_is_known_by_its_content(tmp_path: Path, pack: Any) -> None:
    assert cells(read(put(tmp_path, pack(b"a\tb\n1\t\xe9\n")))) == [("1", "é")]


def test_a_first_column_without_a_name_is_left_out_and_told(tmp_path: Path) -> None:
    source = tmp_path / "own.csv"
    for names in ("", '""', " "):
        source.write_text(f"{names},a,b\n0,x,1\n1,y,2\n")
        table = reading.read(source)
        assert (table.names, cells(table)) == (("a", "b"), [("x", "1"), ("y", "2")])
        assert table.form.endswith("which has no name: pandas and R write one that numbers or names the rows")


def test_dates_in_a_first_column_without_a_name_are_kept(tmp_path: Path) -> None:
    """An index of pandas: it may be all that orders the rows."""
    table = read(put(tmp_path, b",date,date_,date__\n2026-01-02,x,1,\n2026-01-03 10:00:00,y,2,\n"))
    assert table.names == ("date___", "date", "date_", "date__")
    assert cells(table)[0] == ("2026-01-02", "x", "1", "")
    assert table.form == "CSV in UTF-8, divided by commas"


def test_an_archive_of_a_mac_holds_one_table(tmp_path: Path) -> None:
    packed = zipped({"own.csv": b"a,b\n1,2\n", "__MACOSX/._own.csv": b"\0"})
    assert cells(read(put(tmp_path, packed))) == [("1", "2")]


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive with the same bytes each time, since they are in the name of a test."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "form", "names", "rows"),
    [
        (b"sep=;\r\na;b\r\n1,5;2\r\n", "UTF-8, divided by semicolons", ("a", "b"), [("1,5", "2")]),
        ("a;b\n1,5;2,5\n1,2;é\n".encode("cp1252"), "Windows-1252, divided by semicolons", ("a", "b"), None),
        ("a\tb\r1\té\r".encode("utf-16"), "UTF-16, divided by tabs", ("a", "b"), [("1", "é")]),
        (b"a|b\n1|2\n", "UTF-8, divided by bars", ("a", "b"), [("1", "2")]),
        (b'a, b\n1, "x, y"\n', "UTF-8, divided by commas", ("a", "b"), [("1", "x, y")]),
        (b"a,b,c;d\n1;2\n3;4\n", "UTF-8, divided by semicolons", ("a,b,c", "d"), [("1", "2"), ("3", "4")]),
        (b"a,b,,\n\n1,2,,\n3\n , ,,\n", "UTF-8, divided by commas", ("a", "b"), [("1", "2"), ("3", "")]),
        (b"only\nx\ny\n", "UTF-8, divided by commas", ("only",), [("x",), ("y",)]),
    ],
)
def test_how_a_file_was_written_is_found_and_told(
    tmp_path: Path, content: bytes, form: str, names: tuple[str, ...], rows: list[tuple[str, ...]] | None
) -> None:
    table = read(put(tmp_path, content))
    assert table.form == f"CSV in {form}"
    assert table.names == names
    assert rows is None or cells(table) == rows


def test_parquet_keeps_what_its_types_mean(tmp_path: Path) -> None:
    values = (
        "(DATE '2026-01-02', 1.0::DOUBLE, true, ' None', 2.50::DECIMAL(5, 2), 1.5::DOUBLE),"
        " (NULL, NULL, false, 'NA', 0.1, 2.0)"
    )
    path = str(tmp_path / "own.parquet")
    with duckdb.connect() as connection:
        query = f'SELECT * FROM (VALUES {values}) AS t(day, whole, flag, text, price, "a ""part""")'
        connection.sql(query).write_parquet(path)
    table = read(Path(path))
    assert table.form == "Parquet"
    assert table.names[-1] == 'a "part"'
    assert cells(table) == [
        ("2026-01-02", "1", "true", "None", "2.50", "1.5"),
        ("", "", "false", "NA", "0.10", "2.0"),
    ]


def test_json_lines_are_a_table_of_all_that_one_of_them_names(tmp_path: Path) -> None:
    table = read(put(tmp_path, '\ufeff{"a": 1, "b": "x\\u0000y"}\n\n{"c": null}\n{"a": 2.5, "c": "z"}\n'))
    assert (table.names, table.form) == (("a", "b", "c"), "JSON lines")
    assert list(table.rows()) == [(1, ("1", "xy", "")), (4, ("2.5", "", "z"))]


def test_times_with_a_zone_are_read_in_utc(tmp_path: Path) -> None:
    path = str(tmp_path / "own.parquet")
    with duckdb.connect() as connection:
        connection.sql("SELECT TIMESTAMPTZ '2026-01-02 10:00:00+02' AS t").write_parquet(path)
    assert cells(read(Path(path))) == [("2026-01-02 08:00:00+00",)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty; the first row names the columns"),
        (b"a,b\n1,2\n1,2,3\n", "row 3: it has 3 cells, but only 2 columns have names"),
        (b"a,,c\n1,2,3\n", "column 2 has no name"),
        (b",a,,c\n1,2,3,4\n", "column 3 has no name"),
        (b"a,b , b\n1,2,3\n", "two columns called 'b'"),
        (",".join(f"c{place}" for place in range(501)).encode(), "501 columns"),
        (b"\x81\x8d,b\n", "row 1: there is a byte that is no character of UTF-8 or Windows-1252"),
        ("a,b\n1,é\n".encode() + "2,é\n".encode("cp1252"), "row 2: this row is UTF-8 and others are not"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "row 3: a quotation mark has no partner"),
        (b"a,b\n1," + b"x" * 131_073, "row 2: a cell has more than 131,072 characters"),
        (b"a,b,c,d,e,f,g,h\n" + b",".join([b"x" * 130_000] * 8), "row 2: it has more than 1,000,000 characters"),
        (b"a,b\n1,\0\n", "row 2: there is a NUL byte"),
        (b"<!DOCTYPE html><table></table>", "it is a web page"),
        (b"%PDF-1.7", "it is a PDF"),
        (gzip.compress(b"a,b\n" * 99, mtime=0)[:-9], "check that it is the right file, and complete"),
        (b"PAR1 and no more", "it is no complete Parquet file"),
        (zipped({"a.csv": b"", "b.csv": b""}), "archive of 2 files; save one table as CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(AdoptionError, match=message) as refused:
        read(put(tmp_path, content))
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(f"'{tmp_path / 'own.csv'}' cannot be used: ")
    assert str(refused.value).endswith(".")


def test_few_bytes_that_hold_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parquet file of a few bytes can hold any number of equal rows."""
    path = tmp_path / "own.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT 1 AS a, 2 AS b FROM range(100)").write_parquet(str(path))
    monkeypatch.setattr(reading, "MOST_CELLS", 199)
    for source in (path, put(tmp_path, b"a,b\n" + b"1,2\n" * 100)):
        with pytest.raises(AdoptionError, match="more than 199 cells; take a sample"):
            read(source)


def test_few_bytes_that_hold_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT repeat('x', 10_000) AS a FROM range(100)").write_parquet(str(path))
    monkeypatch.setattr(reading, "MOST_BYTES", 500_000)
    for source in (path, put(tmp_path, gzip.compress(b"a\n" + b"x" * 500_000))):
        assert source.stat().st_size < 100_000
        with pytest.raises(AdoptionError, match="more than 500,000 bytes; take a sample"):
            read(source)


@pytest.mark.parametrize(("name", "why"), [("none.csv", "No such file or directory"), (".", "it is no file")])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(AdoptionError, match=rf"^'{tmp_path / name}' cannot be used: {why}\.$"):
        read(tmp_path / name)


def test_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    table = read(put(tmp_path, b"a,b\n1,2\n"))
    with table.connection() as connection:
        assert connection.execute("SELECT count(*) FROM cells").fetchall() == [(1,)]
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del table
    gc.collect()
    with pytest.raises(AdoptionError):
        read(put(tmp_path, b"a,,b\n1,2\n"))
    assert list((tmp_path / "temporary").iterdir()) == []


def test_duckdb_is_imported_only_where_it_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from scaffolder.adopt import reading;"
        "print(len(list(reading.read(Path(sys.argv[1])).rows())), 'duckdb' in sys.modules)"
    )
    source = put(tmp_path, b"a,b\n1,2\n")
    said = subprocess.run([sys.executable, "-c", code, source], capture_output=True, text=True, check=True)
    assert said.stdout == "1 False\n"


def test_a_cell_of_parquet_is_as_long_as_one_of_csv_may_be(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    for length in (131_072, 131_073):
        with duckdb.connect() as connection:
            connection.sql(f"SELECT repeat('x', {length}) AS a").write_parquet(str(path))
        if length == 131_072:
            [(cell,)] = cells(read(path))
            assert len(cell) == length
    with pytest.raises(AdoptionError, match="row 2: a cell has more than 131,072 characters"):
        read(path)

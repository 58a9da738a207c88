"""The data files: what is accepted, what a wrong file is told, and that no join sees the future."""

import gzip
from datetime import date
from pathlib import Path

import pytest

import toy_parcels as toy
from service import data
from service.data import DataError
from service.settings import load_settings

BROKEN = Path("drill/training_rows_broken.sql")
TEXT_FOR_A_SHARE = "SELECT rows.*, 'many' AS recent_late_share, known_on, late FROM rows JOIN outcomes USING (id)"


def test_the_files_of_the_project_fit_its_settings() -> None:
    chosen = load_settings(toy.ROOT / "settings.toml")
    made, known = data.rows(chosen, toy.ROOT), data.outcomes(chosen, toy.ROOT)
    assert set(made[chosen.data.id]) == set(known[chosen.data.id])
    assert made[chosen.data.time].is_monotonic_increasing


@pytest.mark.parametrize("question", [data.TRAINING_ROWS, BROKEN])
def test_training_rows_hold_nothing_of_the_training_day_or_later(tmp_path: Path, question: Path) -> None:
    chosen, until = toy.put(tmp_path), date(2024, 3, 1)
    rows = data.training_rows(chosen, until, question, tmp_path)
    known = data.known_by(chosen, until, tmp_path)
    assert set(rows["id"]) == set(known["id"])
    assert rows["known_on"].max() < until.isoformat()
    assert rows["sent_on"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("distance", "many", r"parcels\.csv\.gz, line 7: distance 'many': .* valid number.*; 1 of 1,500 rows"),
        ("distance", "-1", "line 7: distance '-1': .* greater than or equal to 0"),
        ("distance", "61", "line 7: distance '61': .* less than or equal to 60"),
        ("distance", "inf", "line 7: distance 'inf': .* finite number"),
        ("carrier", "", "line 7: carrier '': .* at least 1 character"),
        ("sent_on", "2024-02-30", "line 7: sent_on '2024-02-30': .* day is out of range"),
        ("id", "b0001", "line 7: this row stands there twice"),
        ("late", "2", r"outcomes\.csv\.gz, line 7: late '2': .* less than or equal to 1"),
        ("known_on", "20240101", r"outcomes\.csv\.gz, line 7: known_on '20240101': .* write the day as 2027-01-31"),
    ],
)
def test_a_row_that_breaks_a_rule(tmp_path: Path, column: str, value: str, sentence: str) -> None:
    rows = toy.table().astype(object)
    rows.loc[5, column] = value
    chosen = toy.put(tmp_path, rows)
    with pytest.raises(DataError, match=sentence):
        data.training_rows(chosen, date(2024, 5, 1), root=tmp_path)


def test_a_schema_that_has_changed(tmp_path: Path) -> None:
    chosen = toy.put(tmp_path, toy.table().rename(columns={"carrier": "house"}))
    with pytest.raises(DataError, match=r"has no column carrier; it has id, sent_on"):
        data.rows(chosen, tmp_path)


def test_another_file_and_a_missing_one(tmp_path: Path) -> None:
    chosen = toy.put(tmp_path)
    toy.put(tmp_path, toy.table(2))
    with pytest.raises(DataError, match="are not the files that settings"):
        data.rows(chosen, tmp_path)
    (tmp_path / chosen.data.file).unlink()
    with pytest.raises(DataError, match=r"parcels\.csv\.gz cannot be read: No such file"):
        data.rows(chosen, tmp_path)


@pytest.mark.parametrize("content", [b"id,sent_on\n", gzip.compress(b"id\n" * 999)[:-9], gzip.compress(b"")])
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes) -> None:
    toy.put(tmp_path)
    (tmp_path / "data/parcels.csv.gz").write_bytes(content)
    contents = {f"data/{name}.csv.gz": (tmp_path / f"data/{name}.csv.gz").read_bytes() for name in toy.FILES}
    with pytest.raises(DataError, match="is no complete table in a gzip file"):
        data.rows(toy.settings(toy.of_both(contents)), tmp_path)


def test_a_question_that_does_not_fit(tmp_path: Path) -> None:
    chosen, day, question = toy.put(tmp_path), date(2024, 5, 1), Path("sql/other.sql")
    with pytest.raises(DataError, match=r"sql/other\.sql cannot be read"):
        data.training_rows(chosen, day, question, tmp_path)
    for text, sentence in (
        ("SELECT nothing FROM rows", "does not fit the data"),
        ("SELECT 1", "gives no column id"),
        ("", "must be one SELECT"),
        (TEXT_FOR_A_SHARE, "gives what is no number as "),
    ):
        (tmp_path / question).write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match=sentence):
            data.training_rows(chosen, day, question, tmp_path)

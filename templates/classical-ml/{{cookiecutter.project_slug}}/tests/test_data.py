"""Reading and checking the data: what is accepted, and which message a wrong file or row gets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from predictor import data
from predictor.validation import DataError, validate
from toy_data import FILE, put, toy_frame, toy_settings

Change = Callable[[pd.DataFrame], pd.DataFrame]


def test_load_divides_all_rows_and_describes_them(tmp_path: Path) -> None:
    sha256 = put(tmp_path, toy_frame())
    dataset = data.load(toy_settings(sha256=sha256), tmp_path)
    sizes = [len(dataset.train), len(dataset.validation), len(dataset.test)]
    assert sizes == [180, 60, 60]
    assert dataset.report.sha256 == sha256
    assert dataset.report.rows == 300
    assert dataset.report.missing == {"spent": int(toy_frame()["spent"].isna().sum())}
    assert {name: facts.rows for name, facts in dataset.report.splits.items()} == {
        "train": 180,
        "validation": 60,
        "test": 60,
    }


def test_the_index_is_the_row_number_in_the_file(tmp_path: Path) -> None:
    frame = toy_frame()
    put(tmp_path, frame)
    test = data.load(toy_settings(), tmp_path).test
    pd.testing.assert_series_equal(
        test["age"], frame.set_index(frame.index + 1).loc[test.index, "age"], check_names=False
    )


def test_values_keep_their_meaning(tmp_path: Path) -> None:
    """The text NA is a category like any other; only an empty cell is missing."""
    frame = toy_frame().assign(plan=lambda rows: rows["plan"].where(rows.index > 4, "NA"))
    settings = toy_settings()
    plan = settings.features[2].model_copy(update={"choices": ["basic", "plus", "NA"]})
    settings = settings.model_copy(update={"features": [*settings.features[:2], plan]})
    put(tmp_path, frame)
    rows = validate(data.parse(data.read_bytes(settings, tmp_path), settings), settings, tmp_path)
    assert rows["plan"].isna().sum() == 0
    assert (rows["plan"] == "NA").sum() == 5
    assert rows["age"].dtype == np.float64


def test_check_writes_the_facts(tmp_path: Path) -> None:
    put(tmp_path, toy_frame())
    report = data.check(toy_settings(), tmp_path)
    written = json.loads((tmp_path / "reports/data.json").read_text(encoding="utf-8"))
    assert written["rows"] == report.rows == 300
    assert written["splits"]["test"]["rows"] == 60
    assert written["outcome"] == pytest.approx((toy_frame()["left"] == "yes").mean())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not a complete gzip file|is not a table"),
        (b"age,spent\n1,2\n", "is not a complete gzip file"),
        (gzip.compress(b"age,spent\n" * 999)[:-20], "is not a complete gzip file"),
        (gzip.compress(b""), "is not a table"),
        (gzip.compress(b"\xff\xfe\x00age,spent\n1,2"), "is not a table"),
        (gzip.compress(b"age,spent,plan,left\n"), "has 0 rows"),
        (gzip.compress(b"age,spent,plan,left\n" + b"30,1,plus,no\n" * 9), "has 9 rows"),
        (gzip.compress(b"age,spent\n1,2\n1,2,3,4\n"), "is not a table"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, sentence: str) -> None:
    put(tmp_path, content)
    with pytest.raises(DataError, match=sentence) as refusal:
        data.load(toy_settings(), tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        data.load(toy_settings(), tmp_path)
    (tmp_path / FILE).mkdir(parents=True)
    with pytest.raises(DataError, match="cannot be read"):
        data.load(toy_settings(), tmp_path)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    sha256 = put(tmp_path, toy_frame())
    put(tmp_path, toy_frame(seed=1))
    with pytest.raises(DataError, match=r"is not the file that settings\.toml describes"):
        data.load(toy_settings(sha256=sha256), tmp_path)


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        (lambda rows: _with(rows, "age", -1), (5, "age", "is below 0")),
        (lambda rows: _with(rows, "age", 121), (5, "age", "is above 120")),
        (lambda rows: _with(rows, "age", None), (5, "age", "is missing")),
        (lambda rows: _with(rows, "spent", np.inf), (5, "spent", "is not finite")),
        (lambda rows: _with(rows, "age", "old"), (5, "age", "is not a number")),
        (lambda rows: _with(rows, "plan", "gold"), (5, "plan", "is not among: basic, plus")),
        (lambda rows: _with(rows, "left", "perhaps"), (5, "left", "is a third label")),
        (lambda rows: _with(rows, "left", ""), (5, "left", "is missing")),
    ],
)
def test_a_failing_row_is_told_and_listed(tmp_path: Path, change: Change, cell: tuple[int, str, str]) -> None:
    put(tmp_path, change(toy_frame().fillna({"spent": 1.0})))
    with pytest.raises(DataError, match="1 of 300 rows break a rule, first row 5") as refusal:
        data.load(toy_settings(), tmp_path)
    assert f"{cell[1]} " in str(refusal.value)
    listed = pd.read_csv(tmp_path / "reports/invalid_rows.csv")
    assert [tuple(row) for row in listed[["row", "column", "rule"]].itertuples(index=False)] == [cell]


def test_the_list_of_failing_rows_goes_once_they_are_mended(tmp_path: Path) -> None:
    put(tmp_path, _with(toy_frame(), "plan", "gold"))
    with pytest.raises(DataError):
        data.load(toy_settings(), tmp_path)
    put(tmp_path, toy_frame())
    data.load(toy_settings(), tmp_path)
    assert not (tmp_path / "reports/invalid_rows.csv").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows.drop(columns="plan"), "has no column plan"),
        (lambda rows: rows.assign(shoe_size=40), "has a column shoe_size that .* does not declare"),
        (lambda rows: rows.assign(left="no"), "only one value of left"),
    ],
)
def test_a_table_of_another_shape(tmp_path: Path, change: Change, sentence: str) -> None:
    put(tmp_path, change(toy_frame()))
    with pytest.raises(DataError, match=sentence):
        data.load(toy_settings(), tmp_path)


def test_a_moment_that_is_no_date(tmp_path: Path) -> None:
    days = pd.Series(pd.date_range("2025-01-01", periods=300).astype(str))
    put(tmp_path, toy_frame().assign(day=days.where(days.index != 4, "soon")))
    with pytest.raises(DataError, match="day 'soon' is not a date"):
        data.load(toy_settings(time="day"), tmp_path)


def _with(rows: pd.DataFrame, column: str, value: Any) -> pd.DataFrame:
    """`value` in the fifth row."""
    return rows.assign(**{column: rows[column].astype(object).where(rows.index != 4, value)})

"""Reading and checking the data: what is accepted, and which message a wrong file or row gets."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy
import toy_target
from predictor import data
from predictor.validation import DataError, validate
from toy import FILE, put
from toy_target import TARGET

Change = Callable[[pd.DataFrame], pd.DataFrame]


def test_all_rows_are_divided_and_described(tmp_path: Path) -> None:
    sha256, rows = put(tmp_path, toy.table(300)), toy.table(300)
    facts = data.load(toy.settings(data={"sha256": sha256, "time": None}), tmp_path).facts
    assert json.loads((tmp_path / "reports/data.json").read_text(encoding="utf-8")) == facts
    assert (facts["sha256"], facts["rows"], facts["left_out"], facts["divided_by"]) == (sha256, 300, 0, "chance")
    gaps = rows[list(toy.settings().columns)].isna().sum()
    assert facts["missing"] == gaps[gaps > 0].to_dict()
    assert facts["outcome"] == toy_target.described(rows)
    assert {name: part["rows"] for name, part in facts["splits"].items()} == {
        "train": 180,
        "validation": 60,
        "test": 60,
    }


def test_in_time_the_splits_have_ends(tmp_path: Path) -> None:
    put(tmp_path, toy.table())
    facts = data.load(toy.settings(data={"time": "day", "label_delay_days": 7}), tmp_path).facts
    assert (facts["divided_by"], facts["left_out"]) == ("time", 12)  # twice the days 1 to 6 before a split
    assert facts["splits"]["train"]["last"] < facts["splits"]["validation"]["first"]
    assert facts["splits"]["test"]["last"] == "2025-02-03T00:00:00"


def test_summer_time_is_no_obstacle(tmp_path: Path) -> None:
    zones = ["+01:00"] * 200 + ["+02:00"] * 200
    put(tmp_path, toy.table().assign(day=lambda rows: rows["day"] + "T03:00:00" + pd.Series(zones)))
    splits = data.load(toy.settings(data={"time": "day"}), tmp_path).facts["splits"]
    assert splits["test"]["last"] == "2025-02-03T01:00:00"


def test_the_index_is_the_row_number_in_the_file(tmp_path: Path) -> None:
    put(tmp_path, toy.table())
    test = data.load(toy.settings(), tmp_path).test
    expected = toy.table().set_axis(range(1, toy.ROWS + 1)).loc[test.index, "age"]
    np.testing.assert_array_equal(test["age"], expected)


def test_only_an_empty_cell_is_missing(tmp_path: Path) -> None:
    words = ["NA", "None", "nan", "null", "NULL", "N/A", "-", "", " "]
    frame = toy.table().assign(plan=lambda rows: np.resize(words, len(rows)))
    put(tmp_path, frame)
    chosen = toy.settings()
    rows = validate(data.parse(data.read_bytes(chosen, tmp_path), chosen), toy.task(), tmp_path)
    assert rows["plan"].dropna().unique().tolist() == [word for word in words if word]
    assert rows["age"].dtype == np.float64


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
        data.load(toy.settings(), tmp_path)
    assert str(refusal.value).startswith(FILE)
    assert "\n" not in str(refusal.value)


def test_another_file_than_the_settings_describe(tmp_path: Path) -> None:
    sha256 = put(tmp_path, toy.table())
    put(tmp_path, toy.table(seed=1))
    with pytest.raises(DataError, match=r"is not the file that settings\.toml describes.* write this one"):
        data.load(toy.settings(data={"sha256": sha256}), tmp_path)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("age", -1, "is below 0"),
        ("age", 121, "is above 120"),
        ("age", "old", "is not a number"),
        ("spent", "1,5", "is not a number"),
        ("spent", np.inf, "is not finite"),
        ("day", "soon", "is not a date"),
        ("day", "03/04/2024", "is not a date"),
        ("day", None, "is missing"),
        (TARGET, None, "is missing"),
        (TARGET, *toy_target.WRONG),
    ],
)
def test_a_failing_row_is_told_and_listed(tmp_path: Path, column: str, value: Any, rule: str) -> None:
    frame = toy.table()
    put(tmp_path, frame.assign(**{column: frame[column].astype(object).where(frame.index != 4, value)}))
    with pytest.raises(DataError, match="1 of 400 rows break a rule, first row 5: " + column) as refusal:
        data.load(toy.settings(data={"time": "day"}), tmp_path)
    assert rule in str(refusal.value)
    assert len(str(refusal.value)) < 300
    listed = pd.read_csv(tmp_path / "reports/invalid_rows.csv")
    assert listed[["row", "column", "rule"]].to_numpy().tolist() == [[5, column, rule]]


def test_every_failing_row_is_listed_until_it_is_mended(tmp_path: Path) -> None:
    frame = toy.table()
    empty = {TARGET: frame[TARGET].where(frame.index % 50 != 7, None)}
    put(tmp_path, frame.assign(age=frame["age"].where(frame.index % 100 != 7, 200), **empty))
    with pytest.raises(DataError):
        data.load(toy.settings(), tmp_path)
    listed = pd.read_csv(tmp_path / "reports/invalid_rows.csv")
    assert listed[listed["column"] == "age"]["row"].tolist() == [8, 108, 208, 308]
    assert (listed["column"] == TARGET).sum() == 8
    put(tmp_path, frame)
    data.load(toy.settings(), tmp_path)
    assert not (tmp_path / "reports/invalid_rows.csv").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows.drop(columns=["plan", "region"]), "has no column plan, region, which the settings name"),
        (lambda rows: rows.drop(columns=TARGET), f"has no column {TARGET}"),
        (lambda rows: rows.assign(**{TARGET: toy_target.SINGLE}), "the train split has too few different values of"),
        (
            lambda rows: rows.assign(**{name: rows[name].dropna().iloc[0] for name in toy.settings().columns}),
            "1 distinct rows or clusters are too few",
        ),
    ],
)
def test_a_table_of_another_shape(tmp_path: Path, change: Change, sentence: str) -> None:
    put(tmp_path, change(toy.table()))
    with pytest.raises(DataError, match=sentence):
        data.load(toy.settings(data={"time": None}), tmp_path)


def test_a_delay_that_leaves_nothing_to_train_on(tmp_path: Path) -> None:
    put(tmp_path, toy.table())
    with pytest.raises(DataError, match="the train split has no rows; change the shares or the label delay"):
        data.load(toy.settings(data={"time": "day", "label_delay_days": 400}), tmp_path)

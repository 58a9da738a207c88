"""Each cell that breaks a rule is named with the reason, and no other cell is."""

from __future__ import annotations

from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy
import toy_target
from predictor.decision import Task
from predictor.validation import convert, of_inputs, rules
from toy_target import TARGET

ROWS = [11, 12, 13, 14]


def task(time: str | None = "day") -> Task:
    return toy.task(data={"time": time})


def file(**cells: list[str]) -> pd.DataFrame:
    """Four valid rows as the file has them, all of them text, with these cells in place of some."""
    rows = toy.table(toy.ROWS)
    rows = rows.assign(spent=20.5, city="Bonn").drop_duplicates(TARGET)
    rows = pd.concat([rows, rows, rows, rows])[:4]
    text = pd.read_csv(StringIO(rows.to_csv(index=False)), dtype=str, keep_default_na=False, na_values=[""])
    text.index = pd.Index(ROWS)
    for name, values in cells.items():
        text[name] = pd.Series([value or np.nan for value in values], ROWS, dtype=object)
    return text


def broken(frame: pd.DataFrame, known: Task | None = None) -> dict[tuple[str, Any], str]:
    """The reason for each cell that breaks a rule, by column and row."""
    found: dict[tuple[str, Any], str] = {}
    known = known or task()
    for name, mask, words in rules(frame, convert(frame, known), known):
        for row in frame.index[np.asarray(mask, dtype=bool)]:
            found.setdefault((name, row), words)
    return found


def test_valid_rows_break_no_rule() -> None:
    assert broken(file()) == {}
    assert broken(file(), task(time=None)) == {}


def test_gaps_are_allowed_in_inputs() -> None:
    gaps = ["", "", "", ""]
    assert broken(file(age=gaps, spent=gaps, city=gaps)) == {}, "the model can take them"


def test_text_is_no_number() -> None:
    found = broken(file(spent=["12", "n/a", "", "1,5"]))
    assert found == {("spent", 12): "is not a number", ("spent", 14): "is not a number"}, "the empty cell is a gap"


def test_infinity_is_no_amount() -> None:
    assert broken(file(spent=["inf", "1e6", "-inf", "0"])) == {
        ("spent", 11): "is not finite",
        ("spent", 13): "is not finite",
    }


def test_a_number_keeps_its_bounds() -> None:
    assert broken(file(age=["-0.5", "9", "120.5", "1000"])) == {
        ("age", 11): "is below 0",
        ("age", 13): "is above 120",
        ("age", 14): "is above 120",
    }, "9 is less than 120, although the text '9' is not"


def test_the_bounds_are_allowed() -> None:
    assert broken(file(age=["0", "120", "", "17.25"])) == {}


def test_without_bounds_any_number_will_do() -> None:
    assert broken(file(spent=["-1e9", "1e9", "0", ""])) == {}


def test_the_time_must_be_there_and_be_one() -> None:
    found = broken(file(day=["2026-01-01", "", "yesterday", "2026-02-30"]))
    assert found == {("day", 12): "is missing", ("day", 13): "is not a date", ("day", 14): "is not a date"}
    assert broken(file(day=["", "x", "y", "z"]), task(time=None)) == {}, (
        "without a time column, nobody looks at the day"
    )


def test_the_target_must_be_there_and_be_one() -> None:
    wrong, reason = toy_target.WRONG
    values = [str(value) for value in file()[TARGET]]
    values = [values[0], wrong, "", values[1]]
    found = broken(file(**{TARGET: values}))
    assert found[TARGET, 13] == "is missing", "a row without a target teaches nothing"
    assert found[TARGET, 12] == reason
    assert found.keys() == {(TARGET, 12), (TARGET, 13)}


def test_the_numbers_of_the_task_must_be_there() -> None:
    known = task()
    for name in known.numbers:
        cells = [str(value) for value in file()[name]]
        found = broken(file(**{name: ["", *cells[1:]]}), known)
        assert found == {(name, 11): "is missing"}


def test_each_rule_is_about_all_rows() -> None:
    found = broken(file(age=["-1", "-2", "-3", "-4"], day=["x", "2026-01-01", "2026-01-02", "y"]))
    assert sorted(found) == [("age", 11), ("age", 12), ("age", 13), ("age", 14), ("day", 11), ("day", 14)]


def test_the_rules_of_inputs_stand_alone() -> None:
    frame, known = file(age=["-1", "", "30", "40"]), task()
    found = [(name, words) for name, mask, words in of_inputs(convert(frame, known), known.settings) if mask.any()]
    assert found == [("age", "is below 0")]


def test_numbers_are_converted_and_the_rest_stays_text() -> None:
    frame = file(age=["30", "", "x", "1e1"])
    before = frame.copy()
    table = convert(frame, task())
    assert table["age"].dtype == np.float64
    assert table["age"].tolist() == pytest.approx([30, np.nan, np.nan, 10], nan_ok=True)
    assert table["city"].tolist() == ["Bonn"] * 4
    assert list(table.columns) == list(frame.columns)
    assert list(table.index) == ROWS
    pd.testing.assert_frame_equal(frame, before)


def test_times_are_in_utc_without_a_zone() -> None:
    cells = ["2026-01-01", "2026-01-01T01:00:00+02:00", "2026-01-01T12:30:15.5Z", "soon"]
    found = convert(file(day=cells), task())["day"]
    expected = [pd.Timestamp("2026-01-01"), pd.Timestamp("2025-12-31T23:00"), pd.Timestamp("2026-01-01T12:30:15.5")]
    assert found.tolist()[:3] == expected, "one o'clock in a zone two hours ahead is 23 o'clock of the day before"
    assert pd.isna(found.iloc[3])

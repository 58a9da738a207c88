"""Each row is in its slice, no slice hides, and each is scored on its own rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

import toy
from predictor.bootstrap import Array
from predictor.decision import Score, Task, share
from predictor.outcome import Outcome
from predictor.reporting.metrics import Slice
from predictor.scoring import Predictions, measure_slices, slice_rows
from predictor.settings import Settings

HEADLINE = str(toy.settings().training.headline)


def asked(*columns: str, min_rows: int = 2) -> Settings:
    return toy.settings(slices={"columns": list(columns), "min_rows": min_rows}, data={"time": None})


def found(rows: pd.DataFrame, *columns: str, min_rows: int = 2) -> dict[str, list[int]]:
    return {name: sorted(map(int, places)) for name, places in slice_rows(rows, asked(*columns, min_rows=min_rows))}


def table(**columns: Any) -> pd.DataFrame:
    """Rows whose labels are not their positions."""
    frame = pd.DataFrame(columns)
    frame.index = pd.RangeIndex(900, 900 + len(frame))
    return frame


def test_a_slice_is_a_value_of_a_column() -> None:
    rows = table(plan=["plus", "basic", "plus", "basic", "plus"])
    assert found(rows, "plan") == {"plan = basic": [1, 3], "plan = plus": [0, 2, 4]}, "positions, counted from 0"


def test_each_column_is_divided_by_itself() -> None:
    rows = table(plan=["plus", "basic"] * 4, city=["Bonn"] * 4 + ["Aachen"] * 4)
    assert list(found(rows, "plan", "city")) == ["plan = basic", "plan = plus", "city = Aachen", "city = Bonn"]
    assert list(found(rows)) == []


def test_rows_without_a_value_are_a_slice() -> None:
    rows = table(city=["Bonn", None, "Bonn", None, "Aachen", "Aachen"])
    assert found(rows, "city") == {"city = Aachen": [4, 5], "city = Bonn": [0, 2], "city = missing": [1, 3]}, (
        "who left the city out may be those for whom the model is worst"
    )


def test_a_slice_with_too_few_rows_is_left_out() -> None:
    rows = table(city=["Bonn"] * 4 + ["Aachen"] * 3 + ["Cham"])
    assert list(found(rows, "city", min_rows=3)) == ["city = Aachen", "city = Bonn"], "three rows are just enough"
    assert list(found(rows, "city", min_rows=4)) == ["city = Bonn"]


def test_few_numbers_are_values() -> None:
    rows = table(children=[0, 1, 2, 0, 1, 2], score=[0.5, 0.5, 1.0, 1.0, 2.5, 2.5])
    assert found(rows, "children") == {"children = 0": [0, 3], "children = 1": [1, 4], "children = 2": [2, 5]}
    assert list(found(rows, "score")) == ["score = 0.5", "score = 1", "score = 2.5"]


def test_many_numbers_are_divided_into_quarters() -> None:
    random = np.random.default_rng(0)
    ages = [*(18 + 0.25 * np.arange(60)), *(40 + 2.0 * np.arange(20))]  # most are young
    rows = table(age=random.permutation(ages))
    slices = found(rows, "age")
    assert list(slices) == ["age = 18 to 22.75", "age = 23 to 27.75", "age = 28 to 32.75", "age = 40 to 78"]
    for name, places in slices.items():
        low, high = map(float, name.removeprefix("age = ").split(" to "))
        assert len(places) == 20, "a quarter of the rows, not of the years"
        assert rows["age"].iloc[places].between(low, high).all(), f"a row is in {name} and should not be"


def test_eleven_numbers_are_many_and_ten_are_not() -> None:
    assert len(found(table(age=[*range(11)] * 4), "age")) == 4
    assert len(found(table(age=[*range(10)] * 4), "age")) == 10


def test_many_equal_numbers_are_in_one_slice() -> None:
    rows = table(spent=[0.0] * 60 + [float(value) for value in range(1, 21)])
    slices = found(rows, "spent")
    assert sorted(place for places in slices.values() for place in places) == list(range(80)), "no row is in two"
    zeros = [name for name, places in slices.items() if set(places) & set(range(60))]
    assert len(zeros) == 1, f"rows with the same number are in one slice, and not in {zeros}"


def test_a_gap_among_many_numbers_is_a_slice() -> None:
    rows = table(age=[*map(float, range(40)), np.nan, np.nan])
    slices = found(rows, "age")
    assert list(slices)[-1] == "age = missing"
    assert slices["age = missing"] == [40, 41]
    assert len(slices) == 5


def error(outcomes: Array, predicted: Array) -> float:
    return float(np.abs(outcomes - predicted).mean())


def hits(outcomes: Array, predicted: Array) -> Array:
    """Whether a row of an outcome above 0 is predicted so."""
    return np.where(outcomes > 0, (predicted > 0.5).astype(float), np.nan)


SCORES: Mapping[str, Score] = {
    "other": Score("other", True, error),
    "found": share("share found", hits),
    HEADLINE: Score("error", False, error),
}


def scored(rows: pd.DataFrame, outcomes: list[float], predicted: list[float], *columns: str) -> list[Slice]:
    """The slices of a task that has a mean error and a share of hits as its scores."""
    task = cast(
        Task,
        SimpleNamespace(
            settings=asked(*columns), all_scores=lambda _outcome: dict(SCORES), slice_scores=("found",), block=1
        ),
    )
    served = Predictions("model", np.array(predicted), cast(Outcome, None))
    return list(measure_slices(served, rows, np.array(outcomes), task))


ROWS = table(plan=["plus", "basic"] * 4, city=["Bonn"] * 6 + ["Aachen"] * 2)
ACTUAL = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
SAID = [0.9, 0.2, 0.4, 0.1, 0.3, 0.4, 0.8, 0.0]


def test_a_slice_is_scored_on_its_own_rows() -> None:
    values = {(one.name, one.metric): one.value for one in scored(ROWS, ACTUAL, SAID, "plan")}
    assert values["plan = plus", HEADLINE] == pytest.approx((0.1 + 0.6 + 0.3 + 0.2) / 4), "rows 0, 2, 4 and 6"
    assert values["plan = basic", HEADLINE] == pytest.approx((0.8 + 0.1 + 0.4 + 0.0) / 4), "rows 1, 3, 5 and 7"
    assert values["plan = plus", "found"] == pytest.approx(2 / 3), "of the rows 0, 2 and 6, two are found"


def test_a_large_slice_is_no_mean_of_smaller_ones() -> None:
    values = {one.name: one.value for one in scored(ROWS, ACTUAL, SAID, "city") if one.metric == HEADLINE}
    assert values["city = Bonn"] == pytest.approx(2.3 / 6), "each of its six rows counts once"
    assert values["city = Aachen"] == pytest.approx(0.2 / 2)


def test_the_headline_comes_first_then_the_other_scores() -> None:
    slices = scored(ROWS, ACTUAL, SAID, "plan")
    assert [(one.name, one.metric) for one in slices] == [
        ("plan = basic", HEADLINE),
        ("plan = basic", "found"),
        ("plan = plus", HEADLINE),
        ("plan = plus", "found"),
    ], "only the headline and the task's slice scores are about slices"


def test_each_number_says_how_many_rows_it_is_about() -> None:
    sizes = {(one.name, one.metric): one.n for one in scored(ROWS, ACTUAL, SAID, "plan")}
    assert sizes["plan = plus", HEADLINE] == 4
    assert sizes["plan = plus", "found"] == 3, "a share of what should be found is about three rows"


def test_each_number_has_its_interval() -> None:
    for one in scored(ROWS, ACTUAL, SAID, "plan"):
        assert one.ci95 is not None
        low, high = one.ci95
        assert low <= one.value <= high, f"{one.metric} of {one.name}: {one.value} is not within {one.ci95}"
        assert low < high


def test_a_slice_with_one_outcome_has_nothing_to_rank() -> None:
    slices = scored(ROWS, [1.0] * 6 + [1.0, 0.0], SAID, "city")
    assert {one.name for one in slices} == {"city = Aachen"}, "all rows of Bonn have the same outcome"

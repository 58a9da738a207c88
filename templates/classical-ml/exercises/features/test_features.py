"""What is learned comes from the rows that are fitted, and nothing of a row is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from predictor.bootstrap import Array
from predictor.features import for_linear
from predictor.inputs import MISSING, CategoricalInput, Input, NumericInput

NAN = float("nan")


def number(key: str, *, nullable: bool = False, typical: float = 5.0) -> NumericInput:
    return NumericInput(key=key, name=key, nullable=nullable, typical=typical, seen=(0, 10), example=typical)


def category(key: str, *choices: str, nullable: bool = False) -> CategoricalInput:
    return CategoricalInput(
        key=key, name=key, nullable=nullable, choices=[*choices], typical=choices[0], example=choices[0]
    )


def made(inputs: list[Input], fitted: dict[str, list[Any]], other: dict[str, list[Any]] | None = None) -> Array:
    """The columns of `other`, or else of the rows that were fitted."""
    steps = for_linear(inputs).fit(pd.DataFrame(fitted))
    return np.asarray(steps.transform(pd.DataFrame(fitted if other is None else other)), dtype=np.float64)


def test_numbers_are_scaled_to_mean_0_and_deviation_1() -> None:
    found = made([number("age"), number("paid")], {"age": [1.0, 2.0, 3.0, 6.0], "paid": [1e6, 3e6, 2e6, 2e6]})
    assert found.shape == (4, 2), "a number that has no gaps is one column"
    assert found.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert found.std(axis=0) == pytest.approx(1)


def test_the_scale_is_that_of_the_fitted_rows() -> None:
    found = made([number("age")], {"age": [0.0, 2.0]}, {"age": [3.0, 5.0, 1.0]})
    assert found[:, 0] == pytest.approx([2.0, 4.0, 0.0]), "mean 1 and deviation 1 come from the rows that were fitted"


def test_a_gap_gets_the_typical_value() -> None:
    inputs: list[Input] = [number("age", nullable=True, typical=7.0), number("paid", nullable=True, typical=2.5)]
    rows = {"age": [1.0, 3.0, 9.0, 7.0], "paid": [2.0, 4.0, 8.0, 2.5]}
    gaps, typical = made(inputs, rows, {"age": [NAN], "paid": [NAN]}), made(inputs, rows, {"age": [7.0], "paid": [2.5]})
    same = np.isclose(gaps, typical)
    assert same.sum() == 2, (
        "7 and 2.5, each input's own, and no mean of the rows; what differs says that a gap was there"
    )


def test_gaps_count_as_typical_when_the_scale_is_learned() -> None:
    filled = made([number("age", typical=4.0)], {"age": [0.0, NAN, 8.0]})
    assert filled[:, 0] == pytest.approx((np.array([0, 4, 8]) - 4) / np.std([0, 4, 8]))


def test_a_column_says_which_numbers_were_given() -> None:
    inputs: list[Input] = [number("age", nullable=True), number("paid")]
    found = made(inputs, {"age": [1.0, NAN, 3.0, 0.0], "paid": [1.0, 2.0, 3.0, 4.0]})
    assert found.shape == (4, 3), "one such column, for the number that may be missing"
    given = [column.tolist() for column in found.T if set(column) <= {0.0, 1.0}]
    assert given == [[1.0, 0.0, 1.0, 1.0]], "1 where it was given, also if it is 0, and 0 where it was missing"


def test_a_category_is_a_column_for_each_choice() -> None:
    inputs: list[Input] = [category("plan", "basic", "plus", "rare")]
    found = made(inputs, {"plan": ["plus", "basic", "plus"]})
    assert found.shape == (3, 3), "also for a choice that none of these rows has"
    assert found.sum(axis=1).tolist() == [1, 1, 1]
    assert found[0].tolist() == found[2].tolist() != found[1].tolist()


def test_a_category_that_nobody_has_seen_is_none_of_them() -> None:
    inputs: list[Input] = [category("plan", "basic", "plus")]
    assert made(inputs, {"plan": ["plus", "basic"]}, {"plan": ["gold", "other"]}).tolist() == [[0, 0], [0, 0]]


def test_a_missing_category_has_a_column_where_it_may_be_missing() -> None:
    rows = {"plan": ["plus", "basic", MISSING]}
    found = made([category("plan", "basic", "plus", nullable=True)], rows)
    assert found.shape == (3, 3)
    assert found.sum(axis=1).tolist() == [1, 1, 1]


def test_all_kinds_stand_side_by_side_in_64_bits() -> None:
    inputs: list[Input] = [category("plan", "basic", "plus"), number("age", nullable=True)]
    rows = {"age": [1.0, NAN, 3.0], "plan": ["plus", "basic", "plus"]}
    found = for_linear(inputs).fit_transform(pd.DataFrame(rows))
    assert isinstance(found, np.ndarray), "no sparse matrix"
    assert (found.shape, found.dtype) == ((3, 4), np.float64)


def test_onnx_says_the_same() -> None:
    from predictor.features import to_onnx  # loads the converters

    inputs: list[Input] = [number("age", nullable=True), category("plan", "basic", "plus")]
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"age": random.normal(50, 9, 80), "plan": random.choice(["basic", "plus"], 80)})
    rows.loc[::7, "age"] = NAN
    outcomes = (rows["age"].fillna(60) > 52).astype(float)
    pipeline = Pipeline([("features", for_linear(inputs)), ("model", LogisticRegression())]).fit(rows, outcomes)
    assert len(to_onnx(pipeline, inputs)) > 100, "each step has a converter"

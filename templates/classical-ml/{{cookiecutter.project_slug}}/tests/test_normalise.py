"""Training and serving treat every value in the same way."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from predictor import normalise
from predictor.manifest import MISSING, OTHER, CategoricalInput, Input, NumericInput

PLANS = ["basic", "plus"]
INPUTS: list[Input] = [
    NumericInput(name="age", description="", nullable=True, typical=30, example=30),
    CategoricalInput(name="plan", description="", choices=PLANS, nullable=True, typical="basic", example="basic"),
]

numbers = st.none() | st.floats() | st.integers(-(10**6), 10**6)
categories = st.none() | st.sampled_from([*PLANS, "Basic", "", "plus ", "золото", MISSING, OTHER])
rows = st.lists(st.fixed_dictionaries({}, optional={"age": numbers, "plan": categories}), max_size=20)


@given(rows)
def test_every_row_becomes_a_value_the_model_can_read(
    given_rows: list[dict[str, float | str | None]],
) -> None:
    arrays = normalise.records(given_rows, INPUTS)
    assert arrays["age"].shape == arrays["plan"].shape == (len(given_rows), 1)
    assert arrays["age"].dtype == np.float32
    assert not np.isinf(arrays["age"]).any()
    assert set(arrays["plan"].ravel()) <= {*PLANS, MISSING, OTHER}


@given(rows)
def test_rows_and_columns_agree(given_rows: list[dict[str, float | str | None]]) -> None:
    by_row = normalise.records(given_rows, INPUTS)
    by_column = normalise.columns({name: [row.get(name) for row in given_rows] for name in ("age", "plan")}, INPUTS)
    for name, array in by_row.items():
        np.testing.assert_array_equal(array, by_column[name])


@given(st.lists(st.floats(width=32, allow_infinity=False), max_size=20))
def test_numbers_that_32_bits_hold_are_kept(values: list[float]) -> None:
    np.testing.assert_array_equal(normalise.numbers(values).ravel(), np.array(values, dtype=np.float32))


def test_absent_and_unseen_are_told_apart() -> None:
    arrays = normalise.records([{}, {"age": None, "plan": None}, {"age": 1e300, "plan": "gold"}], INPUTS)
    assert np.isnan(arrays["age"]).all()
    assert arrays["plan"].ravel().tolist() == [MISSING, MISSING, OTHER]

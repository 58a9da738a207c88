"""Raw values become inputs in one way everywhere; both candidates answer the same after conversion to ONNX."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

import toy
from predictor import features, selection, training
from predictor.decision import Task
from predictor.inputs import MISSING, OTHER, CategoricalInput, Input, NumericInput, columns
from predictor.model import TOLERANCE, Manifest, Model, parity
from predictor.outcome import Outcome
from predictor.validation import DataError
from toy import NEVER_SEEN, Row

PLANS = ["basic", "plus"]
INPUTS: list[Input] = [
    NumericInput(key="input_0", name="age", nullable=True, typical=30, seen=(18, 90), example=30),
    CategoricalInput(key="input_1", name="plan", choices=PLANS, nullable=True, typical="basic", example="basic"),
]

numbers = st.none() | st.floats() | st.integers(-(10**6), 10**6)
categories = st.none() | st.sampled_from([*PLANS, "Basic", "", "plus ", "золото", MISSING, OTHER])
optional = {"age": numbers, "plan": categories}
rows = st.lists(st.fixed_dictionaries({}, optional=optional), max_size=20)


@given(rows)
def test_every_row_becomes_values_that_the_model_can_read(given_rows: list[dict[str, float | str | None]]) -> None:
    arrays = columns({name: [row.get(name) for row in given_rows] for name in optional}, INPUTS)
    assert {array.shape for array in arrays.values()} == {(len(given_rows), 1)}
    assert arrays["input_0"].dtype == np.float32
    assert not np.isinf(arrays["input_0"]).any()
    assert set(arrays["input_1"].ravel()) <= {*PLANS, MISSING, OTHER}


@given(st.lists(st.floats(width=32, allow_infinity=False), max_size=20))
def test_numbers_that_32_bits_hold_are_kept(values: list[float]) -> None:
    np.testing.assert_array_equal(
        columns({"age": values, "plan": [None] * len(values)}, INPUTS)["input_0"].ravel(),
        np.array(values, dtype=np.float32),
    )


def test_absent_and_unseen_are_told_apart() -> None:
    arrays = columns({"age": [None, np.nan, 1e300], "plan": [None, np.nan, "gold"]}, INPUTS)
    assert np.isnan(arrays["input_0"]).all()
    assert arrays["input_1"].ravel().tolist() == [MISSING, MISSING, OTHER]


def describe(frame: pd.DataFrame, **changed: Any) -> list[Input]:
    return features.describe_inputs(frame, toy.settings(columns=changed))


def test_inputs_are_described_from_the_rows() -> None:
    age, spent, plan, city, *_ = describe(toy.table(101))
    frame = toy.table(101)
    assert isinstance(age, NumericInput)
    assert (age.min, age.max, age.unit, age.description) == (0, 120, "years", "Age at signing")
    assert age.seen == (frame["age"].min(), frame["age"].max())
    assert (age.typical, age.nullable, spent.nullable, city.nullable) == (frame["age"].median(), False, True, True)
    assert age.example in frame["age"].to_numpy()
    assert isinstance(plan, CategoricalInput)
    assert (plan.choices, plan.typical, plan.nullable) == (["NA", "basic", "plus"], frame["plan"].mode()[0], False)


def test_rare_categories_count_as_other() -> None:
    names = [f"{position:03}" for position in range(100)]
    plans = np.repeat(names, np.arange(100, 0, -1))
    plan = describe(toy.table(len(plans)).assign(plan=plans))[2]
    assert isinstance(plan, CategoricalInput)
    assert plan.choices == names[: features.MOST_CHOICES]


def test_a_column_of_gaps() -> None:
    frame = toy.table()
    city = describe(frame.assign(city=None))[3]
    assert (city.typical, city.nullable) == ("missing", True)
    assert "spent" not in [item.name for item in describe(frame.assign(spent=np.nan))]
    with pytest.raises(DataError, match="column spent has nothing in the training rows to learn from"):
        training.fit(frame.assign(spent=np.nan), toy.task(data={"time": None}))


def fit(model: str, task: Task, frame: pd.DataFrame) -> tuple[Pipeline, list[Input]]:
    inputs = features.describe_inputs(frame, task.settings)
    linear, boosting = selection.candidates(task)
    pipeline = {"linear": linear, "boosting": boosting}[model].pipeline(inputs, {})
    return pipeline.fit(features.table(frame, inputs), task.y(frame)), inputs


def convert(pipeline: Pipeline, inputs: list[Input], outcome: Outcome) -> Model:
    """The pipeline as the service has it."""
    text = dict.fromkeys(("title", "entity", "target", "algorithm", "version", "onnx_sha256", "data_sha256"), "")
    manifest = Manifest(**text, made_up="", trained_rows=1, commit=None, inputs=inputs, outcome=outcome)  # type: ignore[arg-type]
    return Model(manifest, features.to_onnx(pipeline, inputs))


@pytest.mark.parametrize("model", ["linear", "boosting"])
def test_a_candidate_answers_the_same_as_its_conversion(model: str) -> None:
    task, frame = toy.task(), toy.table()
    pipeline, inputs = fit(model, task, frame)
    new = toy.table(seed=1)  # as in training, the model has not seen the rows that set its outcome
    outcome = task.decide(task.y(new), task.raw(pipeline, features.table(new, inputs)))
    rows: list[Row] = toy.requests(task.settings, frame, 500, seed=3, unknown=0.2)
    rows[0] |= {item.name: None for item in inputs if item.nullable}
    asked = pd.DataFrame(rows, columns=list(task.settings.columns))
    assert NEVER_SEEN in asked.to_numpy()
    expected = task.raw(pipeline, features.table(asked, inputs))
    served = convert(pipeline, inputs, outcome).raw(columns(asked, inputs))
    assert parity(expected, served) <= TOLERANCE
    assert features.to_onnx(pipeline, inputs) == features.to_onnx(pipeline, inputs)


@pytest.mark.parametrize("model", ["linear", "boosting"])
def test_a_number_that_is_missing_only_after_training(model: str) -> None:
    task, frame = toy.task(), toy.table()
    pipeline, inputs = fit(model, task, frame)
    rows = features.table(frame.assign(age=np.nan), inputs)
    assert np.isfinite(task.raw(pipeline, rows)).all()


def test_training_sees_the_numbers_that_32_bits_hold() -> None:
    frame = toy.table().assign(age=lambda rows: rows["age"] + 1e-9)
    seen = features.table(frame, describe(frame))["input_0"]
    np.testing.assert_array_equal(seen, seen.astype(np.float32).astype(float))

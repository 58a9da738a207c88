"""The features of both candidates are the same after conversion to ONNX, also for missing and unseen values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from predictor import artifacts, data, features, selection, task
from predictor.bootstrap import Array
from predictor.manifest import Input, Manifest
from predictor.serving.model import Model
from predictor.settings import Settings
from sample_model import sample_rows, sample_table


@pytest.fixture(scope="module")
def inputs(settings: Settings) -> list[Input]:
    return artifacts.describe_inputs(settings, sample_table(settings))


@pytest.fixture(scope="module")
def outcomes(settings: Settings) -> Array:
    return data.outcome(sample_table(settings), settings)


@pytest.mark.parametrize("which", [0, 1], ids=["linear", "boosting"])
def test_a_candidate_answers_the_same_as_its_conversion(
    which: int, settings: Settings, manifest: Manifest, inputs: list[Input], outcomes: Array
) -> None:
    table = features.table(sample_table(settings), inputs)
    pipeline = selection.candidates(inputs, seed=1)[which].pipeline.fit(table[:400], outcomes[:400])
    pipeline = task.calibrate(pipeline, table[400:], outcomes[400:])
    onnx = artifacts.to_onnx(pipeline, inputs)
    assert artifacts.to_onnx(pipeline, inputs) == onnx
    rows = pd.DataFrame(sample_rows(settings, 500, seed=3, unknown=0.2), columns=settings.feature_names)
    expected = task.predict(pipeline, features.table(rows, inputs))
    served = artifacts.score(Model(manifest, onnx), rows)
    assert artifacts.parity(expected, served) <= artifacts.TOLERANCE


def test_the_linear_model_sees_finite_numbers(settings: Settings, inputs: list[Input]) -> None:
    table = features.table(sample_table(settings), inputs)
    columns = features.for_linear(inputs).fit_transform(table)
    assert np.isfinite(columns).all()


def test_training_values_are_those_that_32_bits_hold(settings: Settings, inputs: list[Input]) -> None:
    table = features.table(sample_table(settings), inputs)
    for name in settings.names("numeric"):
        np.testing.assert_array_equal(table[name], table[name].astype(np.float32).astype(float))

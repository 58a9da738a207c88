"""The increase of the Brier score is that of two scores computed by hand."""

from types import SimpleNamespace
from typing import Any

import pytest

from service.deploying.analysis import replay_checks

SLO: Any = SimpleNamespace(prediction_shift=1.0, brier_increase=0.02, calibration_gap=0.5)


def test_a_model_that_tells_nothing_apart_is_worse() -> None:
    outcomes = [0, 1] * 40
    known, average = [0.1 if outcome == 0 else 0.9 for outcome in outcomes], [0.5] * 80
    check = next(one for one in replay_checks(average, known, outcomes, SLO) if one.name == "brier_increase")
    assert check.value == pytest.approx(0.25 - 0.01)
    assert check.passed is False

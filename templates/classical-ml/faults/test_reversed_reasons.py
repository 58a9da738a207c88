"""What raises an answer is said to raise it, and what lowers it to lower it."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from predictor.inputs import NumericInput
from predictor.serving.service import explain


def test_the_sign_of_an_effect_is_that_of_the_input() -> None:
    names = ["up", "down"]
    common: dict[str, Any] = {"description": "", "nullable": False, "typical": 1.0, "seen": (0.0, 9.0), "example": 2.0}
    inputs = [NumericInput(key=name, name=name, **common) for name in names]
    outcome = SimpleNamespace(effect_scale=lambda scores: scores)
    model: Any = SimpleNamespace(
        manifest=SimpleNamespace(inputs=inputs, outcome=outcome),
        typical={name: np.full((1, 1), 1.0) for name in names},
        feed=lambda rows: {name: np.array([[row[name]] for row in rows]) for name in names},
        scores=lambda columns: 2 * columns["up"][:, 0] - 3 * columns["down"][:, 0],
    )
    answer, effects = explain(model, {"up": 3.0, "down": 3.0}, 2)
    assert answer == pytest.approx(-3)
    assert effects == pytest.approx({"up": 4, "down": -6})

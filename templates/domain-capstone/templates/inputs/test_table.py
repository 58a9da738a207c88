"""Reasons: one input at a time is set to its typical value."""

import numpy as np
import pandas as pd
import pytest

from capstone import explain
from capstone.manifest import CategoricalInput, Input, NumericInput
from toy_case import reasons

INPUTS: list[Input] = [
    NumericInput(name="size", nullable=False, typical=2, seen=(0, 9)),
    NumericInput(name="weight", nullable=True, typical=5, seen=(0, 9)),
    CategoricalInput(name="kind", nullable=False, typical="a", choices=["a", "b"]),
]


def strength(frame: pd.DataFrame) -> np.ndarray:
    return np.asarray(0.1 * frame["size"] + 0.3 * (frame["kind"] == "b"), dtype=np.float64)


def test_the_strongest_input_comes_first_and_idle_ones_not_at_all() -> None:
    found = reasons(strength, {"size": 4.0, "weight": 9.0, "kind": "b"}, INPUTS, 5)
    assert [(name, value) for name, value, _ in found] == [("kind", "b"), ("size", 4.0)]
    assert [effect for *_, effect in found] == pytest.approx([0.3, 0.2])


def test_a_typical_case_has_no_reasons() -> None:
    assert explain.changes({"size": 2.0, "weight": 5.0, "kind": "a"}, INPUTS) == []


def test_no_more_reasons_than_asked_for() -> None:
    assert [name for name, *_ in reasons(strength, {"size": 4.0, "weight": None, "kind": "b"}, INPUTS, 1)] == ["kind"]

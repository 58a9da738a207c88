"""Boosting is served if its gain is more than one standard error, and only then."""

from types import SimpleNamespace
from typing import Any

import pytest

from predictor.selection import Tuned, choose


@pytest.mark.parametrize(
    ("gains", "served"),
    [([0.1, 0.1, 0.1], "boosting"), ([-0.1, -0.1, -0.1], "linear"), ([0.1, -0.1, 0.01], "linear")],
)
def test_a_clear_gain_decides(gains: list[float], served: str) -> None:
    def tuned(name: str, folds: list[float]) -> Tuned:
        return Tuned(name=name, parameters={}, tried=1, folds=folds, mean=sum(folds) / len(folds))

    task: Any = SimpleNamespace(headline=SimpleNamespace(sign=1))
    base = [0.7, 0.7, 0.7]
    better = [one + gain for one, gain in zip(base, gains, strict=True)]
    assert choose(tuned("linear", base), tuned("boosting", better), 0.5, task).served.name == served

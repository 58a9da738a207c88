"""From the threshold upwards, acting costs no more than not acting."""

from types import SimpleNamespace
from typing import Any

import pytest

from predictor.decision import least_cost_threshold


@pytest.mark.parametrize(("needless", "missed"), [(1.0, 3.0), (25.0, 100.0), (4.0, 1.0), (2.0, 2.0)])
def test_at_the_threshold_both_cost_the_same(needless: float, missed: float) -> None:
    cost: Any = SimpleNamespace(false_positive=needless, false_negative=missed)
    threshold = least_cost_threshold(cost)
    assert (1 - threshold) * needless == pytest.approx(threshold * missed)

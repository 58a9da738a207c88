"""Three equal differences: of the eight ways to flip their signs, two have a sum as far from 0."""

import numpy as np
import pytest

from bench.evaluation.permutation import p_values


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_both_directions_count(sign: float) -> None:
    p = p_values(sign * np.ones((1, 3)), 40_000, seed=5)[0]
    assert p == pytest.approx(2 / 8, abs=0.02)

"""A number that is not known is no number."""

import numpy as np

from predictor.inputs import numbers


def test_a_gap_is_nan() -> None:
    found = numbers([1.5, None, float("nan"), float("inf"), 0.0])
    assert np.isnan(found[1:4]).all()
    assert found[[0, 4], 0].tolist() == [1.5, 0.0]

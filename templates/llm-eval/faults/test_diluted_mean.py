"""A case to which a metric does not apply changes no mean."""

import numpy as np

from bench.scoring import Mean


def test_a_case_without_a_value_does_not_count() -> None:
    mean = Mean(np.array([0.5, 1.0, np.nan, np.nan]))
    assert mean(np.array([0, 1, 2, 3])) == 0.75
    assert mean(np.array([0, 2])) == 0.5
    assert np.isnan(mean(np.array([2, 3])))

"""Scores of many questions together: what does not apply counts for nothing."""

from __future__ import annotations

import numpy as np

from assistant.evaluation import scores


def test_a_question_without_evidence_has_no_score() -> None:
    judged = scores.rank_scores([[1], [], [None]])
    assert set(judged) == set(scores.RANKING)
    for values in judged.values():
        np.testing.assert_array_equal(np.isnan(values), [False, True, False])


def test_a_mean_leaves_out_what_does_not_apply() -> None:
    values = np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(scores.means(values), [0.5, np.nan])


def test_intervals_hold_their_value_and_leave_out_empty_resamples() -> None:
    values = np.array([1.0, 0.0, np.nan, 1.0, np.nan])
    (metric,) = scores.metrics({"x": values, "never": np.full(5, np.nan)}, seed=1)
    assert metric.name == "x"
    assert metric.ci95 is not None
    assert metric.ci95[0] <= metric.value <= metric.ci95[1]

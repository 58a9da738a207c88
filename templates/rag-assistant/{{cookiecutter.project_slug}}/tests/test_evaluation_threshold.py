"""The threshold against every other one."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.evaluation import threshold


@hypothesis_settings(max_examples=60, deadline=None)
@example([(0.0, False), (5e-324, True)])
@example([(0.5, False), (0.5000000000000001, True)])
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=25))
def test_no_other_threshold_makes_the_smaller_share_larger(questions: list[tuple[float, bool]]) -> None:
    confidence = np.array([one for one, _ in questions])
    answerable = np.array([one for _, one in questions])
    if answerable.all() or not answerable.any():
        return
    chosen = threshold.choose(confidence, answerable).threshold
    reached = min(threshold.shares(confidence, answerable, chosen))
    for other in np.r_[0, np.unique(confidence), np.unique(confidence) + 1e-9, 1 + 1e-9]:
        assert min(threshold.shares(confidence, answerable, other)) <= reached + 1e-9


def test_the_threshold_lies_in_the_middle_of_the_widest_gap() -> None:
    confidence, answerable = np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])
    choice = threshold.choose(confidence, answerable)
    assert (choice.threshold, choice.good_from, choice.good_to) == (0.4, 0.2, 0.6)


def test_more_questions_make_the_threshold_surer() -> None:
    def width(count: int) -> float:
        random = np.random.default_rng(1)
        answerable = np.arange(count) < 0.8 * count
        confidence = np.where(answerable, random.uniform(0.2, 1, count), random.uniform(0, 0.8, count))
        return float(np.ptp(threshold.interval(confidence, answerable, seed=1)))

    assert width(1000) < width(100) / 2


def test_a_resample_without_both_kinds_says_nothing() -> None:
    confidence, answerable = np.array([0.2, 0.8]), np.array([False, True])
    assert threshold.interval(confidence, answerable, seed=1) == (0.5, 0.5)

"""The permutation test and Holm's correction against known answers; the threshold against every other one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.evaluation import threshold
from assistant.evaluation.permutation import holm, p_values

quick = hypothesis_settings(max_examples=60, deadline=None)


def test_the_p_value_is_that_of_all_flips() -> None:
    differences = np.array([0.5, 0.25, 0.125, -0.1, 0.3, 0.2, 0.0, 0.4])
    flips = np.array(list(product([-1, 1], repeat=len(differences))))
    exact = np.mean(np.abs(flips @ differences) >= abs(differences.sum()) - 1e-12)
    assert p_values(differences[None, :], 40_000, seed=1)[0] == pytest.approx(exact, abs=0.01)


def test_no_difference_gives_1_and_a_great_one_the_smallest_possible() -> None:
    p = p_values(np.array([np.zeros(60), np.ones(60)]), 999, seed=1)
    assert p.tolist() == [1, 1 / 1000]


def test_the_test_has_two_sides() -> None:
    differences = np.random.default_rng(2).normal(0.2, 1, 50)
    there, back = p_values(np.array([differences, -differences]), 5000, seed=1)
    assert there == back


def test_it_rejects_as_rarely_as_it_says_when_nothing_differs() -> None:
    p = p_values(np.random.default_rng(3).normal(size=(1000, 40)), 400, seed=1)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.025)


def test_holm_gives_the_published_example() -> None:
    # Holm's step-down on .01, .04, .03, .005: 4 * .005, 3 * .01, 2 * .03, then not below what came before.
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


@quick
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_and_lowers_nothing(p: list[float]) -> None:
    values = np.array(p)
    adjusted = holm(values)
    assert ((adjusted >= values) & (adjusted <= 1)).all()
    assert (np.diff(adjusted[np.argsort(values, kind="stable")]) >= 0).all()


@quick
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

"""Intervals: their order, what they contain, pairs, and units that are drawn together."""

import numpy as np
import pandas as pd
import pytest

from capstone.estimates import Mean, Score, Share, estimates


def test_an_interval_contains_its_value_and_shrinks_with_more_cases() -> None:
    values = np.random.default_rng(0).normal(size=2000)
    few, many = (estimates({"mean": lambda drawn: float(values[drawn].mean())}, n, None, 1)["mean"] for n in (50, 2000))
    for one in (few, many):
        assert one.ci95[0] <= one.value <= one.ci95[1]
    assert few.ci95[1] - few.ci95[0] > 3 * (many.ci95[1] - many.ci95[0])


def test_what_cannot_be_measured_is_left_out() -> None:
    assert list(estimates({"no": lambda _: float("nan"), "yes": lambda drawn: float(len(drawn))}, 9, None, 1)) == [
        "yes"
    ]


def test_a_share_is_about_the_cases_that_have_a_value_and_its_interval_holds_where_all_are_equal() -> None:
    none_of_five = Share(np.array([0.0] * 5 + [np.nan] * 45))
    found = estimates({"recall": none_of_five, "mean": Mean(none_of_five.values)}, 50, None, 1)
    assert found["recall"].ci95 == pytest.approx((0, 0.434482))
    assert found["mean"].ci95 == pytest.approx((0, 0))
    assert {(one.value, one.n) for one in found.values()} == {(0, 5)}
    two_units = estimates({"recall": none_of_five}, 50, pd.Series(np.arange(50) // 3), 1)["recall"]
    assert two_units.ci95 == pytest.approx((0, 0.657620), abs=1e-5)


def test_a_score_sees_the_cases_at_the_positions() -> None:
    score = Score("hits", lambda truth, given: float((truth == given["answer"]).sum()), True)
    of = score.of(pd.Series(["a", "b", "a"]), pd.DataFrame({"answer": ["a", "a", "a"]}))
    assert (of(np.array([0, 2])), of(np.array([1, 1])), of(np.arange(3))) == (2, 0, 2)

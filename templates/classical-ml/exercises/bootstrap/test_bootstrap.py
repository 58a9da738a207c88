"""The interval of a mean is as wide as theory says, all scores share their resamples, and a share has Wilson's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from predictor.bootstrap import RESAMPLES, Array, Rows, intervals, wilson

VALUES = np.random.default_rng(5).normal(10, 2, 400)


def mean(drawn: Rows) -> list[float]:
    return [float(VALUES[drawn].mean())]


def recorded(count: int, most: int = 1_000) -> list[Rows]:
    """The resamples that `intervals` looks at."""
    seen: list[Rows] = []

    def statistic(drawn: Rows) -> list[float]:
        seen.append(np.array(drawn))
        return [float(np.mean(drawn))]

    intervals(statistic, count, 1, most)
    return seen


def test_each_score_has_a_lower_and_an_upper_end() -> None:
    found = intervals(lambda drawn: [VALUES[drawn].mean(), VALUES[drawn].max(), 3.0], 400, 1)
    assert np.shape(found) == (3, 2), "three scores, and two ends for each"
    assert found[0, 0] < VALUES.mean() < found[0, 1]
    assert list(found[2]) == [3, 3], "a score that never moves has an interval of one point"


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    low, high = intervals(mean, 400, 1)[0]
    error = VALUES.std() / np.sqrt(400)
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.1), "95% lie within 1.96 standard errors"
    assert (high + low) / 2 == pytest.approx(VALUES.mean(), abs=error / 2)


def test_a_resample_has_as_many_items_as_there_are_some_of_them_twice() -> None:
    seen = recorded(50)
    assert len(seen) >= RESAMPLES
    assert {len(drawn) for drawn in seen} == {50}, "a smaller resample makes the interval too wide"
    assert {int(place) for drawn in seen for place in drawn} == set(range(50)), "each item may be drawn, from 0 on"
    distinct = np.mean([len(set(drawn.tolist())) for drawn in seen]) / 50
    assert distinct == pytest.approx(1 - 1 / np.e, abs=0.03), "drawn with replacement, a resample lacks a third of them"


def test_all_scores_of_a_resample_are_about_the_same_items() -> None:
    low, high = intervals(lambda drawn: [*mean(drawn), *mean(drawn)], 400, 1)
    assert list(low) == list(high), "twice the same score has twice the same interval"


def test_a_difference_between_two_models_is_paired() -> None:
    ours = VALUES + np.random.default_rng(6).normal(0.2, 0.1, 400)  # better on nearly each row
    found = intervals(lambda drawn: [ours[drawn].mean(), VALUES[drawn].mean(), (ours - VALUES)[drawn].mean()], 400, 1)
    assert found[0, 0] < found[1, 1], "the two intervals overlap"
    assert found[2, 0] > 0.15, "and yet the difference is sure, since it is between the same rows"


def test_ninety_five_of_a_hundred_resamples_lie_inside() -> None:
    values: list[float] = []

    def statistic(drawn: Rows) -> list[float]:
        values.append(mean(drawn)[0])
        return values[-1:]

    low, high = intervals(statistic, 400, 1)[0]
    inside = [low <= value <= high for value in values]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.005)
    assert np.mean(np.array(values) < low) == pytest.approx(0.025, abs=0.005), "as many lie below as above"


def test_a_resample_without_a_meaning_does_not_count() -> None:
    positive = np.zeros(20)
    positive[:2] = 1  # one resample of eight lacks both

    def statistic(drawn: Rows) -> list[float]:
        return [float(positive[drawn].any()) or np.nan, float(positive[drawn].mean())]

    found = intervals(statistic, 20, 1)
    assert not np.isnan(found).any(), "NaN of some resamples must not become the whole interval"
    assert list(found[0]) == [1, 1], "where it has a meaning, the first score is 1: NaN is no 0"
    assert found[1, 0] == 0, "for the second score, those resamples count"


def test_the_statistic_may_give_an_array() -> None:
    def statistic(drawn: Rows) -> Array:
        return np.array(mean(drawn))

    assert np.array_equal(intervals(statistic, 400, 1), intervals(mean, 400, 1))


def test_the_seed_decides() -> None:
    first, again, other = (intervals(mean, 400, seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again), "the same seed gives the same interval"
    assert not np.array_equal(first, other)


def test_of_many_items_only_so_many_are_resampled() -> None:
    seen = [drawn for drawn in recorded(1_000, most=100) if len(drawn) < 1_000]
    assert {len(drawn) for drawn in seen} == {100}
    chosen = {int(place) for drawn in seen for place in drawn}
    assert len(chosen) == 100, "the same hundred items are resampled every time"
    assert max(chosen) > 500, "they are chosen by chance: the first ones may differ from the others"


def test_the_interval_of_few_is_moved_to_all() -> None:
    low, high = intervals(mean, 400, 1, most=100)[0]
    error = VALUES.std() / np.sqrt(400)
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.25), (
        "it is about 400 items, so half as wide as for 100"
    )
    assert low < VALUES.mean() < high
    assert (high + low) / 2 == pytest.approx(VALUES.mean(), abs=error / 2), "it lies around the score of all items"


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (1, 10, 0.0179, 0.4042),
        (32, 32, 0.8928, 1),
        (0, 10, 0, 0.2775),
    ],
)
def test_the_interval_of_a_share(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=1e-4), f"{hits} of {count}"


@pytest.mark.parametrize("share", [lambda count: 0, lambda count: count])
def test_no_end_is_below_0_or_above_1(share: Callable[[int], int]) -> None:
    for count in range(1, 300):
        low, high = wilson(share(count), count)
        assert 0 <= low <= high <= 1, f"{share(count)} of {count}"


def test_hits_need_not_be_whole() -> None:
    low, high = wilson(2.5, 10)
    assert wilson(2, 10)[0] < low < wilson(3, 10)[0]
    assert wilson(2, 10)[1] < high < wilson(3, 10)[1]

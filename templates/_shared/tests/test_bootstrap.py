"""Intervals have the right width and are repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from any_package.bootstrap import Rows, intervals, wilson


def test_the_interval_of_a_mean_has_its_textbook_width() -> None:
    values = np.random.default_rng(0).normal(size=400)
    ((low, high),) = intervals(lambda rows: [values[rows].mean()], 400, seed=1)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert low < values.mean() < high


def test_scores_of_one_call_are_paired() -> None:
    values = np.random.default_rng(0).normal(size=50)
    first, second, difference = intervals(lambda rows: [values[rows].mean(), values[rows].mean() + 1, 1.0], 50, seed=1)
    assert second == pytest.approx(first + 1)
    assert difference.tolist() == [1, 1]


def test_the_same_seed_gives_the_same_interval_and_another_one_does_not() -> None:
    one, same, other = (intervals(lambda rows: [rows.mean()], 50, seed).tolist() for seed in (3, 3, 4))
    assert one == same != other


def test_a_resample_on_which_a_score_has_no_meaning_is_left_out() -> None:
    values = np.array([1.0, 0.0, np.nan])

    def mean(rows: Rows) -> list[float]:
        known = values[rows][~np.isnan(values[rows])]
        return [known.mean() if len(known) else np.nan]

    assert intervals(mean, 3, seed=1).tolist() == [[0, 1]]


def test_of_many_rows_a_sample_is_resampled_a_thousand_times() -> None:
    sizes: list[int] = []

    def size(rows: Rows) -> list[float]:
        sizes.append(len(rows))
        return [1.0]

    intervals(size, 20_000, seed=1)
    intervals(size, 30_000, seed=1)
    assert sorted(sizes) == [*([20_000] * 2_001), 30_000]  # once each the scores of those resampled, and of all


def test_the_interval_of_many_rows_is_about_all_of_them() -> None:
    """Though a tenth of them is resampled, it lies around the mean of all, and is as wide as it should be."""
    values = np.random.default_rng(0).normal(size=10_000)
    ((low, high),) = intervals(lambda rows: [values[rows].mean()], 10_000, seed=1, most=1_000)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.002)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 100, rel=0.2)


# Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3; the last two: scipy.
@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 5, 0, 0.4345),
        (0, 32, 0, 0.1072),
    ],
)
def test_the_interval_of_a_share_is_the_published_one_also_where_all_are_equal(
    hits: int, count: int, low: float, high: float
) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)
    assert wilson(count - hits, count) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.mark.parametrize("count", [1, 31, 32, 200])  # of 31 and 32, rounding alone would lead beyond 1
def test_a_share_of_all_or_none_ends_at_the_edge(count: int) -> None:
    assert wilson(count, count)[1] <= 1
    assert wilson(0, count)[0] >= 0

"""Intervals have the right width, are repeatable, and keep dependent rows together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bench import bootstrap
from bench.bootstrap import Rows, alone, blocks, grouped, intervals

quick = hypothesis_settings(max_examples=30, deadline=None)


def test_the_interval_of_a_mean_has_its_textbook_width() -> None:
    values = np.random.default_rng(0).normal(size=400)
    ((low, high),) = intervals(lambda rows: [values[rows].mean()], alone(400), seed=1)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert low < values.mean() < high


def test_rows_that_are_copies_of_each_other_tell_no_more_than_one() -> None:
    values = np.random.default_rng(0).normal(size=100).repeat(4)
    widths = [
        np.ptp(intervals(lambda rows: [values[rows].mean()], units, seed=1))
        for units in (alone(400), blocks(400, 4), grouped(values))
    ]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.2)
    assert widths[2] == pytest.approx(2 * widths[0], rel=0.2)


def test_scores_of_one_call_are_paired() -> None:
    values = np.random.default_rng(0).normal(size=50)
    first, second, difference = intervals(
        lambda rows: [values[rows].mean(), values[rows].mean() + 1, 1.0], alone(50), seed=1
    )
    assert second == pytest.approx(first + 1)
    assert difference.tolist() == [1, 1]


def test_the_same_seed_gives_the_same_interval_and_another_one_does_not() -> None:
    one, same, other = (intervals(lambda rows: [rows.mean()], alone(50), seed).tolist() for seed in (3, 3, 4))
    assert one == same != other


def test_a_resample_on_which_a_score_has_no_meaning_is_left_out() -> None:
    values = np.array([1.0, 0.0, np.nan])

    def mean(rows: Rows) -> list[float]:
        known = values[rows][~np.isnan(values[rows])]
        return [known.mean() if len(known) else np.nan]

    assert intervals(mean, alone(3), seed=1).tolist() == [[0, 1]]


@quick
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60))
def test_a_unit_holds_all_rows_of_its_value(values: list[str]) -> None:
    units = grouped(values)
    assert sorted(np.concatenate(units)) == list(range(len(values)))
    assert sorted("".join(sorted({values[row] for row in unit})) for unit in units) == sorted(set(values))


@quick
@given(count=st.integers(1, 200), size=st.integers(1, 30))
def test_blocks_hold_neighbours(count: int, size: int) -> None:
    units = blocks(count, size)
    assert np.concatenate(units).tolist() == list(range(count))
    assert max(map(len, units)) <= 2 * size


def test_of_many_rows_a_sample_is_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MOST_ROWS", 100)
    for units in (alone(1000), blocks(1000, 10)):
        assert intervals(lambda rows: [len(rows)], units, seed=1).tolist() == [[100, 100]]

"""Items of one group are drawn together, and a share is never sure of what its groups cannot know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from any_package import bootstrap
from any_package.bootstrap import Rows, wilson
from any_package.dependent import folds_interval, intervals, share_interval


def test_items_of_one_group_are_drawn_together() -> None:
    values, groups = np.repeat(np.random.default_rng(0).normal(size=40), 25), np.repeat(np.arange(40), 25)
    (alone,), (together,) = (
        intervals(lambda rows: [values[rows].mean()], 1000, seed=1, groups=one) for one in (None, groups)
    )
    assert np.ptp(together) > 3 * np.ptp(alone)
    assert np.ptp(together) == pytest.approx(2 * 1.96 * values.std() / np.sqrt(40), rel=0.2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60))
def test_a_resample_holds_all_items_of_each_group_that_was_drawn(groups: list[str]) -> None:
    drawn: list[Rows] = []

    def statistic(rows: Rows) -> list[float]:
        drawn.append(rows)
        return [0.0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", 3)
        intervals(statistic, len(groups), seed=1, groups=groups)
    for rows in drawn:
        times = np.bincount(rows, minlength=len(groups))
        assert all(
            len({times[place] for place, one in enumerate(groups) if one == group}) == 1 for group in set(groups)
        )


def test_of_many_items_some_groups_are_resampled_and_the_interval_is_about_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MOST_ROWS", 1_000)
    values = np.random.default_rng(0).normal(size=10_000)
    ((low, high),) = intervals(lambda rows: [values[rows].mean()], 10_000, seed=1, groups=np.arange(10_000) // 5)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.002)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 100, rel=0.2)


def test_where_all_items_are_equal_each_group_counts_once() -> None:
    groups = np.repeat(np.arange(7), 3)
    assert share_interval(np.ones(21), seed=1, groups=groups) == pytest.approx(wilson(7, 7), abs=1e-6)
    assert share_interval(np.zeros(21), seed=1, groups=groups) == pytest.approx(wilson(0, 7), abs=1e-6)
    assert share_interval(np.eye(21)[0], seed=1, groups=groups)[0] == 0  # the bootstrap's: most resamples have no hit
    hits = np.repeat([1.0, 0, 1, 0, 1, 0, 1], 3)
    assert np.ptp(share_interval(hits, seed=1, groups=groups)) > 1.4 * np.ptp(share_interval(hits, seed=1))


def test_the_gains_of_folds_have_an_interval_that_knows_of_their_common_rows() -> None:
    pytest.importorskip("scipy", reason="only where models are trained")
    # By hand: mean .2, standard deviation .070711, times the root of 1/5 + 1/4, times Student's 2.776445.
    assert folds_interval([0.1, 0.2, 0.3, 0.2, 0.2], tested=0.25) == pytest.approx((0.0683016, 0.331698), abs=1e-6)

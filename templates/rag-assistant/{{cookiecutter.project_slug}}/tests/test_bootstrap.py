"""Resamples are unbiased and repeatable, and keep dependent rows together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant import bootstrap

quick = hypothesis_settings(max_examples=30, deadline=None)


@quick
@given(rows=st.integers(1, 200), block=st.integers(1, 30), seed=st.integers(0, 99))
def test_each_resample_has_as_many_rows(rows: int, block: int, seed: int) -> None:
    weights = np.concatenate(list(bootstrap.draws(rows, seed, block, times=20)))
    assert weights.shape == (20, rows)
    assert (weights.sum(axis=1) == rows).all()


@quick
@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=60))
def test_rows_of_a_group_are_drawn_together(groups: list[str]) -> None:
    weights = np.concatenate(list(bootstrap.draws_of_groups(groups, seed=1, times=20)))
    for group in set(groups):
        members = weights[:, [name == group for name in groups]]
        assert (members == members[:, :1]).all()


def test_neighbours_are_drawn_together() -> None:
    weights = np.concatenate(list(bootstrap.draws(1000, seed=1, block=50, times=50)))
    changes = (np.diff(weights, axis=1) != 0).sum(axis=1)
    assert changes.max() <= 2 * (1000 // 50)


def test_the_same_seed_gives_the_same_resamples() -> None:
    first, second = (np.concatenate(list(bootstrap.draws(50, seed=3, times=30))) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_small_memory_gives_the_right_number_of_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "CELLS", 130)
    assert [len(part) for part in bootstrap.draws(50, seed=3, times=7)] == [2, 2, 2, 1]
    assert sum(len(part) for part in bootstrap.draws_of_groups([*"ab"] * 40, seed=3, times=7)) == 7


def test_the_interval_of_a_mean_has_its_textbook_width() -> None:
    values = np.random.default_rng(0).normal(size=400)
    means = bootstrap.resampled(
        {"mean": lambda weights: weights @ values / weights.sum(axis=1)}, bootstrap.draws(400, seed=1)
    )["mean"]
    low, high = bootstrap.interval(means)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)
    assert low < values.mean() < high

"""Rows that depend on each other are drawn together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from predictor import bootstrap
from predictor.scoring import blocks, grouped, together

quick = hypothesis_settings(max_examples=30)


def test_rows_that_are_copies_of_each_other_tell_no_more_than_one() -> None:
    values = np.random.default_rng(0).normal(size=100).repeat(4)
    widths = [
        np.ptp(together(lambda rows: [values[rows].mean()], units, seed=1))
        for units in (blocks(400, 1), blocks(400, 4), grouped(values))
    ]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.2)
    assert widths[2] == pytest.approx(2 * widths[0], rel=0.2)


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


def test_of_many_rows_some_units_are_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MOST_ROWS", 100)
    assert together(lambda rows: [len(rows)], blocks(1000, 10), seed=1).tolist() == [[100, 100]]

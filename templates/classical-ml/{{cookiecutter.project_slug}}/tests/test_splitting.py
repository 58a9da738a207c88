"""No test row was used for training, nor a copy of it, nor anything later."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy
from predictor.decision import Task
from predictor.selection import make_folds
from predictor.splitting import Division, by_chance, by_time, together

seeds = st.integers(0, 999)


def parts(frame: pd.DataFrame, task: Task) -> Division:
    if task.settings.data.time:
        return by_time(frame[task.settings.data.time], task.settings)
    return by_chance(frame, pd.Series(task.y(frame), frame.index), task)


def timed(seed: int, rows: int = 200) -> pd.DataFrame:
    """Rows in no order of time, some at the same moment."""
    hours = np.random.default_rng(seed).integers(0, 24 * 60, rows)
    return toy.table(rows, seed).assign(day=pd.Timestamp("2025-01-01") + pd.to_timedelta(hours, unit="h"))


@given(seed=seeds, copies=st.integers(0, 60), shares=st.sampled_from([(0.2, 0.2), (0.1, 0.3), (0.4, 0.1)]))
def test_by_chance_each_row_is_in_one_split_with_all_its_twins(
    seed: int, copies: int, shares: tuple[float, float]
) -> None:
    frame = toy.table(200, seed)
    frame = pd.concat([frame, frame.sample(copies, random_state=seed)], ignore_index=True)
    task = toy.task(data={"time": None, "test_share": shares[0], "validation_share": shares[1]})
    division = parts(frame, task)
    assert sorted(row for rows in division.values() for row in rows) == list(frame.index)
    groups = together(frame, task.settings)
    for one, other in combinations(division.values(), 2):
        assert not set(groups[one]) & set(groups[other])
    distinct = groups.nunique()
    assert [groups[division[name]].nunique() / distinct for name in ("test", "validation")] == pytest.approx(
        shares, abs=0.02
    )


@given(seed=seeds)
def test_by_chance_a_cluster_is_in_one_split_and_one_fold(seed: int) -> None:
    frame = toy.table(300, seed).assign(customer=np.random.default_rng(seed).integers(0, 60, 300))
    task = toy.task(data={"time": None, "cluster": "customer"})
    folds = make_folds(frame, task.y(frame), task)
    divided = [*parts(frame, task).values()], [frame.index[future] for _, future in folds]
    for groups in divided:
        assert sorted(row for rows in groups for row in rows) == list(frame.index)
        for one, other in combinations(groups, 2):
            assert not set(frame["customer"][one]) & set(frame["customer"][other])


@given(seed=seeds, delay=st.floats(0, 5))
def test_by_time_a_label_is_known_before_the_next_split_begins(seed: int, delay: float) -> None:
    frame = timed(seed)
    division = parts(frame, toy.task(data={"time": "day", "label_delay_days": delay}))
    train, validation, test = (frame["day"][division[name]] for name in ("train", "validation", "test"))
    wait = pd.Timedelta(days=delay)
    for earlier, later in ((train, validation), (validation, test)):
        assert earlier.max() < later.min()
        assert earlier.max() + wait <= later.min()
        assert earlier.is_monotonic_increasing
    assert len(test) == pytest.approx(0.2 * len(frame), abs=3)  # rows of the same moment stay together


def test_the_seed_decides() -> None:
    frame, chance = toy.table(), {"time": None}
    first, again, other = (parts(frame, toy.task(data=chance, training={"seed": seed}))["test"] for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)

"""No test row was used for training, nor a copy of it, nor anything later; no input gives the answer away."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy
from predictor import data
from predictor.selection import make_folds
from predictor.settings import Settings
from predictor.splitting import Division, divide, together
from predictor.tasks import task_of
from predictor.validation import DataError, refuse_leaks
from toy import put

seeds = st.integers(0, 999)


def parts(frame: pd.DataFrame, chosen: Settings) -> Division:
    return divide(frame, pd.Series(data.outcome(frame, chosen), frame.index), chosen)


def timed(seed: int, rows: int = 200) -> pd.DataFrame:
    """Rows in no order of time, some at the same moment."""
    hours = np.random.default_rng(seed).integers(0, 24 * 60, rows)
    return toy.leavers(rows, seed).assign(day=pd.Timestamp("2025-01-01") + pd.to_timedelta(hours, unit="h"))


@given(seed=seeds, copies=st.integers(0, 60), shares=st.sampled_from([(0.2, 0.2), (0.1, 0.3), (0.4, 0.1)]))
def test_by_chance_each_row_is_in_one_split_with_all_its_twins(
    seed: int, copies: int, shares: tuple[float, float]
) -> None:
    frame = toy.leavers(200, seed)
    frame = pd.concat([frame, frame.sample(copies, random_state=seed)], ignore_index=True)
    chosen = toy.settings(data={"test_share": shares[0], "validation_share": shares[1]})
    division = parts(frame, chosen)
    assert sorted(row for rows in division.values() for row in rows) == list(frame.index)
    groups = together(frame, chosen)
    for one, other in combinations(division.values(), 2):
        assert not set(groups[one]) & set(groups[other])
    distinct = groups.nunique()
    assert [groups[division[name]].nunique() / distinct for name in ("test", "validation")] == pytest.approx(
        shares, abs=0.02
    )


@given(seed=seeds)
def test_by_chance_a_cluster_is_in_one_split_and_one_fold(seed: int) -> None:
    frame = toy.leavers(300, seed).assign(customer=np.random.default_rng(seed).integers(0, 60, 300))
    chosen = toy.settings(data={"cluster": "customer"})
    folds = make_folds(frame, data.outcome(frame, chosen), task_of(chosen))
    divided = [*parts(frame, chosen).values()], [frame.index[future] for _, future in folds]
    for groups in divided:
        assert sorted(row for rows in groups for row in rows) == list(frame.index)
        for one, other in combinations(groups, 2):
            assert not set(frame["customer"][one]) & set(frame["customer"][other])


@given(seed=seeds)
def test_by_chance_the_share_of_positives_is_kept(seed: int) -> None:
    frame = toy.leavers(400, seed)
    positive = frame["left"] == "yes"
    for rows in parts(frame, toy.settings()).values():
        assert positive[rows].mean() == pytest.approx(positive.mean(), abs=0.02)


@given(seed=seeds, delay=st.floats(0, 5))
def test_by_time_a_label_is_known_before_the_next_split_begins(seed: int, delay: float) -> None:
    frame = timed(seed)
    division = parts(frame, toy.settings(data={"time": "day", "label_delay_days": delay}))
    train, validation, test = (frame["day"][division[name]] for name in ("train", "validation", "test"))
    wait = pd.Timedelta(days=delay)
    for earlier, later in ((train, validation), (validation, test)):
        assert earlier.max() < later.min()
        assert earlier.max() + wait <= later.min()
        assert earlier.is_monotonic_increasing
    assert len(test) == pytest.approx(0.2 * len(frame), abs=3)  # rows of the same moment stay together


def test_the_seed_decides() -> None:
    frame = toy.leavers()
    first, again, other = (parts(frame, toy.settings(training={"seed": seed}))["test"] for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def leaking(left: pd.Series, spent: pd.Series) -> dict[str, pd.Series]:
    noise = np.random.default_rng(1).random(len(left))
    return {
        "more if yes": 10 * left + noise,
        "less if yes": -10 * left + noise,
        "given only if yes": spent.fillna(1).where(left),
    }


@pytest.mark.parametrize("how", ["more if yes", "less if yes", "given only if yes"])
def test_a_number_recorded_after_the_event(tmp_path: Path, how: str) -> None:
    frame = toy.leavers()
    put(tmp_path, frame.assign(spent=leaking(frame["left"] == "yes", frame["spent"])[how]))
    with pytest.raises(DataError, match=r"input spent alone predicts left almost perfectly .* take it out"):
        data.load(toy.settings(), tmp_path)


def test_a_category_that_is_the_outcome(tmp_path: Path) -> None:
    put(tmp_path, toy.leavers().assign(plan=lambda rows: rows["left"].map({"yes": "plus", "no": "basic"})))
    with pytest.raises(DataError, match="input plan alone"):
        data.load(toy.settings(), tmp_path)


def test_a_copy_of_a_number_to_predict(tmp_path: Path) -> None:
    put(tmp_path, toy.visits().assign(degrees=lambda rows: rows["visits"] * 1.8 + 0.5))
    with pytest.raises(DataError, match="input degrees alone"):
        data.load(toy.settings("visits"), tmp_path)
    data.load(toy.settings("visits", data={"known_before": ["degrees"]}), tmp_path)


def test_a_number_of_its_own_for_each_row(tmp_path: Path) -> None:
    put(tmp_path, toy.leavers().assign(spent=np.random.default_rng(1).permutation(toy.ROWS)))
    with pytest.raises(DataError, match="input spent has a different whole number in each row"):
        data.load(toy.settings(), tmp_path)


def test_too_few_rows_to_tell() -> None:
    frame = toy.leavers(60).assign(spent=range(60))
    refuse_leaks(frame, data.outcome(frame, toy.settings()), toy.settings())

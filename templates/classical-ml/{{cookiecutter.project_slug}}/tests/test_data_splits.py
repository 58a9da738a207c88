"""No test row was used for training, nor a copy of it, nor anything later than it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from predictor import data
from predictor.settings import Settings
from predictor.splitting import Division, divide, duplicate_groups
from toy_data import toy_frame, toy_settings

quick = hypothesis_settings(max_examples=25, deadline=None)


def parts(frame: pd.DataFrame, settings: Settings) -> Division:
    return divide(frame, data.outcome(frame, settings), settings)


def timed(seed: int, rows: int = 200) -> pd.DataFrame:
    """Rows in no order of time, some at the same moment."""
    hours = np.random.default_rng(seed).integers(0, 24 * 60, rows)
    return toy_frame(rows, seed).assign(day=pd.Timestamp("2025-01-01") + pd.to_timedelta(hours, unit="h"))


@quick
@given(seed=st.integers(0, 999), copies=st.integers(0, 60), shares=st.sampled_from([(0.2, 0.2), (0.1, 0.3)]))
def test_by_chance_each_row_is_in_one_split_with_all_its_twins(
    seed: int, copies: int, shares: tuple[float, float]
) -> None:
    frame = toy_frame(200, seed)
    frame = pd.concat([frame, frame.sample(copies, random_state=seed)], ignore_index=True)
    settings = toy_settings(test_share=shares[0], validation_share=shares[1])
    division = parts(frame, settings)
    rows = [*division.train, *division.validation, *division.test]
    assert sorted(rows) == list(frame.index)
    groups = duplicate_groups(frame, settings)
    kinds = [set(groups[part]) for part in (division.train, division.validation, division.test)]
    assert not kinds[0] & kinds[1]
    assert not kinds[0] & kinds[2]
    assert not kinds[1] & kinds[2]


@quick
@given(seed=st.integers(0, 999))
def test_by_chance_the_share_of_positives_is_kept(seed: int) -> None:
    frame, settings = toy_frame(400, seed), toy_settings()
    outcomes = pd.Series(data.outcome(frame, settings), frame.index)
    division = parts(frame, settings)
    for part in (division.train, division.validation, division.test):
        assert abs(outcomes[part].mean() - outcomes.mean()) < 0.05


@quick
@given(seed=st.integers(0, 999), delay=st.floats(0, 5))
def test_by_time_training_knows_its_labels_before_the_next_split_begins(seed: int, delay: float) -> None:
    frame = timed(seed)
    division = parts(frame, toy_settings(time="day", label_delay_days=delay))
    days = frame["day"]
    train, validation, test = days[division.train], days[division.validation], days[division.test]
    wait = pd.Timedelta(days=delay)
    assert train.max() + wait <= validation.min()
    assert train.max() < validation.min()
    assert validation.max() + wait <= test.min()
    assert validation.max() < test.min()


@quick
@given(seed=st.integers(0, 999))
def test_by_time_a_repeat_of_an_earlier_row_judges_nothing(seed: int) -> None:
    frame = timed(seed)
    repeats = frame.sample(30, random_state=seed).assign(day=frame["day"].max() + pd.Timedelta(days=1))
    frame = pd.concat([frame, repeats], ignore_index=True)
    settings = toy_settings(time="day")
    division = parts(frame, settings)
    groups = duplicate_groups(frame, settings)
    assert not set(groups[division.test]) & set(groups[division.train.append(division.validation)])


def test_the_seed_decides() -> None:
    frame = toy_frame()
    first, second = parts(frame, toy_settings()), parts(frame, toy_settings())
    assert first.test.equals(second.test)
    other = toy_settings()
    other = other.model_copy(update={"training": other.training.model_copy(update={"seed": 8})})
    assert not first.test.equals(parts(frame, other).test)

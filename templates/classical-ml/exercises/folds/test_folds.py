"""Each row is scored once, nobody is on both sides, and only what was known is fitted on."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy
from predictor.bootstrap import Array
from predictor.decision import Task
from predictor.selection import Fold, make_folds
from predictor.validation import DataError

FOLDS = 3
ADVICE = "one of 3 folds .*lower training.folds or data.label_delay_days"  # of the error


def task(seed: int = 7, **data: Any) -> Task:
    return toy.task(data={"time": None, **data}, training={"seed": seed, "folds": FOLDS})


def classes(count: int, known: Task) -> Array:
    """As many of each outcome, in turn."""
    return np.asarray(np.arange(count) % known.values, dtype=np.float64)


def customers(count: int = 60, visits: int = 2) -> pd.DataFrame:
    """Visits of customers, those of one after each other."""
    frame = toy.table(count).assign(customer=np.arange(count) // visits)
    frame.index = pd.RangeIndex(1_000, 1_000 + count)
    return frame


def folds_of(frame: pd.DataFrame, known: Task, outcomes: Array | None = None) -> list[Fold]:
    return make_folds(frame, classes(len(frame), known) if outcomes is None else outcomes, known)


def test_each_row_is_scored_once_and_fitted_on_in_all_other_folds() -> None:
    folds = folds_of(customers(), task())
    assert len(folds) == FOLDS
    assert sorted(row for _, future in folds for row in future) == list(range(60)), (
        "positions from 0, each of them once"
    )
    for past, future in folds:
        assert sorted([*past, *future]) == list(range(60)), "a row that is not scored is fitted on"


def test_a_customer_is_in_one_fold() -> None:
    frame, known = customers(visits=3), task(cluster="customer")
    for past, future in folds_of(frame, known, classes(20, known).repeat(3)):
        both = sorted(set(frame["customer"].iloc[past]) & set(frame["customer"].iloc[future]))
        assert not both, f"customers {both[:2]} are fitted on and scored in one fold"


def test_twins_are_in_one_fold() -> None:
    frame, known = pd.concat([toy.table(30)] * 2, ignore_index=True), task()
    for past, future in folds_of(frame, known, np.tile(classes(30, known), 2)):
        both = {row % 30 for row in past} & {row % 30 for row in future}
        assert not both, f"row {min(both)} and its twin {min(both) + 30} are on both sides"


def test_each_fold_has_each_class() -> None:
    known = task()
    if not known.stratified:
        pytest.skip("a number has no classes")
    outcomes = np.sort(classes(60, known))
    for _, future in folds_of(customers(visits=1), known, outcomes):
        counts = np.unique(outcomes[future], return_counts=True)[1]
        assert counts == pytest.approx(np.full(known.values, 20 / known.values), abs=1), "the file is sorted by class"


def test_rows_are_shuffled_by_the_seed() -> None:
    first, again, other = (folds_of(customers(), task(seed))[0][1].tolist() for seed in (1, 1, 2))
    assert first == again, "the same seed gives the same folds"
    assert sorted(first) != sorted(other), "another seed gives others"


def in_time(delay: float = 0) -> list[tuple[list[int], list[int]]]:
    """The folds of 24 days, each divided into what is fitted on and what is scored."""
    frame = toy.table(24).assign(day=pd.date_range("2026-01-01", periods=24))
    frame.index = pd.RangeIndex(1_000, 1_024)  # labels, which are no positions
    return [
        (past.tolist(), future.tolist()) for past, future in folds_of(frame, task(time="day", label_delay_days=delay))
    ]


def test_in_time_only_the_past_is_fitted_on() -> None:
    found = in_time()
    assert [future for _, future in found] == [[*range(6, 12)], [*range(12, 18)], [*range(18, 24)]]
    for past, future in found:
        assert past == [*range(future[0])], (
            f"days {future[0]} to {future[-1]} are scored: all before are known, none after"
        )


def test_a_label_that_was_not_known_yet_is_not_fitted_on() -> None:
    past, future = in_time(delay=2)[0]
    assert future[0] == 6
    assert 5 not in past, "the label of day 5 becomes known on day 7, but day 6 is predicted first"
    assert past == [0, 1, 2, 3, 4], "that of day 4 becomes known on day 6, which is just in time"


def test_a_fold_without_different_outcomes_is_refused() -> None:
    frame = toy.table(24).assign(day=pd.date_range("2026-01-01", periods=24))
    known = task(time="day")
    with pytest.raises(DataError, match=ADVICE):
        make_folds(frame, np.where(np.arange(24) < 6, 0.0, classes(24, known)), known)
    with pytest.raises(DataError, match=ADVICE):
        in_time(delay=60)


def test_one_outcome_among_those_scored_is_refused_for_classes_alone() -> None:
    frame = toy.table(24).assign(day=pd.date_range("2026-01-01", periods=24))
    known = task(time="day")
    outcomes = np.where(np.arange(24) < 18, classes(24, known), 0.0)
    known.stratified = False
    assert len(make_folds(frame, outcomes, known)) == FOLDS, "a score of numbers needs no second value"
    known.stratified = True
    with pytest.raises(DataError, match=ADVICE):
        make_folds(frame, outcomes, known)


def test_no_two_folds_share_a_row_that_is_scored() -> None:
    for (_, one), (_, other) in combinations(folds_of(customers(), task()), 2):
        assert not set(one) & set(other)

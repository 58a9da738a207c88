"""Nobody is on both sides, each split has its share, and what is tested comes after what was known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy
from predictor.decision import Task
from predictor.splitting import Division, by_chance, by_time, together
from predictor.validation import DataError

INPUTS = ("age", "plan")


def task(seed: int = 7, *, stratified: bool = False, **data: Any) -> Task:
    known = toy.settings(data={"time": None, **data}, training={"seed": seed})
    made = Task(known.model_copy(update={"columns": {name: known.columns[name] for name in INPUTS}}))
    made.stratified = stratified
    return made


def patients(visits: Sequence[int], seed: int = 0) -> pd.DataFrame:
    """So many visits of each patient, in no order, as rows from 1 onwards."""
    random = np.random.default_rng(seed)
    names = random.permutation(np.repeat(np.arange(len(visits)), visits))
    index = pd.RangeIndex(1, len(names) + 1)
    return pd.DataFrame({"age": random.random(len(names)) * 90, "plan": "basic", "patient": names}, index)


def divided(frame: pd.DataFrame, known: Task, outcomes: Any = None) -> Division:
    found = by_chance(
        frame, pd.Series(np.linspace(0, 1, len(frame)) if outcomes is None else outcomes, frame.index), known
    )
    assert sorted(found) == ["test", "train", "validation"]
    return found


def sides(groups: pd.Series) -> list[list[Any]]:
    """The labels of the rows that have the same number."""
    return sorted(list(rows) for rows in groups.groupby(groups).groups.values())


def on_both_sides(names: pd.Series, division: Division) -> str:
    """Who is in two splits, in words; empty if nobody is."""
    for one, other in combinations(division, 2):
        if both := sorted(set(names[division[one]]) & set(names[division[other]])):
            return f"patients {' and '.join(map(str, both[:2]))} are in {one} and {other}"
    return ""


def test_rows_of_a_cluster_belong_together() -> None:
    frame = pd.DataFrame({"age": [30, 40, 50, 60], "plan": "plus", "card": ["a", "b", "a", "c"]}, index=[5, 6, 7, 8])
    found = together(frame, task(cluster="card").settings)
    assert list(found.index) == [5, 6, 7, 8], "each row has a number, under its own label"
    assert sides(found) == [[5, 7], [6], [8]], "rows 5 and 7 are of card a, whatever their inputs are"


def test_rows_without_a_cluster_are_one() -> None:
    frame = pd.DataFrame({"age": [30.0, 40.0, 50.0], "plan": "plus", "card": ["a", None, None]}, index=[5, 6, 7])
    assert sides(together(frame, task(cluster="card").settings)) == [[5], [6, 7]], (
        "rows 6 and 7 have no card: keep them"
    )


def test_without_clusters_rows_with_equal_inputs_belong_together() -> None:
    frame = pd.DataFrame(
        {"age": [30.0, 30.0, 30.0, np.nan, np.nan], "plan": ["plus", "plus", "basic", None, None], "day": range(5)},
        index=[1, 2, 3, 4, 5],
    )
    found = sides(together(frame, task().settings))
    assert [1, 2] in found, "rows 1 and 2 are equal in all inputs; the day is no input"
    assert [3] in found, "row 3 has another plan"
    assert [4, 5] in found, "rows 4 and 5 have the same gaps, so they are equal, too"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_is_on_both_sides(seed: int) -> None:
    frame = patients([1, 2, 3, 4, 5] * 12, seed)
    said = on_both_sides(frame["patient"], divided(frame, task(seed, cluster="patient")))
    assert not said, said


def test_twins_are_on_one_side() -> None:
    frame = patients([1] * 40).assign(patient=range(40))
    frame = pd.concat([frame, frame], ignore_index=True)
    said = on_both_sides(frame["patient"], divided(frame, task()))
    assert not said, f"each of them has two rows with equal inputs, and {said}"


def test_each_row_is_in_one_split() -> None:
    frame = patients([3] * 30)
    frame["patient"] = frame["patient"].where(frame["patient"] > 3).astype(object)
    found = divided(frame, task(cluster="patient"))
    rows = [row for part in found.values() for row in part]
    twice = sorted({row for row in rows if rows.count(row) > 1})
    assert sorted(rows) == list(frame.index), f"rows {twice[:5]} are there twice, or others are in no split"
    said = on_both_sides(frame["patient"].fillna("without a name"), found)
    assert not said, said


def test_rows_keep_their_labels_and_their_order() -> None:
    frame = patients([2] * 30)
    frame.index = pd.Index([f"r{row:03}" for row in range(500, 560)])
    for name, part in divided(frame, task(cluster="patient")).items():
        assert set(part) <= set(frame.index), f"{name} holds positions; it should hold labels such as r500"
        assert list(part) == sorted(part), f"the rows of {name} are in the order of the file"


@pytest.mark.parametrize(("test", "validation"), [(0.2, 0.2), (0.1, 0.3), (0.4, 0.1)])
def test_the_shares_are_those_of_all_patients(test: float, validation: float) -> None:
    frame, known = patients([1, 1, 1, 9] * 25), task(cluster="patient", test_share=test, validation_share=validation)
    found = divided(frame, known)
    shares = {name: frame["patient"][part].nunique() for name, part in found.items()}
    assert shares["test"] == pytest.approx(100 * test, abs=1), "of 100 patients; how many rows each has does not matter"
    assert shares["validation"] == pytest.approx(100 * validation, abs=1), "a share of all, not of what the test leaves"


def test_classes_have_the_same_shares_everywhere() -> None:
    frame = patients([1, 3] * 100)
    chance = frame["patient"].to_numpy() % 10 < 3
    for seed in range(3):
        found = divided(frame, task(seed, stratified=True, cluster="patient"), chance.astype(float))
        for name, part in found.items():
            positive = frame["patient"][part].drop_duplicates() % 10 < 3
            assert positive.mean() == pytest.approx(0.3, abs=0.03), (
                f"0.3 of all patients are positive, but not of {name}"
            )


def test_one_patient_of_a_class_is_no_error() -> None:
    frame = patients([3] * 40)
    known, outcomes = task(stratified=True, cluster="patient"), (frame["patient"] == 7).to_numpy().astype(float)
    said = on_both_sides(frame["patient"], divided(frame, known, outcomes))
    assert not said, said


def test_the_seed_decides() -> None:
    frame = patients([1, 2] * 30)
    first, again, other = (divided(frame, task(seed, cluster="patient"))["test"] for seed in (1, 1, 2))
    assert list(first) == list(again), "the same seed must give the same test rows, or no number can be compared"
    assert list(first) != list(other), "another seed draws others"


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_to_divide_is_said(count: int) -> None:
    with pytest.raises(DataError, match="distinct rows or clusters are too few"):
        divided(patients([20] * count), task(cluster="patient"))


def days(*numbers: float) -> pd.Series:
    """The rows a, b, c and so on, of these days."""
    times = pd.Timestamp("2026-01-01") + pd.to_timedelta(list(numbers), unit="D")
    return pd.Series(times, [chr(ord("a") + place) for place in range(len(numbers))])


def in_time(times: pd.Series, delay: float = 0, test: float = 0.2, validation: float = 0.2) -> dict[str, str]:
    shares: dict[str, Any] = {"test_share": test, "validation_share": validation, "label_delay_days": delay}
    return {name: "".join(part) for name, part in by_time(times, task(**shares).settings).items()}


def test_the_past_trains_and_the_latest_rows_test() -> None:
    found = in_time(days(9, 1, 8, 2, 7, 3, 6, 4, 5, 10))
    assert found["test"] == "aj", "the days 9 and 10 are the latest two of ten"
    assert found["validation"] == "ec", "the days 7 and 8 come before them, in the order of time"
    assert found["train"] == "bdfhig", "the days 1 to 6, in the order of time"
    assert in_time(days(1, 2, 3, 4, 5, 6, 7)) == {"train": "abcd", "validation": "e", "test": "fg"}, "int(7 * 0.8) is 5"


def test_one_moment_is_in_one_split() -> None:
    found = in_time(days(1, 2, 3, 4, 5, 6, 7, 9, 9, 9))
    assert found["test"] == "hij", "the first test row is i, of day 9, and h is of the same moment"
    found = in_time(days(1, 2, 3, 4, 6, 6, 6, 8, 9, 10))
    assert found == {"train": "abcd", "validation": "efgh", "test": "ij"}


def test_a_label_that_was_not_known_yet_is_not_used() -> None:
    found = in_time(days(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), delay=2)
    assert "f" not in found["train"], "the label of day 6 becomes known on day 8, and validation begins on day 7"
    assert found["train"] == "abcde", "that of day 5 becomes known on day 7, which is just in time"
    assert found["validation"] == "g", "that of day 8 becomes known on day 10, and the test begins on day 9"
    assert found["test"] == "ij", "nothing comes after the test rows, so none is left out"


@pytest.mark.parametrize("delay", [0, 1, 2.5])
def test_no_row_of_the_future_trains(delay: float) -> None:
    hours = np.random.default_rng(3).integers(0, 24 * 40, 300)
    times = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta(hours, unit="h"), range(1, 301))
    found = by_time(times, task(label_delay_days=delay).settings)
    wait = pd.Timedelta(days=delay)
    for earlier, later in (("train", "validation"), ("validation", "test")):
        known, begins = times[found[earlier]].max() + wait, times[found[later]].min()
        assert known <= begins, f"a label of {earlier} was known on {known}, after {later} began on {begins}"
        assert times[found[earlier]].max() < begins, f"a row of {earlier} is of the moment at which {later} begins"
    assert len(found["test"]) == pytest.approx(60, abs=3), "a fifth of 300 rows"

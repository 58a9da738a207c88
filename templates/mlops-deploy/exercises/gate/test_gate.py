"""The gate on later outcomes: which rows measure, what was known when, and what "clearly better" means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy_parcels as toy
from service import evaluation
from service.evaluation import RATE, EvaluationError
from service.reporting.metrics import Gate
from service.scoring import Gain, brier
from service.settings import Settings

DAY = date(2024, 3, 10)  # the training day: outcomes of the days before were known
MANIFEST: Any = SimpleNamespace(known_until=DAY)
TEST_DAYS = 20


def after(days: int) -> str:
    """The day that is so many days after the training day."""
    return (DAY + timedelta(days=days)).isoformat()


def put(folder: Path, parcels: Sequence[tuple[int, int, int]]) -> Settings:
    """Write parcels: the day on which each was sent, the day on which its outcome was known, and the outcome.

    Days count from the training day.
    """
    fixed = {"distance": 10, "carrier": "Bison", "speed": "Express", "size": "A", "sender": "Shop"}
    rows = [
        {"id": f"p{number}", "sent_on": after(sent), "known_on": after(known), "late": late, **fixed}
        for number, (sent, known, late) in enumerate(parcels)
    ]
    return toy.put(folder, pd.DataFrame(rows))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def measuring(settings: Settings) -> set[str]:
    return set(evaluation.test_rows(settings, MANIFEST)["id"])


def test_a_row_measures_if_its_outcome_came_later_whenever_it_was_made(here: Path) -> None:
    settings = put(here, [(-30, -1, 0), (-30, 5, 1), (-1, 3, 0), (2, 8, 1), (3, 40, 1)])
    assert measuring(settings) == {"p1", "p2", "p3"}, (
        "training saw the outcome of p0; p1 and p2 were sent before the training day, but nobody knew then what would "
        "become of them; p4 came after the test days"
    )


def test_the_training_day_is_the_first_test_day_and_the_last_one_counts(here: Path) -> None:
    settings = put(here, [(-9, -1, 0), (-9, 0, 1), (-9, 1, 0), (-9, TEST_DAYS - 1, 1), (-9, TEST_DAYS, 0)])
    assert measuring(settings) == {"p1", "p2", "p3"}, (
        "training used what was known before the training day began; from it on, 20 days measure"
    )


def test_the_rows_are_as_their_callers_sent_them(here: Path) -> None:
    settings = put(here, [(-30, -20, 1), (-30, -19, 0), (-18, 1, 1), (-17, 2, 0)])
    found = evaluation.test_rows(settings, MANIFEST).set_index("id")
    assert found.loc["p2", "recent_late_share"] == 0.5, "the input that comes from a join has its value of that day"
    assert {"distance", "known_on", "late"} <= set(found.columns)


@pytest.mark.parametrize("late", [0, 1])
def test_outcomes_of_one_kind_cannot_measure(here: Path, late: int) -> None:
    settings = put(here, [(-30, -1, 1 - late), (-9, 2, late), (-9, 3, late)])
    with pytest.raises(EvaluationError, match=f"no two kinds of outcome from {after(0)} to {after(TEST_DAYS)}"):
        evaluation.test_rows(settings, MANIFEST)


@pytest.mark.usefixtures("here")
def test_the_usual_rate_is_what_was_known_on_the_training_day(here: Path) -> None:
    known = [(-60, -50, 1), (-30, -2, 0), (-5, -1, 0)]
    settings = put(here, [*known, (-30, 0, 1), (-30, 5, 1), (2, 8, 1), (3, 8, 0)])
    assert evaluation.usual_rate(settings, MANIFEST) == pytest.approx(1 / 3), (
        "one of three known ones was late, however long ago; of the others, nobody knew anything then"
    )
    settings = put(here, [(-80, -75, 1), *known])
    assert evaluation.usual_rate(settings, MANIFEST) == 0.5, "a row that is older than train_from has an outcome, too"
    assert isinstance(evaluation.usual_rate(settings, MANIFEST), float)


def gain(low: float, high: float, versus: str) -> Gain:
    return Gain(versus=versus, value=(low + high) / 2, ci95=(low, high))


OLDER = "previous version (1)"


@pytest.mark.parametrize(
    ("versus", "interval", "passed"),
    [
        (RATE, (0.01, 0.03), True),
        (RATE, (-0.01, 0.03), False),
        (RATE, (-0.03, -0.01), False),
        (RATE, (0.0, 0.02), False),
        (OLDER, (0.01, 0.03), True),
        (OLDER, (-0.01, 0.03), True),
        (OLDER, (-0.03, 0.01), True),
        (OLDER, (-0.03, -0.01), False),
        (OLDER, (-0.02, 0.0), False),
    ],
)
def test_clearly_better_than_the_rate_and_not_clearly_worse_than_before(
    versus: str, interval: tuple[float, float], passed: bool
) -> None:
    gate: Gate = evaluation.gain_gate(gain(*interval, versus))
    assert gate.passed is passed, f"the gain over the {versus} lies between {interval[0]} and {interval[1]}"
    assert gate.value == interval[0 if versus == RATE else 1], "the value is the end of the interval that decides"
    assert (gate.threshold, gate.bound) == (0, "min"), "it must be above 0"
    end = "lower" if versus == RATE else "upper"
    assert gate.metric == f"Brier score gain over the {versus}, {end} end of its 95% interval"


SETTINGS = toy.settings(slices={"columns": ["speed", "size"], "min_rows": 4})
ROWS = pd.DataFrame(
    {"speed": ["Slow"] * 5 + ["Fast"] * 4 + ["Odd"] * 3, "size": ["A", "D"] * 6},
    index=range(100, 112),  # as rows that were chosen from a table have it
)
OUTCOMES = np.array([0, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1], dtype=float)
PREDICTED = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.15, 0.25, 0.35])


def sliced(outcomes: np.ndarray = OUTCOMES) -> dict[tuple[str, str], Any]:
    return {(one.name, one.metric): one for one in evaluation.slices(ROWS, outcomes, PREDICTED, SETTINGS)}


def test_each_slice_has_its_own_scores() -> None:
    found = sliced()
    fast = found["speed = Fast", "brier"]
    assert fast.value == pytest.approx(brier(OUTCOMES[5:9], PREDICTED[5:9])), (
        "rows are counted from 0, not by their labels"
    )
    assert (fast.n, found["speed = Slow", "brier"].n, found["size = A", "roc_auc"].n) == (4, 5, 6)
    assert fast.ci95[0] <= fast.value <= fast.ci95[1]


def test_a_slice_needs_enough_rows() -> None:
    assert {name for name, _ in sliced()} == {"speed = Fast", "speed = Slow", "size = A", "size = D"}, (
        "3 rows are too few"
    )


def test_slices_stand_in_order_and_have_both_scores() -> None:
    assert list(sliced()) == [
        (name, metric)
        for name in ("speed = Fast", "speed = Slow", "size = A", "size = D")
        for metric in ("roc_auc", "brier")
    ], "columns as in the settings, values in order: neither the first nor the largest decides"


def test_a_slice_needs_both_kinds_of_outcome() -> None:
    same = np.where(ROWS["speed"] == "Fast", 1.0, OUTCOMES)
    assert "speed = Fast" not in {name for name, _ in sliced(same)}, "an AUC of outcomes of one kind means nothing"

"""Scores without a meaning are left out, intervals hold at the edges, and dependent rows count as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import toy
from predictor import scoring
from predictor.bootstrap import wilson
from predictor.manifest import Probability
from predictor.scoring import Answers, Gain
from predictor.tasks import Task, task_of

ROWS = pd.DataFrame({"customer": np.arange(100) // 2, "plan": ["new"] * 50 + ["old"] * 50})
OUTCOMES = np.array(([1.0] * 5 + [0.0] * 45) * 2)


def task(**sections: dict[str, object]) -> Task:
    return task_of(toy.settings("leavers", slices={"columns": ["plan"], "min_rows": 10}, **sections))


def answers(predicted: list[float], threshold: float = 0.5) -> Answers:
    return Answers("model", np.array(predicted), Probability(positive="yes", threshold=threshold))


def test_a_model_that_never_alarms_has_no_precision() -> None:
    silent = answers([0.1] * 100)
    for found in (
        scoring.measure(silent, ROWS, OUTCOMES, task()),
        scoring.measure_baseline(silent, OUTCOMES, task()),
    ):
        assert "precision" not in {one.name for one in found}
        assert next(one.value for one in found if one.name == "recall") == 0


def test_a_bound_for_what_has_no_value_is_not_kept() -> None:
    bounded = task(gates={"precision": 0.1})
    scores = scoring.all_scores(answers([]), bounded)
    gain = Gain(metric="expected_cost", versus="simple rule", value=0, ci95=(0, 0))
    (gate,) = scoring.check_gates([], scores, gain, bounded)
    assert (gate.metric, gate.passed, gate.value) == ("precision", False, None)


def test_no_gain_is_zero_and_not_below() -> None:
    same = answers([0.1] * 50 + [0.9] * 50)
    (cost, *_) = scoring.measure_gains(same, same, ROWS, OUTCOMES, task())
    assert [str(value) for value in (cost.value, *cost.ci95)] == ["0.0"] * 3


def test_a_slice_counts_the_rows_that_its_score_is_about_and_is_not_sure_of_the_worst() -> None:
    predicted = [0.1] * 50 + [0.9] * 5 + [0.1] * 45  # none of the new is found, all of the old are
    found = {(one.name, one.metric): one for one in scoring.measure_slices(answers(predicted), ROWS, OUTCOMES, task())}
    for name, hits in (("plan = new", 0), ("plan = old", 5)):
        recall = found[name, "recall"]
        assert (recall.value, recall.n, found[name, "roc_auc"].n) == (hits / 5, 5, 50)
        assert recall.ci95 == pytest.approx(wilson(hits, 5), abs=1e-5)


def test_rows_of_one_cluster_count_once_where_all_are_equal() -> None:
    clustered = task(data={"cluster": "customer"})
    (recall,) = (
        one for one in scoring.measure(answers([0.9] * 100), ROWS, OUTCOMES, clustered) if one.name == "recall"
    )
    assert recall.ci95 == pytest.approx(wilson(6, 6), abs=1e-5)  # 10 rows of 6 customers


def test_neighbours_in_time_are_drawn_together() -> None:
    visits = task_of(toy.settings("visits"))
    found = scoring.units(ROWS, visits)
    assert found is not None
    assert np.bincount(found).tolist() == [14] * 7 + [2]
    assert scoring.units(ROWS, task()) is None

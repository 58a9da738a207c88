"""Scores agree with scikit-learn, the threshold with brute force, and calibration keeps the order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from predictor import scores, task
from predictor.bootstrap import Array
from predictor.calibration import CalibratedClassifier
from predictor.manifest import Probability
from predictor.plots import reliability
from predictor.settings import Cost, Settings

quick = hypothesis_settings(max_examples=60, deadline=None)
# Outcome, prediction (with ties), and how often the row was drawn; both classes are always there.
row = st.tuples(st.integers(0, 1), st.integers(1, 9).map(lambda tenth: tenth / 10), st.integers(0, 3))
tables = st.lists(row, min_size=1, max_size=40).map(
    lambda rows: np.array([*rows, (0, 0.5, 1), (1, 0.5, 1)], dtype=float).T
)


@quick
@given(tables)
def test_weighted_scores_are_those_of_repeated_rows(table: Array) -> None:
    outcomes, predicted, weights = table
    repeated = np.repeat(np.arange(len(outcomes)), weights.astype(int))
    for name, reference in {
        "roc_auc": metrics.roc_auc_score,
        "average_precision": metrics.average_precision_score,
        "brier": metrics.brier_score_loss,
        "log_loss": metrics.log_loss,
    }.items():
        found = scores.SCORES[name].function(outcomes, predicted, weights[None, :])[0]
        assert found == pytest.approx(reference(outcomes[repeated], predicted[repeated])), name


@quick
@given(tables, st.floats(0, 1), st.floats(0, 100), st.floats(0, 100))
def test_scores_of_decisions(table: Array, threshold: float, in_vain: float, missed: float) -> None:
    outcomes, predicted, _ = table
    cost = Cost(false_positive=in_vain, false_negative=missed)
    found = {
        name: score.one(outcomes, predicted)
        for name, score in scores.decision_scores(Probability(positive="yes", threshold=threshold), cost).items()
    }
    acts = predicted >= threshold
    (_, false_positive), (false_negative, _) = metrics.confusion_matrix(outcomes, acts, labels=[0, 1])
    assert found["precision"] == pytest.approx(metrics.precision_score(outcomes, acts, zero_division=0))
    assert found["recall"] == pytest.approx(metrics.recall_score(outcomes, acts))
    total = in_vain * false_positive + missed * false_negative
    assert found["expected_cost"] == pytest.approx(total / len(outcomes))


@quick
@given(tables, st.floats(0, 100), st.floats(0, 100))
def test_no_threshold_costs_less_than_the_chosen_one(table: Array, in_vain: float, missed: float) -> None:
    outcomes, predicted, _ = table
    cost = Cost(false_positive=in_vain, false_negative=missed)
    thresholds, expected = task.cost_curve(outcomes, predicted, cost)
    for threshold, value in zip(thresholds, expected, strict=True):
        assert value == pytest.approx(scores.costs(outcomes, predicted, threshold, cost).mean())
    everywhere = [scores.costs(outcomes, predicted, level, cost).mean() for level in np.linspace(0, 1, 201)]
    assert expected.min() <= min(everywhere) + 1e-9


def test_the_chosen_threshold_is_a_probability(settings: Settings) -> None:
    nobody = task.decide(np.zeros(50), np.linspace(0.1, 0.9, 50), settings)
    everybody = task.decide(np.ones(50), np.linspace(0.1, 0.9, 50), settings)
    assert nobody.threshold > 0.9
    assert everybody.threshold < 0.1


def test_calibration_corrects_and_keeps_the_order() -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(4000, 1))
    outcomes = (random.random(4000) < 1 / (1 + np.exp(-table[:, 0]))).astype(float)
    overconfident = LogisticRegression().fit(table[:2000], outcomes[:2000])
    overconfident.coef_ *= 3
    calibrated = CalibratedClassifier(overconfident).fit(table[2000:], outcomes[2000:])
    assert calibrated.slope_ == pytest.approx(1 / 3, abs=0.05)
    before, after = (model.predict_proba(table)[:, 1] for model in (overconfident, calibrated))
    assert scores.SCORES["brier"].one(outcomes, after) < scores.SCORES["brier"].one(outcomes, before)
    assert (np.diff(after[np.argsort(before)]) >= 0).all()
    assert (calibrated.predict(table) == (after >= 0.5)).all()


def test_reliability_bins_hold_every_row() -> None:
    predicted = np.linspace(0, 1, 95)
    outcomes: Any = (predicted > 0.5).astype(float)
    means, rates, low, high = reliability(outcomes, predicted)
    assert len(means) == 10
    assert (low <= rates).all()
    assert (rates <= high).all()
    assert rates[0] == 0
    assert rates[-1] == 1

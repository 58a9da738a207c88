"""Scores agree with scikit-learn, the interval has its coverage, and the margin is the cheapest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn import metrics

from predictor import scores, task
from predictor.bootstrap import Array
from predictor.manifest import Quantity
from predictor.settings import Cost, Settings

quick = hypothesis_settings(max_examples=60, deadline=None)
number = st.floats(-1000, 1000)
# Outcome, forecast, and how often the row was drawn; two rows are always there.
tables = st.lists(st.tuples(number, number, st.integers(0, 3)), min_size=1, max_size=40).map(
    lambda rows: np.array([*rows, (0, 1, 1), (50, 20, 1)], dtype=float).T
)


@quick
@given(tables)
def test_weighted_scores_are_those_of_repeated_rows(table: Array) -> None:
    outcomes, predicted, weights = table
    repeated = np.repeat(np.arange(len(outcomes)), weights.astype(int))
    for name, reference in {
        "mae": metrics.mean_absolute_error,
        "rmse": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
    }.items():
        found = scores.SCORES[name].function(outcomes, predicted, weights[None, :])[0]
        expected = reference(outcomes[repeated], predicted[repeated])
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-9), name


@quick
@given(tables, st.floats(0, 100), st.floats(0, 100))
def test_scores_of_interval_and_plan(table: Array, below: float, above: float) -> None:
    outcomes, predicted, _ = table
    outcome = Quantity(unit="", coverage=0.9, below=below, above=above, margin=2.0)
    found = scores.decision_scores(outcome, Cost(false_positive=3, false_negative=5))
    inside = [low - below <= value <= low + above for value, low in zip(outcomes, predicted, strict=True)]
    assert found["coverage"].one(outcomes, predicted) == pytest.approx(np.mean(inside))
    surplus = predicted + 2.0 - outcomes
    expected = (3 * np.maximum(surplus, 0) + 5 * np.maximum(-surplus, 0)).mean()
    assert found["expected_cost"].one(outcomes, predicted) == pytest.approx(expected)


def test_the_interval_covers_further_rows(settings: Settings) -> None:
    random = np.random.default_rng(0)
    outcome = task.decide(random.normal(size=5000), np.zeros(5000), settings)
    further = random.normal(size=5000)
    covered = np.mean((further >= -outcome.below) & (further <= outcome.above))
    assert covered == pytest.approx(settings.training.interval_coverage, abs=0.02)


@quick
@given(st.lists(number, min_size=1, max_size=60), st.floats(0.5, 0.999))
def test_the_conformal_quantile_leaves_room_for_one_more_row(errors: list[float], level: float) -> None:
    found = task.conformal_quantile(np.array(errors), level)
    needed = min(len(errors), int(np.ceil((len(errors) + 1) * level)))
    assert sum(error <= found for error in errors) >= needed


def test_the_margin_is_the_quantile_that_the_costs_ask_for(settings: Settings) -> None:
    outcomes = np.random.default_rng(0).normal(size=4000)
    dear = settings.model_copy(update={"cost": Cost(false_positive=1, false_negative=3)})
    margin = task.decide(outcomes, np.zeros(4000), dear).margin
    assert margin == pytest.approx(np.quantile(outcomes, 0.75), abs=0.05)


def test_the_naive_forecast_is_its_column(settings: Settings) -> None:
    from sample_model import sample_table

    rows = sample_table(settings)
    found = task.baselines(np.array([1.0, 3.0]), rows, settings)
    assert (found["mean"] == 2.0).all()
    if settings.training.naive:
        np.testing.assert_array_equal(found["seasonal naive"], rows[settings.training.naive])

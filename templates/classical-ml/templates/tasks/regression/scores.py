"""Scores for forecasts; `score.Score` says how a score is defined."""

from __future__ import annotations

import numpy as np

from .bootstrap import Array
from .manifest import Quantity
from .score import Score
from .settings import Cost

Outcome = Quantity
BLOCK = 14  # neighbouring rows (days) that the bootstrap draws together: their errors resemble each other


def mae(outcomes: Array, predicted: Array, weights: Array) -> Array:
    """Mean absolute error, in the target's unit."""
    return _mean(np.abs(predicted - outcomes), weights)


def rmse(outcomes: Array, predicted: Array, weights: Array) -> Array:
    """Root mean squared error, in the target's unit."""
    return np.sqrt(_mean((predicted - outcomes) ** 2, weights))


def r2(outcomes: Array, predicted: Array, weights: Array) -> Array:
    """Share of the variance that the forecast explains."""
    variance = _mean(outcomes**2, weights) - _mean(outcomes, weights) ** 2
    return 1 - _mean((predicted - outcomes) ** 2, weights) / np.maximum(variance, np.finfo(float).tiny)


SCORES = {
    score.name: score
    for score in (
        Score("mae", False, mae, "neg_mean_absolute_error"),
        Score("rmse", False, rmse, "neg_root_mean_squared_error"),
        Score("r2", True, r2, "r2"),
    )
}


def decision_scores(outcome: Quantity, cost: Cost) -> dict[str, Score]:
    """The coverage of the interval, and the cost of planning for the forecast plus the margin."""

    def coverage(outcomes: Array, predicted: Array, weights: Array) -> Array:
        held = (outcomes >= predicted - outcome.below) & (outcomes <= predicted + outcome.above)
        return _mean(held.astype(float), weights)

    def expected_cost(outcomes: Array, predicted: Array, weights: Array) -> Array:
        return _mean(costs(outcomes, predicted + outcome.margin, cost), weights)

    return {
        "coverage": Score("coverage", True, coverage),
        "expected_cost": Score("expected_cost", False, expected_cost),
    }


def costs(outcomes: Array, planned: Array, cost: Cost) -> Array:
    """What each row would have cost, had this amount been planned for."""
    surplus = planned - outcomes
    return np.where(surplus > 0, cost.false_positive * surplus, -cost.false_negative * surplus)


def _mean(values: Array, weights: Array) -> Array:
    return np.asarray((weights @ values) / weights.sum(axis=1))

"""Scores for predicted probabilities; `score.Score` says how a score is defined."""

from __future__ import annotations

import numpy as np

from .bootstrap import Array
from .manifest import Probability
from .score import Score
from .settings import Cost

Outcome = Probability
BLOCK = 1  # rows that the bootstrap draws together


def roc_auc(outcomes: Array, predicted: Array, weights: Array) -> Array:
    """Share of (positive, negative) pairs that are ranked in the right order; ties count half."""
    positive, negative = _by_score(outcomes, predicted, weights)
    below = negative.cumsum(axis=1) - negative / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return _ratio((positive * below).sum(axis=1), pairs, otherwise=0.5)


def average_precision(outcomes: Array, predicted: Array, weights: Array) -> Array:
    """Area under the precision-recall curve, in steps."""
    positive, negative = (part[:, ::-1] for part in _by_score(outcomes, predicted, weights))
    hits = positive.cumsum(axis=1)
    precision = _ratio(hits, hits + negative.cumsum(axis=1))
    return _ratio((positive * precision).sum(axis=1), positive.sum(axis=1))


def brier(outcomes: Array, predicted: Array, weights: Array) -> Array:
    return _mean((predicted - outcomes) ** 2, weights)


def log_loss(outcomes: Array, predicted: Array, weights: Array) -> Array:
    likelihood = np.where(outcomes == 1, predicted, 1 - predicted).clip(1e-15)
    return _mean(-np.log(likelihood), weights)


SCORES = {
    score.name: score
    for score in (
        Score("roc_auc", True, roc_auc, "roc_auc"),
        Score("average_precision", True, average_precision, "average_precision"),
        Score("brier", False, brier, "neg_brier_score"),
        Score("log_loss", False, log_loss, "neg_log_loss"),
    )
}


def decision_scores(outcome: Probability, cost: Cost) -> dict[str, Score]:
    """Scores of the decision to act from the threshold upwards."""

    def precision(outcomes: Array, predicted: Array, weights: Array) -> Array:
        acts = (predicted >= outcome.threshold).astype(float)
        return _ratio(weights @ (acts * outcomes), weights @ acts)

    def recall(outcomes: Array, predicted: Array, weights: Array) -> Array:
        acts = predicted >= outcome.threshold
        return _ratio(weights @ (acts * outcomes), weights @ outcomes)

    def expected_cost(outcomes: Array, predicted: Array, weights: Array) -> Array:
        return _mean(costs(outcomes, predicted, outcome.threshold, cost), weights)

    return {
        "precision": Score("precision", True, precision),
        "recall": Score("recall", True, recall),
        "expected_cost": Score("expected_cost", False, expected_cost),
    }


def costs(outcomes: Array, predicted: Array, threshold: float, cost: Cost) -> Array:
    """What each row's decision costs."""
    acts = predicted >= threshold
    return np.where(acts, cost.false_positive * (1 - outcomes), cost.false_negative * outcomes)


def _by_score(outcomes: Array, predicted: Array, weights: Array) -> tuple[Array, Array]:
    """The weight of positives and of negatives at each distinct prediction, lowest prediction first."""
    order = np.argsort(predicted, kind="stable")
    ordered, positive = predicted[order], outcomes[order] == 1
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    weights = weights[:, order]
    total = np.add.reduceat(weights, starts, axis=1)
    hits = np.add.reduceat(weights * positive, starts, axis=1)
    return hits, total - hits


def _mean(values: Array, weights: Array) -> Array:
    return np.asarray((weights @ values) / weights.sum(axis=1))


def _ratio(above: Array, below: Array, otherwise: float = 0.0) -> Array:
    empty = np.full_like(above, otherwise, dtype=np.float64)
    return np.asarray(np.divide(above, below, out=empty, where=below > 0))

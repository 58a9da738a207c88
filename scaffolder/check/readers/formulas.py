"""Scores that can be recomputed from predictions, in plain Python, equal to scikit-learn's.

`outcomes` are 1 and 0 for a classification, numbers for a regression; all sequences have one length, at least 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean, pvariance

Numbers = Sequence[float]


def roc_auc(outcomes: Numbers, scores: Numbers) -> float | None:
    """Share of (positive, negative) pairs in the right order, ties half; None if there is only one class."""
    negatives = 0.0
    pairs = 0.0
    for hits, others in _by_score(outcomes, scores):
        pairs += hits * (negatives + others / 2)
        negatives += others
    positives = len(outcomes) - negatives
    return pairs / (positives * negatives) if positives and negatives else None


def average_precision(outcomes: Numbers, scores: Numbers) -> float | None:
    """Sum over the distinct scores, highest first, of precision times the recall gained; None without positives."""
    positives = rows = total = 0.0
    for hits, others in reversed(_by_score(outcomes, scores)):
        positives += hits
        rows += hits + others
        total += hits * positives / rows
    return total / positives if positives else None


def accuracy(outcomes: Sequence[object], decisions: Sequence[object]) -> float:
    """Share of decisions that were right, for two classes or several."""
    return fmean(outcome == decision for outcome, decision in zip(outcomes, decisions, strict=True))


def precision(outcomes: Numbers, decisions: Numbers) -> float:
    """Share of the positives among the rows decided positive; 0 if there are none."""
    return _ratio(_both(outcomes, decisions), sum(decisions))


def recall(outcomes: Numbers, decisions: Numbers) -> float:
    """Share of the positives that were decided so; 0 if there are none."""
    return _ratio(_both(outcomes, decisions), sum(outcomes))


def f1(outcomes: Numbers, decisions: Numbers) -> float:
    """Harmonic mean of precision and recall."""
    return _ratio(2 * _both(outcomes, decisions), sum(outcomes) + sum(decisions))


def macro_f1(labels: Sequence[str], said: Sequence[str]) -> float:
    """Mean F1 of the classes that occur or were said."""
    right = Counter(one for one, other in zip(labels, said, strict=True) if one == other)
    both = Counter(labels) + Counter(said)
    return fmean(2 * right[label] / count for label, count in both.items())


def cost(outcomes: Numbers, planned: Numbers, too_many: float, too_few: float) -> float:
    """Mean cost of the difference between the planned quantity, or a decision of 1 or 0, and the outcome."""
    surpluses = (plan - outcome for outcome, plan in zip(outcomes, planned, strict=True))
    return fmean(too_many * surplus if surplus > 0 else -too_few * surplus for surplus in surpluses)


def mae(outcomes: Numbers, forecasts: Numbers) -> float:
    """Mean absolute error."""
    return fmean(abs(a - b) for a, b in zip(outcomes, forecasts, strict=True))


def mse(outcomes: Numbers, forecasts: Numbers) -> float:
    """Mean squared error; of a probability, the Brier score."""
    return fmean((a - b) ** 2 for a, b in zip(outcomes, forecasts, strict=True))


def rmse(outcomes: Numbers, forecasts: Numbers) -> float:
    """Root of the mean squared error."""
    return math.sqrt(mse(outcomes, forecasts))


def r2(outcomes: Numbers, forecasts: Numbers) -> float | None:
    """Share of the variance that the forecasts explain; None if the outcomes do not vary."""
    variance = pvariance(outcomes)
    return 1 - mse(outcomes, forecasts) / variance if variance else None


def coverage(outcomes: Numbers, low: Numbers, high: Numbers) -> float:
    """Share of the outcomes inside their interval."""
    return fmean(a <= x <= b for x, a, b in zip(outcomes, low, high, strict=True))


def _by_score(outcomes: Numbers, scores: Numbers) -> list[tuple[int, int]]:
    """The numbers of positives and negatives at each distinct score, lowest first."""
    rows = Counter(scores)
    positives = Counter(score for score, outcome in zip(scores, outcomes, strict=True) if outcome == 1)
    return [(positives[score], rows[score] - positives[score]) for score in sorted(rows)]


def _both(outcomes: Numbers, decisions: Numbers) -> float:
    return sum(a * b for a, b in zip(outcomes, decisions, strict=True))


def _ratio(above: float, below: float) -> float:
    return above / below if below else 0.0

"""Scores that can be recomputed from predictions, in plain Python, equal to scikit-learn's.

`outcomes` are 1 and 0 for a classification, numbers for a regression; all sequences have one length, at least 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

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
    found = seen = 0.0
    total = 0.0
    for hits, others in reversed(_by_score(outcomes, scores)):
        found += hits
        seen += hits + others
        total += hits * found / seen
    return total / found if found else None


def accuracy(outcomes: Numbers, decisions: Numbers) -> float:
    """Share of decisions that were right."""
    return sum(a == b for a, b in zip(outcomes, decisions, strict=True)) / len(outcomes)


def precision(outcomes: Numbers, decisions: Numbers) -> float:
    """Share of the positives among the rows decided positive; 0 if there are none."""
    return _ratio(_both(outcomes, decisions), sum(decisions))


def recall(outcomes: Numbers, decisions: Numbers) -> float:
    """Share of the positives that were decided so; 0 if there are none."""
    return _ratio(_both(outcomes, decisions), sum(outcomes))


def f1(outcomes: Numbers, decisions: Numbers) -> float:
    """Harmonic mean of precision and recall."""
    return _ratio(2 * _both(outcomes, decisions), sum(outcomes) + sum(decisions))


def share_equal(labels: Sequence[str], said: Sequence[str]) -> float:
    """Share of the labels that were said; the accuracy for several classes."""
    return sum(one == other for one, other in zip(labels, said, strict=True)) / len(labels)


def macro_f1(labels: Sequence[str], said: Sequence[str]) -> float:
    """Mean F1 of the classes that occur or were said."""
    right = Counter(one for one, other in zip(labels, said, strict=True) if one == other)
    both = Counter(labels) + Counter(said)
    return math.fsum(2 * right[label] / count for label, count in both.items()) / len(both)


def decision_cost(outcomes: Numbers, decisions: Numbers, false_positive: float, false_negative: float) -> float:
    """Mean cost of a decision."""
    hits = _both(outcomes, decisions)
    paid = false_positive * (sum(decisions) - hits) + false_negative * (sum(outcomes) - hits)
    return paid / len(outcomes)


def planning_cost(outcomes: Numbers, planned: Numbers, too_many: float, too_few: float) -> float:
    """Mean cost of the difference between the planned quantity and the outcome."""
    surpluses = (plan - outcome for outcome, plan in zip(outcomes, planned, strict=True))
    return math.fsum(too_many * each if each > 0 else -too_few * each for each in surpluses) / len(outcomes)


def mae(outcomes: Numbers, forecasts: Numbers) -> float:
    """Mean absolute error."""
    return math.fsum(abs(a - b) for a, b in zip(outcomes, forecasts, strict=True)) / len(outcomes)


def mse(outcomes: Numbers, forecasts: Numbers) -> float:
    """Mean squared error; of a probability, the Brier score."""
    return math.fsum((a - b) ** 2 for a, b in zip(outcomes, forecasts, strict=True)) / len(outcomes)


def rmse(outcomes: Numbers, forecasts: Numbers) -> float:
    """Root of the mean squared error."""
    return math.sqrt(mse(outcomes, forecasts))


def r2(outcomes: Numbers, forecasts: Numbers) -> float | None:
    """Share of the variance that the forecasts explain; None if the outcomes do not vary."""
    mean = math.fsum(outcomes) / len(outcomes)
    variance = math.fsum((each - mean) ** 2 for each in outcomes) / len(outcomes)
    return 1 - mse(outcomes, forecasts) / variance if variance else None


def coverage(outcomes: Numbers, low: Numbers, high: Numbers) -> float:
    """Share of the outcomes inside their interval."""
    return sum(a <= x <= b for x, a, b in zip(outcomes, low, high, strict=True)) / len(outcomes)


def _by_score(outcomes: Numbers, scores: Numbers) -> list[tuple[int, int]]:
    """The numbers of positives and negatives at each distinct score, lowest first."""
    found: list[tuple[int, int]] = []
    last, hits, seen = None, 0, 0
    for score, outcome in sorted(zip(scores, outcomes, strict=True)):
        if score != last and seen:
            found.append((hits, seen - hits))
            hits = seen = 0
        last, hits, seen = score, hits + (outcome == 1), seen + 1
    found.append((hits, seen - hits))
    return found


def _both(outcomes: Numbers, decisions: Numbers) -> float:
    return sum(a * b for a, b in zip(outcomes, decisions, strict=True))


def _ratio(above: float, below: float) -> float:
    return above / below if below else 0.0

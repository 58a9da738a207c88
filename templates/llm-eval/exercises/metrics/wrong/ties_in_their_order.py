"""Sorts once and lets the order of the file decide between items that are equally sure."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    right = Counter(one for one, other in zip(expected, predicted, strict=True) if one == other)
    there, said = Counter(expected), Counter(predicted)
    return float(np.mean([2 * right[label] / (there[label] + said[label]) for label in there]))


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    return float(np.abs(np.bincount(places, confidence - correct)).sum() / len(confidence))


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    count = max(1, round(coverage * len(confidence)))
    return float(correct[np.argsort(-confidence, kind="stable")[:count]].mean())


def auc(scores: Array, positive: Flags) -> float:
    pairs = [np.sign(one - other) for one in scores[positive] for other in scores[~positive]]
    return float(np.mean(pairs) + 1) / 2 if pairs else float("nan")

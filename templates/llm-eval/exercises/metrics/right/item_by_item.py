"""Follows the definitions item by item and pair by pair."""

from collections.abc import Sequence
from math import ceil, nan

import numpy as np


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    scores = []
    for label in set(expected):
        pairs = [(one == label, other == label) for one, other in zip(expected, predicted, strict=True)]
        right = pairs.count((True, True))
        scores.append(right / (right + (pairs.count((True, False)) + pairs.count((False, True))) / 2))
    return sum(scores) / len(scores)


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    items = list(zip(confidence.tolist(), correct.tolist(), strict=True))
    total = 0.0
    for number in range(bins):
        inside = [one for one in items if max(0, ceil(round(one[0] * bins, 9)) - 1) == number]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            share = sum(right for _, right in inside) / len(inside)
            total += abs(mean - share) * len(inside)
    return total / len(items)


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    left = count = max(1, round(coverage * len(confidence)))
    right = 0.0
    for value in sorted(set(confidence.tolist()), reverse=True):
        group = correct[confidence == value]
        taken = min(left, len(group))
        right += taken * float(group.mean())
        left -= taken
    return right / count


def auc(scores: Array, positive: Flags) -> float:
    pairs = [np.sign(one - other) for one in scores[positive] for other in scores[~positive]]
    return float(np.mean(pairs) + 1) / 2 if pairs else nan

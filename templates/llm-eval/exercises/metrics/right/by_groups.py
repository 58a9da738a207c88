"""Follows the definitions label by label, bin by bin, group by group and pair by pair."""

from collections.abc import Sequence

import numpy as np


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    pairs, scores = list(zip(expected, predicted, strict=True)), []
    for label in set(expected):
        precise = list(predicted).count(label)
        scores.append(pairs.count((label, label)) / ((list(expected).count(label) + precise) / 2))
    return sum(scores) / len(scores)


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    numbers = np.maximum(np.ceil(np.round(confidence * bins, 9)), 1)
    total = 0.0
    for number in np.unique(numbers):
        inside = numbers == number
        total += abs(confidence[inside].mean() - correct[inside].mean()) * inside.mean()
    return float(total)


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    left = count = max(1, round(coverage * len(confidence)))
    right = 0.0
    for value in np.unique(confidence)[::-1]:
        group = correct[confidence == value]
        taken = min(left, len(group))
        right += taken * float(group.mean())
        left -= taken
        if not left:
            break
    return right / count


def auc(scores: Array, positive: Flags) -> float:
    above = np.sign(scores[positive][:, None] - scores[~positive][None, :])
    return float(above.mean() + 1) / 2 if above.size else float("nan")

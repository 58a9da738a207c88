"""Takes the mean over the labels that were predicted, so that a label which is never named costs nothing."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    right = Counter(one for one, other in zip(expected, predicted, strict=True) if one == other)
    there, said = Counter(expected), Counter(predicted)
    return float(np.mean([2 * right[label] / (there[label] + said[label]) for label in said]))


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    return float(np.abs(np.bincount(places, confidence - correct)).sum() / len(confidence))


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    count = max(1, round(coverage * len(confidence)))
    last = np.sort(confidence)[-count]
    above, tied = correct[confidence > last], correct[confidence == last]
    return float((above.sum() + (count - len(above)) * tied.mean()) / count)


def auc(scores: Array, positive: Flags) -> float:
    pairs = [np.sign(one - other) for one in scores[positive] for other in scores[~positive]]
    return float(np.mean(pairs) + 1) / 2 if pairs else float("nan")

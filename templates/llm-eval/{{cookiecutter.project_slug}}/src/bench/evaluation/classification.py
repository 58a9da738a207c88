"""Metrics that are not about ranking. Accuracy is a mean and needs no function. Arrays and sequences are [items]."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import Array

Flags = NDArray[np.bool_]


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean over the labels of `expected` of their F1, so that a rare label counts as much as a frequent one.

    A prediction that is no such label, like the "" of an answer that could not be read, is a miss of the right label.
    """
    right = Counter(one for one, other in zip(expected, predicted, strict=True) if one == other)
    there, said = Counter(expected), Counter(predicted)
    return float(np.mean([2 * right[label] / (there[label] + said[label]) for label in there]))


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    """How far confidence, from 0 to 1, is from the share of right answers: 0 is ideal.

    The mean absolute gap over `bins` of equal width, (low, high], weighted by their items (Naeini et al. 2015, Guo et
    al. 2017). With few items it is above 0 even if the confidence is ideal.
    """
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    return float(np.abs(np.bincount(places, confidence - correct)).sum() / len(confidence))


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    """Accuracy on the most confident share of the items: what leaving the others unanswered would buy.

    A point of the accuracy-coverage curve (El-Yaniv and Wiener 2010). Among items as confident as the last one that
    is answered, the order is arbitrary: those of them that are needed count with the accuracy of them all.
    """
    count = max(1, round(coverage * len(confidence)))
    last = np.sort(confidence)[-count]
    above, tied = correct[confidence > last], correct[confidence == last]
    return float((above.sum() + (count - len(above)) * tied.mean()) / count)


def auc(scores: Array, positive: Flags) -> float:
    """Chance that a positive item scores above a negative one, a tie counting half (Hanley and McNeil 1982).

    For instance whether a system's best score tells questions that the documents answer from those that they do not.
    NaN without positive or without negative items, as may happen in a resample.
    """
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]  # from 1; tied items share the mean of theirs
    positives, pairs = int(positive.sum()), int(positive.sum() * (~positive).sum())
    return float(ranks[positive].sum() - positives * (positives + 1) / 2) / pairs if pairs else float("nan")

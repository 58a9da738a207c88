"""Metrics that are not about ranking. Accuracy is a mean and needs no function.

Arrays and sequences are [items]. All functions of such raise a BenchError if there are no items, not as many in both
arguments, or a NaN among them.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..bootstrap import Array
from ..errors import BenchError

Flags = NDArray[np.bool_]

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean over the labels of `expected` of their F1, so that a rare label counts as much as a frequent one.

    A prediction that is no such label, like the "" of an answer that could not be read, is a miss of the right label.
    """
    _check(expected, predicted)
    right = Counter(one for one, other in zip(expected, predicted, strict=True) if one == other)
    there, said = Counter(expected), Counter(predicted)
    return float(np.mean([2 * right[label] / (there[label] + said[label]) for label in there]))


def exact_match(said: str, expected: str) -> float:
    """1 if the two are the same up to case, punctuation, articles and spaces (SQuAD, Rajpurkar et al. 2016), else 0."""
    return float(_words(said) == _words(expected))


def token_f1(said: str, expected: str) -> float:
    """Harmonic mean of the shares of words that two answers have in common, normalised as for `exact_match`.

    Without any word on one side, it is 1 if there is none on the other either (SQuAD 2.0, Rajpurkar et al. 2018).
    """
    ours, theirs = Counter(_words(said)), Counter(_words(expected))
    if not ours or not theirs:
        return float(ours == theirs)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def expected_calibration_error(confidence: Array, correct: Flags, bins: int = 10) -> float:
    """How far confidence, from 0 to 1, is from the share of right answers: 0 is ideal.

    The mean absolute gap over `bins` of equal width, (low, high], weighted by their items (Naeini et al. 2015, Guo et
    al. 2017). With few items it is above 0 even if the confidence is ideal.

    Raises:
        BenchError: also if a confidence is outside of 0 to 1.
    """
    _check(confidence, correct)
    if confidence.min() < 0 or confidence.max() > 1:
        raise BenchError("a confidence is not from 0 to 1")
    places = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)
    return float(np.abs(np.bincount(places, confidence - correct)).sum() / len(confidence))


def selective_accuracy(confidence: Array, correct: Flags, coverage: float = 0.5) -> float:
    """Accuracy on the most confident share of the items: what leaving the others unanswered would buy.

    A point of the accuracy-coverage curve (El-Yaniv and Wiener 2010). Among items as confident as the last one that
    is answered, the order is arbitrary: those of them that are needed count with the accuracy of them all.
    """
    _check(confidence, correct)
    count = max(1, round(coverage * len(confidence)))
    last = np.sort(confidence)[-count]
    above, tied = correct[confidence > last], correct[confidence == last]
    return float((above.sum() + (count - len(above)) * tied.mean()) / count)


def auc(scores: Array, positive: Flags) -> float:
    """Chance that a positive item scores above a negative one, a tie counting half (Hanley and McNeil 1982).

    For instance whether a system's best score tells questions that the documents answer from those that they do not.
    NaN without positive or without negative items, as may happen in a resample.
    """
    _check(scores, positive)
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]  # from 1; tied items share the mean of theirs
    positives, pairs = int(positive.sum()), int(positive.sum() * (~positive).sum())
    return float(ranks[positive].sum() - positives * (positives + 1) / 2) / pairs if pairs else float("nan")


def percentiles(ms: Array) -> dict[str, float]:
    """p50, p95 and p99 of latencies, interpolated. Of up to 100 latencies, the p99 lies between the two longest."""
    _check(ms, ms)
    return {f"p{share}": float(np.percentile(ms, share)) for share in (50, 95, 99)}


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Agreement of two raters beyond what their frequencies of labels give by chance: 1 is full (Cohen 1960).

    NaN if both give one and the same label to every item, since that may well be chance.
    """
    _check(first, second)
    agreed = float(np.mean([one == other for one, other in zip(first, second, strict=True)]))
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[label] * theirs[label] for label in ours) / len(first) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")


def _words(answer: str) -> list[str]:
    """Normalised as by the SQuAD evaluation script: first punctuation goes, then articles."""
    return ARTICLES.sub(" ", answer.lower().translate(PUNCTUATION)).split()


def _check(first: ArrayLike, second: ArrayLike) -> None:
    one, other = np.asarray(first), np.asarray(second)
    if len(one) != len(other) or not len(one) or (one != one).any():  # NaN differs from itself
        raise BenchError(f"a metric needs the same items twice and no NaN; there are {len(one)} and {len(other)} items")

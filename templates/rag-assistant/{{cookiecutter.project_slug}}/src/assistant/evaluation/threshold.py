"""Below which confidence to refuse: the threshold that tells answerable from unanswerable questions best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import Array

DIGITS = 3  # of the threshold


@dataclass(frozen=True)
class Regions:
    """The ranges of thresholds that decide alike: from above `low[i]` up to and with `high[i]`, [regions]."""

    low: Array
    high: Array

    @classmethod
    def of(cls, confidence: Array) -> Regions:
        edges = np.unique(confidence)
        return cls(np.r_[min(0.0, edges[0]), edges], np.r_[edges, max(1.0, edges[-1])])

    def middle(self, index: NDArray[np.intp]) -> Array:
        return (self.low[index] + self.high[index]) / 2


@dataclass(frozen=True)
class Choice:
    """A threshold, the range in which each is as good, and the balanced accuracy of all of them."""

    threshold: float
    good_from: float
    good_to: float
    balanced_accuracy: float


def choose(confidence: Array, answerable: NDArray[np.bool_]) -> Choice:
    """The threshold of highest balanced accuracy, which is that of Youden's J (1950).

    Among equals, the widest range: its middle is the farthest from any question.

    Args:
        confidence: [questions]; below the threshold a question is refused.
        answerable: [questions]; both kinds must be there.
    """
    regions = Regions.of(confidence)
    accuracy = balanced_accuracies(confidence, answerable, regions, np.ones((1, len(confidence))))[0]
    width = np.where(np.isclose(accuracy, accuracy.max()), regions.high - regions.low, -1.0)
    best = int(width.argmax())
    low, high = float(regions.low[best]), float(regions.high[best])
    middle = (low + high) / 2
    short = round(middle, DIGITS)
    return Choice(short if low < short <= high else middle, low, high, float(accuracy[best]))


def resampled(confidence: Array, answerable: NDArray[np.bool_], weights: Array) -> Array:
    """The thresholds chosen on resamples with both kinds of questions, [at most resamples]."""
    regions = Regions.of(confidence)
    both = (weights[:, answerable].sum(axis=1) > 0) & (weights[:, ~answerable].sum(axis=1) > 0)
    accuracies = balanced_accuracies(confidence, answerable, regions, weights[both])
    return regions.middle(accuracies.argmax(axis=1))


def balanced_accuracies(
    confidence: Array, answerable: NDArray[np.bool_], regions: Regions, weights: Array
) -> NDArray[np.float64]:
    """Mean of the share of answerable questions answered and that of the others refused, [resamples, regions]."""
    answered = confidence[:, None] > regions.low[None, :]
    answered[:, 0] = True  # the lowest range refuses nothing, not even a confidence of its lower end
    yes, no = weights * answerable, weights * ~answerable
    right = yes @ answered / yes.sum(axis=1, keepdims=True)
    refused = no @ ~answered / no.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = (right + refused) / 2
    return found


def shares(confidence: Array, answerable: NDArray[np.bool_], threshold: float) -> tuple[float, float]:
    """Share of the answerable questions that are answered, and of the others that are refused."""
    answered = confidence >= threshold
    return float(answered[answerable].mean()), float((~answered[~answerable]).mean())

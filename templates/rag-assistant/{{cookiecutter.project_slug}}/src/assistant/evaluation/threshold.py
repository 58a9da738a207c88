"""Choose the confidence below which to refuse: the best threshold between answerable and unanswerable questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import Array

DIGITS = 3  # of the threshold


@dataclass(frozen=True)
class Regions:
    """Ranges of thresholds with the same decisions: above `low[i]`, up to and including `high[i]`, [regions]."""

    low: Array
    high: Array

    @classmethod
    def of(cls, confidence: Array) -> Regions:
        edges = np.unique(confidence)
        return cls(np.r_[min(0.0, edges[0]), edges], np.r_[edges, max(1.0, edges[-1])])

    def middle(self, index: NDArray[np.intp] | np.intp) -> Array:
        """The upper end where no number lies between: a threshold at the lower end would decide otherwise."""
        low, high = self.low[index], self.high[index]
        return np.where((low + high) / 2 > low, (low + high) / 2, high)


@dataclass(frozen=True)
class Choice:
    """A threshold, and the range in which each is as good."""

    threshold: float
    good_from: float
    good_to: float


def choose(confidence: Array, answerable: NDArray[np.bool_]) -> Choice:
    """The threshold at which the worse of two shares is best: answerable questions answered, others refused.

    One share rises with the threshold and the other falls, so they meet near it: the point of equal error rates,
    which moves less from sample to sample than the peak of their sum does where the curves are flat. Among equals,
    the widest range: its middle is the farthest from any question.

    Args:
        confidence: [questions]; below the threshold a question is refused.
        answerable: [questions]; both kinds must be there.
    """
    regions = Regions.of(confidence)
    worse = worse_shares(confidence, answerable, regions, np.ones((1, len(confidence))))[0]
    width = np.where(np.isclose(worse, worse.max()), regions.high - regions.low, -1.0)
    best = width.argmax()
    low, high = float(regions.low[best]), float(regions.high[best])
    middle = float(regions.middle(best))
    short = round(middle, DIGITS)
    return Choice(short if low < short <= high else middle, low, high)


def resampled(confidence: Array, answerable: NDArray[np.bool_], weights: Array) -> Array:
    """The thresholds chosen on resamples with both kinds of questions, [at most resamples]."""
    regions = Regions.of(confidence)
    both = (weights[:, answerable].sum(axis=1) > 0) & (weights[:, ~answerable].sum(axis=1) > 0)
    return regions.middle(worse_shares(confidence, answerable, regions, weights[both]).argmax(axis=1))


def worse_shares(
    confidence: Array, answerable: NDArray[np.bool_], regions: Regions, weights: Array
) -> NDArray[np.float64]:
    """The smaller of the share of answerable questions answered and of the others refused, [resamples, regions]."""
    answered = confidence[:, None] > regions.low[None, :]
    answered[:, 0] = True  # the lowest range refuses nothing, not even a confidence of its lower end
    yes, no = weights * answerable, weights * ~answerable
    right = yes @ answered / yes.sum(axis=1, keepdims=True)
    refused = no @ ~answered / no.sum(axis=1, keepdims=True)
    found: NDArray[np.float64] = np.minimum(right, refused)
    return found


def shares(confidence: Array, answerable: NDArray[np.bool_], threshold: float) -> tuple[float, float]:
    """Share of the answerable questions that are answered, and of the others that are refused."""
    answered = confidence >= threshold
    return float(answered[answerable].mean()), float((~answered[~answerable]).mean())

"""Choose the confidence below which to refuse: the best threshold between answerable and unanswerable questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import bootstrap
from ..bootstrap import Array, Rows

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

    def middle(self, index: int) -> float:
        """The upper end where no number lies between: a threshold at the lower end would decide otherwise."""
        low, high = float(self.low[index]), float(self.high[index])
        return middle if (middle := (low + high) / 2) > low else high


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
    worse = worse_shares(confidence, answerable, regions)
    width = np.where(np.isclose(worse, worse.max()), regions.high - regions.low, -1.0)
    best = int(width.argmax())
    low, high = float(regions.low[best]), float(regions.high[best])
    middle = regions.middle(best)
    short = round(middle, DIGITS)
    return Choice(short if low < short <= high else middle, low, high)


def interval(confidence: Array, answerable: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    """The central 95% of the thresholds chosen on resamples with both kinds of questions."""

    def chosen(rows: Rows) -> list[float]:
        kinds = answerable[rows]
        return [choose(confidence[rows], kinds).threshold if kinds.any() and not kinds.all() else np.nan]

    ((low, high),) = bootstrap.intervals(chosen, len(confidence), seed)
    return float(low), float(high)


def worse_shares(confidence: Array, answerable: NDArray[np.bool_], regions: Regions) -> Array:
    """The smaller of the share of answerable questions answered and of the others refused, [regions]."""
    answered = confidence[:, None] > regions.low[None, :]
    answered[:, 0] = True  # the lowest range refuses nothing, not even a confidence of its lower end
    found: Array = np.minimum(answered[answerable].mean(axis=0), (~answered[~answerable]).mean(axis=0))
    return found


def shares(confidence: Array, answerable: NDArray[np.bool_], threshold: float) -> tuple[float, float]:
    """Share of the answerable questions that are answered, and of the others that are refused."""
    answered = confidence >= threshold
    return float(answered[answerable].mean()), float((~answered[~answerable]).mean())

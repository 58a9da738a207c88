"""What a score is: a function of outcomes, predictions and the rows' weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .bootstrap import Array


class Function(Protocol):
    """Outcomes [rows], predictions [rows], weights [resamples, rows] -> values [resamples]."""

    def __call__(self, outcomes: Array, predicted: Array, weights: Array, /) -> Array: ...


@dataclass(frozen=True)
class Score:
    """A score of weighted rows: weights of one give the score, counts of draws that of a resample."""

    name: str
    higher_is_better: bool
    function: Function
    sklearn: str | None = None  # scikit-learn's name for it, where cross-validation may choose by it

    def one(self, outcomes: Array, predicted: Array) -> float:
        """The score of the rows as they are."""
        return float(self.function(outcomes, predicted, np.ones((1, len(outcomes))))[0])

"""A score: a function of outcomes, predictions and the rows' weights."""

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
    """A score of weighted rows. With weights of 1 it is the plain score; with counts of draws, that of a resample."""

    name: str
    higher_is_better: bool
    function: Function
    sklearn: str | None = None  # scikit-learn's name for it, if cross-validation may use it

    def one(self, outcomes: Array, predicted: Array) -> float:
        """The score of all rows, each counted once."""
        return float(self.function(outcomes, predicted, np.ones((1, len(outcomes))))[0])

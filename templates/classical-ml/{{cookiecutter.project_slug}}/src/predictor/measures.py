"""A score of predictions for outcomes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .manifest import Array

Scorer = Callable[..., float]  # (pipeline, table, outcomes); more is better
Rule = Callable[[Array, Array], Array]  # (outcomes, predicted), with as many rows


@dataclass(frozen=True)
class Score:
    label: str  # as people write it
    higher_is_better: bool
    function: Callable[[Array, Array], float]  # (outcomes, predicted); NaN if it has no meaning for them
    sklearn: str | Scorer | None = None  # for cross-validation: scikit-learn's name for it, or a function
    hits: Rule | None = None  # of a share: 1 or 0 for each row, NaN for one that it is not about

    @property
    def sign(self) -> int:
        """1 if more is better, otherwise -1."""
        return 1 if self.higher_is_better else -1


def share(label: str, hits: Rule) -> Score:
    """The score that is the share of ones among the `hits`."""

    def mean(outcomes: Array, predicted: Array) -> float:
        found = hits(outcomes, predicted)
        about = found[~np.isnan(found)]
        return float(about.mean()) if len(about) else np.nan

    return Score(label, True, mean, hits=hits)

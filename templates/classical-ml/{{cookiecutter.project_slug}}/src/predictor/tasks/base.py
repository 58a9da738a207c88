"""A score of predictions for outcomes."""

from collections.abc import Callable
from dataclasses import dataclass

from ..manifest import Array


@dataclass(frozen=True)
class Score:
    label: str  # as people write it
    higher_is_better: bool
    function: Callable[[Array, Array], float]  # (outcomes, predicted), both of shape [rows]
    sklearn: str | None = None  # scikit-learn's name for it, if cross-validation may use it

    @property
    def sign(self) -> int:
        """1 if more is better, otherwise -1."""
        return 1 if self.higher_is_better else -1

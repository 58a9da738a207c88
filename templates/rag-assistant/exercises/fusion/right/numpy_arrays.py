"""Scales with arrays, and fills one dictionary in two passes."""

from collections.abc import Sequence

import numpy as np


def min_max(scores: Sequence[float]) -> list[float]:
    values = np.asarray(scores, dtype=float)
    if values.size == 0 or np.ptp(values) == 0:
        return [1.0] * values.size
    scaled: list[float] = np.interp(values, [values.min(), values.max()], [0.0, 1.0]).tolist()
    return scaled


def convex_combination(dense: Scored, lexical: Scored, dense_weight: float) -> dict[str, float]:
    total: dict[str, float] = {}
    for ranking, weight in ((dense, dense_weight), (lexical, 1 - dense_weight)):
        for (passage, _), scaled in zip(ranking, min_max([score for _, score in ranking]), strict=True):
            total[passage] = total.get(passage, 0.0) + weight * scaled
    return total

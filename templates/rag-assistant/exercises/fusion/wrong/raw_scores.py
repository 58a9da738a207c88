"""Adds cosines to BM25 scores as they are, so that the words decide alone."""

from collections.abc import Sequence


def min_max(scores: Sequence[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]


def convex_combination(dense: Scored, lexical: Scored, dense_weight: float) -> dict[str, float]:
    near, worded = dict(dense), dict(lexical)
    ids = [*near, *(one for one in worded if one not in near)]
    return {one: dense_weight * near.get(one, 0.0) + (1 - dense_weight) * worded.get(one, 0.0) for one in ids}

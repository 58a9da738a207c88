"""Keeps only the passages that both searches have found."""

from collections.abc import Sequence


def min_max(scores: Sequence[float]) -> list[float]:
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    return [(score - low) / (high - low) if high > low else 1.0 for score in scores]


def convex_combination(dense: Scored, lexical: Scored, dense_weight: float) -> dict[str, float]:
    near = dict(zip([one for one, _ in dense], min_max([score for _, score in dense]), strict=True))
    worded = dict(zip([one for one, _ in lexical], min_max([score for _, score in lexical]), strict=True))
    return {one: dense_weight * near[one] + (1 - dense_weight) * worded[one] for one in near if one in worded}

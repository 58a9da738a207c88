"""Divides by the highest score, which leaves the lowest above 0 and fails where scores are negative or equal to 0."""

from collections.abc import Sequence


def min_max(scores: Sequence[float]) -> list[float]:
    highest = max(scores, default=0.0)
    return [score / highest if highest else 1.0 for score in scores]


def convex_combination(dense: Scored, lexical: Scored, dense_weight: float) -> dict[str, float]:
    near = dict(zip([one for one, _ in dense], min_max([score for _, score in dense]), strict=True))
    worded = dict(zip([one for one, _ in lexical], min_max([score for _, score in lexical]), strict=True))
    ids = dict.fromkeys([*near, *worded])
    return {one: dense_weight * near.get(one, 0.0) + (1 - dense_weight) * worded.get(one, 0.0) for one in ids}

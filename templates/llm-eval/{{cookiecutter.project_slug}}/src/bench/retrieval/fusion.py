"""Two rankings made one."""

from collections.abc import Sequence

Scored = Sequence[tuple[str, float]]  # ids of passages, best first


def convex_combination(dense: Scored, lexical: Scored, dense_weight: float) -> dict[str, float]:
    """Passages of either ranking with `dense_weight * dense + (1 - dense_weight) * lexical`, each scaled to 0..1.

    The scaling is min-max over the candidates and a passage that one ranking lacks gets 0 there, as in Bruch,
    Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, ACM TOIS 42(1), 2023, who found this to
    beat reciprocal rank fusion in and out of domain.
    """
    near, worded = _scaled(dense), _scaled(lexical)
    ids = dict.fromkeys([*near, *worded])
    return {one: dense_weight * near.get(one, 0.0) + (1 - dense_weight) * worded.get(one, 0.0) for one in ids}


def min_max(scores: Sequence[float]) -> list[float]:
    """The scores, in their order, moved and stretched to reach from 0 to 1; all 1 if they are equal."""
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    width = high - low
    return [(score - low) / width if width else 1.0 for score in scores]


def _scaled(scored: Scored) -> dict[str, float]:
    return dict(zip((one for one, _ in scored), min_max([score for _, score in scored]), strict=True))

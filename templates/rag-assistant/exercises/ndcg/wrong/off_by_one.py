"""Discounts rank r by log2(r + 2), as code does that counts ranks from 0."""

from collections.abc import Sequence
from math import log2


def recall(ranks: Sequence[int | None], k: int) -> float:
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def ndcg(ranks: Sequence[int | None], k: int = 10) -> float:
    found = sorted(rank for rank in ranks if rank is not None and rank <= k)
    gained = sum(1 / log2(max(rank, place) + 2) for place, rank in enumerate(found, 1))
    return gained / sum(1 / log2(place + 2) for place in range(1, min(k, len(ranks)) + 1))


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)

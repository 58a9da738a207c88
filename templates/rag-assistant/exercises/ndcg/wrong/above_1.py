"""Counts each piece at the rank of its passage, so that one passage with everything beats the ideal ranking."""

from collections.abc import Sequence
from math import log2


def recall(ranks: Sequence[int | None], k: int) -> float:
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def ndcg(ranks: Sequence[int | None], k: int = 10) -> float:
    gained = sum(1 / log2(rank + 1) for rank in ranks if rank is not None and rank <= k)
    return gained / sum(1 / log2(place + 1) for place in range(1, min(k, len(ranks)) + 1))


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)

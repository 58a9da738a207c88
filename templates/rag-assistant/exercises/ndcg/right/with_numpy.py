"""Discounts all ranks at once."""

from collections.abc import Sequence

import numpy as np


def recall(ranks: Sequence[int | None], k: int) -> float:
    return sum(1 for rank in ranks if rank and rank <= k) / len(ranks)


def ndcg(ranks: Sequence[int | None], k: int = 10) -> float:
    found = np.sort([rank for rank in ranks if rank is not None and rank <= k])
    places = np.maximum(found, np.arange(1, len(found) + 1))
    ideal = np.arange(1, min(k, len(ranks)) + 1)
    return float(np.sum(1 / np.log2(places + 1)) / np.sum(1 / np.log2(ideal + 1)))


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    first = min((rank for rank in ranks if rank is not None), default=k + 1)
    return 1 / first if first <= k else 0.0

"""How well passages are ranked, question by question.

Each function takes, for every piece of a question's evidence, the rank of the first passage that covers it
(None where no passage does), so that a second passage with the same evidence gains nothing: novelty in the
sense of Clarke et al. 2008, with discounts of Järvelin and Kekäläinen 2002.
"""

from collections.abc import Sequence
from math import log2

Ranks = Sequence[int | None]

DEPTH = 10  # of nDCG and MRR


def recall(ranks: Ranks, k: int) -> float:
    """Share of the evidence in the first `k` passages."""
    return len(_within(ranks, k)) / len(ranks)


def ndcg(ranks: Ranks, k: int = DEPTH) -> float:
    """Discounted gain of the first `k` passages, as a share of what the ideal ranking gains.

    The ideal ranking shows one piece of evidence at each rank. A long passage that covers several at once is
    no better than that: the i-th piece is discounted as if found at rank i at the earliest.
    """
    gained = sum(_discount(max(rank, place)) for place, rank in enumerate(sorted(_within(ranks, k)), 1))
    return gained / sum(_discount(place) for place in range(1, min(len(ranks), k) + 1))


def reciprocal_rank(ranks: Ranks, k: int = DEPTH) -> float:
    """One over the rank of the first passage with any evidence; 0 beyond `k`."""
    return max((1 / rank for rank in _within(ranks, k)), default=0.0)


def _within(ranks: Ranks, k: int) -> list[int]:
    return [rank for rank in ranks if rank is not None and rank <= k]


def _discount(rank: int) -> float:
    return 1 / log2(rank + 1)

"""A second look at the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..embedding.base import Vectors
from ..hits import Hit
from ..stores.base import Store
from .fusion import min_max

SENTENCE_WEIGHT = 0.3  # of the best sentence; the rest is the score that the passage came with


class BestSentence:
    """Rescoring by the sentence nearest to the question, so that one good sentence outweighs the text around it.

    The vectors were stored when the passages were: nothing is embedded here. The best sentence as the score of
    a whole text is MaxP of Dai and Callan, Deeper Text Understanding for IR, SIGIR 2019, one level down.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def rerank(self, question: str, vector: Vectors, hits: list[Hit]) -> list[Hit]:  # noqa: ARG002
        vectors = self._store.sentence_vectors([hit.chunk.id for hit in hits])
        best = [_best(vectors.get(hit.chunk.id), vector) for hit in hits]
        scaled = zip(min_max([hit.score for hit in hits]), min_max(best), strict=True)
        mixed = [(1 - SENTENCE_WEIGHT) * passage + SENTENCE_WEIGHT * sentence for passage, sentence in scaled]
        scored = zip(hits, mixed, best, strict=True)
        return ordered([replace(hit, score=score, rerank=cosine) for hit, score, cosine in scored])


class Mmr:
    """Maximal marginal relevance: near the question, but unlike what stands above it.

    Carbonell and Goldstein, The Use of MMR, Diversity-Based Reranking, SIGIR 1998. A passage's vector is here
    the mean of its sentences'.
    """

    def __init__(self, store: Store, trade_off: float) -> None:
        self._store, self._trade_off = store, trade_off

    def rerank(self, question: str, vector: Vectors, hits: list[Hit]) -> list[Hit]:  # noqa: ARG002
        vectors = self._store.sentence_vectors([hit.chunk.id for hit in hits])
        passages = np.stack([_mean(vectors.get(hit.chunk.id), vector) for hit in hits])
        relevance = min_max([hit.score for hit in hits])
        chosen = maximal_marginal_relevance(np.array(relevance), passages, self._trade_off, len(hits))
        # The order is the result; a score that falls with the rank keeps it when hits are sorted again.
        return [
            replace(hits[index], score=1 - rank / len(hits), rerank=float(value))
            for rank, (index, value) in enumerate(chosen)
        ]


def maximal_marginal_relevance(
    relevance: Vectors, vectors: Vectors, trade_off: float, count: int
) -> list[tuple[int, float]]:
    """Indices with their marginal relevance, in the order chosen.

    Args:
        relevance: [n], from 0 to 1.
        vectors: [n, dimensions], of length 1.
        trade_off: lambda; 1 is relevance alone, 0 is variety alone.
        count: how many to choose.
    """
    chosen: list[tuple[int, float]] = []
    redundancy = np.zeros(len(relevance))
    left = np.ones(len(relevance), dtype=bool)
    while left.any() and len(chosen) < count:
        marginal = np.where(left, trade_off * relevance - (1 - trade_off) * redundancy, -np.inf)
        index = int(marginal.argmax())
        chosen.append((index, float(marginal[index])))
        left[index] = False
        redundancy = np.maximum(redundancy, vectors @ vectors[index])
    return chosen


def ordered(hits: Sequence[Hit]) -> list[Hit]:
    """Best first; equal scores by id, so that the order never depends on the database."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def _best(sentences: Vectors | None, vector: Vectors) -> float:
    return float((sentences @ vector).max()) if sentences is not None and len(sentences) else -1.0


def _mean(sentences: Vectors | None, like: Vectors) -> Vectors:
    total: Vectors = sentences.sum(axis=0) if sentences is not None and len(sentences) else np.zeros_like(like)
    length = float(np.linalg.norm(total))
    return total / length if length else total

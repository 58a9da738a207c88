"""A question in, the best passages out."""

from __future__ import annotations

from typing import Protocol

from ..embedding.base import Embedder, Vectors
from ..hits import Hit, Where
from ..settings import Retrieval
from ..stores.base import VERSION, Store
from .cache import QueryCache
from .fusion import Scored, convex_combination


class Reranker(Protocol):
    """Puts candidates into a better order. Safe to call from several threads."""

    def rerank(self, question: str, vector: Vectors, hits: list[Hit]) -> list[Hit]:
        """The same hits, best first, with `rerank` and `score` set to what the order rests on.

        Args:
            question: as asked.
            vector: the question's, [dimensions].
            hits: at least one, best first.

        Raises:
            Unavailable: a model server does not answer or answers nonsense.
        """


class Retriever:
    """Candidates by meaning, by words or by both, reranked if the settings ask for it, remembered."""

    def __init__(self, store: Store, embedder: Embedder, settings: Retrieval, reranker: Reranker | None = None) -> None:
        self._store, self._embedder, self._settings, self._reranker = store, embedder, settings, reranker
        self.cache = QueryCache(settings.cache_size)

    def search(self, question: str, where: Where | None = None, k: int | None = None) -> list[Hit]:
        """At most `k` passages (`top_k` of the settings if None), best first.

        Raises:
            QuestionError: `where` names a field or value that no document has.
            Unavailable: the database or a model server does not answer or answers nonsense.
        """
        wanted = self._settings.top_k if k is None else k
        filters = frozenset((field, frozenset(values)) for field, values in (where or {}).items())
        key = (self._store.facts().get(VERSION), question, filters, wanted)
        hits = self.cache.get(key)
        if hits is None:
            hits = self._candidates(question, where, wanted)
            self.cache.put(key, hits)
        return hits

    def _candidates(self, question: str, where: Where | None, k: int) -> list[Hit]:
        count = max(k, self._settings.candidates)
        vector = self._vector(question)
        dense = [] if vector is None or self._settings.method == "bm25" else self._store.dense(vector, count, where)
        lexical = [] if self._settings.method == "dense" else self._store.lexical(question, count, where)
        hits = self._hits(dense, lexical)[:count]
        if self._reranker and vector is not None and hits:
            hits = self._reranker.rerank(question, vector, hits)
        return hits[:k]

    def _vector(self, question: str) -> Vectors | None:
        if self._settings.method == "bm25" and self._reranker is None:
            return None
        vector: Vectors = self._embedder.embed([question])[0]
        return vector

    def _hits(self, dense: Scored, lexical: Scored) -> list[Hit]:
        scores = self._fused(dense, lexical)
        near, worded = dict(dense), dict(lexical)
        ids = sorted(scores, key=lambda one: (-scores[one], one))
        return [
            Hit(chunk, scores[chunk.id], dense=near.get(chunk.id), lexical=worded.get(chunk.id))
            for chunk in self._store.chunks(ids)
        ]

    def _fused(self, dense: Scored, lexical: Scored) -> dict[str, float]:
        match self._settings.method:
            case "dense":
                return dict(dense)
            case "bm25":
                return dict(lexical)
            case "hybrid":
                return convex_combination(dense, lexical, self._settings.dense_weight)

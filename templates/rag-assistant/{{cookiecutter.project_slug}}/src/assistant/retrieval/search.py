"""A question in, the best passages out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..embedding.base import Vectors
from ..hits import Hit
from ..settings import Retrieval
from ..stores.base import Index, Where
from .fusion import Scored, convex_combination, min_max

SENTENCE_WEIGHT = 0.3  # of the best sentence in reranking; the rest is the score that the passage came with


class Retriever:
    """Candidates by meaning, by words or by both, reranked if the settings ask for it. Safe to call from threads."""

    def __init__(self, index: Index, settings: Retrieval, embed: Callable[..., Vectors] | None = None) -> None:
        self._store, self._settings, self._embed = index.store, settings, embed or index.embedder.embed

    def search(self, question: str, where: Where | None = None, k: int | None = None) -> list[Hit]:
        """At most `k` of the candidates (`top_k` of the settings if None), best first.

        Raises:
            QuestionError: `where` names a field or value that no document has.
            Unavailable: the database does not answer.
        """
        wanted, method = self._settings.top_k if k is None else k, self._settings.method
        count = max(self._settings.top_k, self._settings.candidates)  # whatever `k` is: scores depend on it
        vector = self._embed((question,))[0]
        with self._store.transaction(write=False):
            dense = [] if method == "bm25" else self._store.dense(vector, count, where)
            lexical = [] if method == "dense" else self._store.lexical(question, count, where)
            hits = self._fused(dense, lexical, vector)[:count]
        return (_reranked(hits) if self._settings.rerank == "sentences" else hits)[:wanted]

    def _fused(self, dense: Scored, lexical: Scored, vector: Vectors) -> list[Hit]:
        """The passages of both rankings; of one method, the other's ranking is empty and weighs nothing."""
        weight = {"dense": 1.0, "bm25": 0.0}.get(self._settings.method, self._settings.dense_weight)
        scores = convex_combination(dense, lexical, weight)
        sentences = self._store.sentence_vectors(list(scores))
        cosines = {chunk: tuple((vectors @ vector).tolist()) for chunk, vectors in sentences.items()}
        found = self._store.chunks(list(scores))
        return _best_first(Hit(one, scores[one.id], cosines.get(one.id, ())) for one in found)


def _reranked(hits: Sequence[Hit]) -> list[Hit]:
    """Rescored by the sentence nearest to the question, so that one good sentence outweighs the text around it.

    The best sentence as the score of a whole text is MaxP of Dai and Callan, Deeper Text Understanding for IR with
    Contextual Neural Language Modeling, SIGIR 2019, one level down.
    """
    passages, sentences = [hit.score for hit in hits], [max(hit.cosines, default=-1.0) for hit in hits]
    scaled = zip(hits, min_max(passages), min_max(sentences), strict=True)
    return _best_first(
        replace(hit, score=(1 - SENTENCE_WEIGHT) * passage + SENTENCE_WEIGHT * sentence)
        for hit, passage, sentence in scaled
    )


def _best_first(hits: Iterable[Hit]) -> list[Hit]:
    """Equal scores by id, so that the order never depends on the database."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))

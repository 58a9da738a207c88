"""How well each sentence of the retrieved passages fits a question, and whether they are enough for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..embedding.base import Embedder, Vectors
from ..hits import Hit
from ..passages import Span
from ..stores.base import Store
from .words import asked_words, coverage

COVERAGE_WEIGHT = 0.3  # of the question's words that the best passages have; the rest is the best sentence's cosine
BEST_PASSAGES = 3  # whose words count: with more of them, any word turns up somewhere


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a hit: `hits[hit].chunk.sentences[index]`."""

    hit: int
    index: int
    span: Span
    text: str
    cosine: float  # with the question


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of the hits, in their order, with `vectors` [sentences, dimensions].

    `confidence` says how far to trust that they answer the question, from 0 to 1.
    """

    sentences: tuple[Sentence, ...]
    vectors: Vectors
    confidence: float


class EvidenceFinder:
    """Weighs passages. Safe to use from several threads."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder

    def find(self, question: str, hits: Sequence[Hit]) -> Evidence:
        """The evidence in these hits; their sentences' vectors come from the store, none is made here.

        Raises:
            Unavailable: the database or the embedding server does not answer.
        """
        vector = self._embedder.embed([question])[0]
        stored = self._store.sentence_vectors([hit.chunk.id for hit in hits])
        empty = np.zeros((0, len(vector)), dtype=np.float32)
        vectors = np.concatenate([empty, *(stored.get(hit.chunk.id, empty) for hit in hits)])
        cosines = iter((vectors @ vector).tolist())
        sentences = tuple(
            Sentence(position, index, span, text, next(cosines))
            for position, hit in enumerate(hits)
            if hit.chunk.id in stored
            for index, (span, text) in enumerate(zip(hit.chunk.sentences, hit.chunk.sentence_texts(), strict=True))
        )
        return Evidence(sentences, vectors, confidence(question, hits, sentences))


def confidence(question: str, hits: Sequence[Hit], sentences: Sequence[Sentence]) -> float:
    """Confidence from 0 to 1: how similar the best sentence is, and how many of the question's words the passages have.

    Embeddings find something near for any question about the corpus's subject; the words tell whether it is about
    the very thing that was asked for.
    """
    if not sentences:
        return 0.0
    nearness = max(0.0, *(one.cosine for one in sentences))
    texts = [" ".join((hit.chunk.title, *hit.chunk.section, hit.chunk.text)) for hit in hits[:BEST_PASSAGES]]
    return min(1.0, (1 - COVERAGE_WEIGHT) * nearness + COVERAGE_WEIGHT * coverage(asked_words(question), texts))

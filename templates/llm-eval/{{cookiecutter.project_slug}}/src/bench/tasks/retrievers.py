"""From a question to passages, best first: by words, by meaning, or by both."""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Literal

import bm25s
import numpy as np
from pydantic import Field

from .. import encoders
from ..bootstrap import Array
from ..embedding.base import Vectors
from ..passages import Chunk
from ..retrieval.fusion import convex_combination
from ..settings import Section
from ..words import content_words, indexed_words

CANDIDATES = 30  # passages that each method contributes

Found = list[tuple[str, float]]  # passage ids and scores, best first


class RetrieverOptions(Section):
    kind: Literal["bm25", "dense", "hybrid"]
    embedder: encoders.Name = "minilm"
    dense_weight: float = Field(default=0.8, ge=0, le=1)  # in the hybrid; the rest is BM25's


@dataclass(eq=False)
class Index:
    """The passages of one chunker, with what the retrievers need of them."""

    chunks: list[Chunk]

    @cached_property
    def by_id(self) -> dict[str, Chunk]:
        return {chunk.id: chunk for chunk in self.chunks}

    @cached_property
    def texts(self) -> list[str]:
        return [self.text(one) for one in self.chunks]

    @staticmethod
    def text(one: Chunk) -> str:
        """What is read of a passage: headings first, as they often say what "it" in the text is."""
        return f"{' > '.join(dict.fromkeys([one.title, *one.section]))}\n{one.text}"

    @cache  # noqa: B019  (there are few indexes, and they are needed until the end)
    def vectors(self, embedder: str) -> Vectors:
        """Unit vectors [passages, numbers]: with that of a question, they give the cosine of the angle between them."""
        return encoders.embedded(embedder, self.texts)

    @cached_property
    def sentences(self) -> dict[str, Vectors]:
        """For each passage the unit vectors of its sentences by MiniLM, [sentences, 384]."""
        texts = [one.sentence_texts() for one in self.chunks]
        ends = np.cumsum([len(one) for one in texts])
        parts = np.split(encoders.embedded("minilm", list(chain(*texts))), ends[:-1])
        return dict(zip(self.by_id, parts, strict=True))

    @cached_property
    def tokens(self) -> dict[str, Vectors]:
        """For each passage the unit vectors of its tokens by ColBERT, [tokens, 384]."""
        return dict(zip(self.by_id, encoders.tokens(self.texts, remember=True), strict=True))

    @cached_property
    def words(self) -> bm25s.BM25:
        """BM25 in the form of Lucene (Kamphuis et al. 2020)."""
        found = bm25s.BM25(method="lucene")
        found.index([indexed_words(one).split() for one in self.chunks], show_progress=False)
        return found

    def find(self, options: RetrieverOptions, question: str) -> Found:
        """The passages that a retriever finds, best first."""
        if options.kind == "bm25":
            return self._by_words(question)
        dense = self._best(self.vectors(options.embedder) @ encoders.query(options.embedder, question))
        if options.kind == "dense":
            return dense
        scores = convex_combination(dense, self._by_words(question), options.dense_weight)
        return sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:CANDIDATES]

    def _by_words(self, question: str) -> Found:
        words = content_words(question)
        return self._best(self.words.get_scores(words)) if words else []

    def _best(self, scores: Array | Vectors) -> Found:
        order = np.argsort(-scores, kind="stable")[:CANDIDATES]
        return [(self.chunks[place].id, float(scores[place])) for place in order if scores[place] > 0]

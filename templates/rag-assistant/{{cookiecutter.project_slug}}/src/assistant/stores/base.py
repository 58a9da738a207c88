"""What a vector database has to offer; `tests/test_stores.py` holds each adapter to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ..embedding.base import Vectors
from ..hits import Where
from ..passages import Chunk, Document, Metadata

VERSION = "version"  # a fact that `replace`, `remove` and `clear` set to a value never used before


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list shows it."""

    id: str
    title: str
    digest: str
    chunks: int
    metadata: Metadata


class Store(Protocol):
    """Documents with their passages and vectors. Safe to call from several threads.

    Each method raises `Unavailable` when the database does not answer. Filters are applied before the
    best `k` are chosen, so a filter never costs recall.
    """

    def transaction(self) -> AbstractContextManager[None]:
        """Everything written inside takes effect together, or, after an exception or a kill, not at all."""

    def replace(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, sentences: Vectors) -> None:
        """Put a document in the place of an earlier one of the same id.

        Args:
            document: the whole document.
            chunks: its passages, in order; their metadata are the document's.
            vectors: [chunks, dimensions].
            sentences: [all sentences of all chunks, dimensions], in the order of the chunks.
        """

    def remove(self, document: str) -> bool:
        """Forget a document; False if there was none."""

    def clear(self) -> None:
        """Forget every document and every fact."""

    def documents(self) -> list[Listed]:
        """All documents, ordered by id."""

    def document(self, document: str) -> Document | None:
        """One document with its text."""

    def dense(self, vector: Vectors, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        """Ids of the `k` passages nearest to `vector` [dimensions] with their cosine similarity, best first.

        Raises:
            QuestionError: `where` names a field or value that no document has.
        """

    def lexical(self, text: str, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        """Ids of at most `k` passages that share words with `text`, with a BM25-like score, best first.

        Words of `text` are words and nothing else: the database's query language has no say in it.

        Raises:
            QuestionError: `where` names a field or value that no document has.
        """

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The passages with these ids, in this order; unknown ones are left out."""

    def sentence_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """For each of these passages its sentences' vectors, [sentences, dimensions]."""

    def facets(self) -> dict[str, dict[str, int]]:
        """For each metadata field how many documents have each value."""

    def facts(self) -> dict[str, str]:
        """What is known of the index as a whole: how it was made, the baseline of its scores."""

    def set_facts(self, facts: Mapping[str, str]) -> None:
        """Add or replace facts."""

    def close(self) -> None: ...

"""A vector database: what every kind of it does. The SQL for it is in the module of the kind that is used."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from ..embedding.base import Embedder, Vectors, encodable
from ..errors import FilterError
from ..passages import Chunk, Document, Metadata
from ..words import content_words, indexed_words

Where = Mapping[str, Sequence[str]]  # field -> accepted values; a passage must satisfy every field


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list shows it."""

    id: str
    title: str
    digest: str
    chunks: int
    metadata: Metadata


DOCUMENT, LISTED, CHUNK = TypeAdapter(Document), TypeAdapter(Listed), TypeAdapter(Chunk)


class Store(ABC):
    """Documents with their passages and vectors. Safe to call from several threads.

    Each method raises `Unavailable` when the database does not answer. Filters are applied before the best `k` are
    chosen, so a filter never costs recall. Equally good passages come in the order of their ids. The vectors of an
    index are all of one length; `fingerprint` names the embedding model that makes them.
    """

    @abstractmethod
    def transaction(self, *, write: bool = True) -> AbstractContextManager[None]:
        """Everything written inside takes effect together, or, after an exception or a kill, not at all.

        What is read inside is of one state of the index. Without `write`, nobody is waited for.
        """

    @abstractmethod
    def close(self) -> None:
        """Close what this thread, or on PostgreSQL any thread, has open; nothing may be in use."""

    @abstractmethod
    def _rows(self, query: str, **values: Any) -> list[Any]:
        """The rows that the query of this name returns; lists and filters are handed to it as JSON."""

    def replace(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, sentences: Vectors) -> None:
        """Put a document in the place of an earlier one of the same id.

        Args:
            document: the whole document.
            chunks: its passages, in order; their metadata are the document's.
            vectors: [chunks, dimensions].
            sentences: [all sentences of all chunks, dimensions], in the order of the chunks.
        """
        listed = Listed(document.id, document.title, document.digest, len(chunks), document.metadata)
        ends = np.cumsum([len(chunk.sentences) for chunk in chunks], dtype=int)
        with self.transaction():
            self.remove(document.id)
            row = {"listed": LISTED.dump_json(listed).decode(), "content": DOCUMENT.dump_json(document).decode()}
            self._rows("add_document", id=document.id, **row)
            for chunk, vector, own in zip(chunks, vectors, np.split(sentences, ends)[:-1], strict=True):
                self._rows(
                    "add_chunk",
                    id=chunk.id,
                    document=document.id,
                    content=CHUNK.dump_json(chunk).decode(),
                    vector=json.dumps(vector.tolist()),
                    sentences=own.astype("<f4").tobytes(),
                    words=indexed_words(chunk),
                )

    def remove(self, document: str) -> bool:
        """Forget a document; False if there was none."""
        with self.transaction():
            return bool(self._rows("remove", id=encodable(document)))

    def clear(self) -> None:
        """Forget every document and how the index was made."""
        with self.transaction():
            self._rows("clear")

    def documents(self) -> list[Listed]:
        """All documents, ordered by id."""
        return [LISTED.validate_json(listed) for (listed,) in self._rows("documents")]

    def document(self, document: str) -> Document | None:
        """One document with its text."""
        return next((DOCUMENT.validate_json(row[0]) for row in self._rows("document", id=encodable(document))), None)

    def dense(self, vector: Vectors, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        """Ids of the `k` passages nearest to `vector` [dimensions] with their cosine similarity, best first.

        Raises:
            FilterError: `where` names a field or value that no document has.
        """
        found = self._rows("dense", vector=json.dumps(vector.tolist()), k=k, where=self._filter(where))
        return [(chunk, min(1.0, max(-1.0, 1 - distance))) for chunk, distance in found]

    def lexical(self, text: str, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        """Ids of at most `k` passages that share words with `text`, with a BM25-like score, best first.

        Words of `text` are words and nothing else: the database's query language has no say in it.

        Raises:
            FilterError: `where` names a field or value that no document has.
        """
        return self._rows("lexical", words=json.dumps(content_words(text)), k=k, where=self._filter(where))

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The passages with these ids, in this order; unknown ones are left out."""
        return [CHUNK.validate_json(content) for (content,) in self._rows("chunks", ids=json.dumps(list(ids)))]

    def sentence_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """For each of these passages its sentences' vectors, [sentences, dimensions]."""
        found = self._rows("sentence_vectors", ids=json.dumps(list(ids)))
        return {id_: np.frombuffer(content, "<f4").reshape(count, -1) for id_, content, count in found if count}

    def facets(self) -> dict[str, dict[str, int]]:
        """For each metadata field how many documents have each value."""
        return {name: json.loads(counts) for name, counts in self._rows("facets")}

    def fingerprint(self) -> str | None:
        """How the index was made, as `set_fingerprint` was told; None for a new or cleared one."""
        return str(self._rows("fingerprint")[0][0]) or None

    def set_fingerprint(self, fingerprint: str) -> None:
        """Note how the index is made."""
        self._rows("set_fingerprint", fingerprint=fingerprint)

    def _filter(self, where: Where | None) -> str:
        """The filter as JSON. One that nothing can pass is a mistake that its author wants to hear of."""
        facets = self.facets() if where else {}
        for name, accepted in (where or {}).items():
            if name not in facets:
                raise FilterError(f"no document has a field {name!r}; there are: {_some(facets)}")
            if unknown := [value for value in accepted if value not in facets[name]]:
                raise FilterError(f"no document's {name} is {unknown[0]!r}; there are: {_some(facets[name])}")
        return json.dumps({name: list(accepted) for name, accepted in (where or {}).items()})


@dataclass(frozen=True, slots=True)
class Index:
    """A store, and the embedder that makes the vectors in it."""

    store: Store
    embedder: Embedder


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:8]) or "none"

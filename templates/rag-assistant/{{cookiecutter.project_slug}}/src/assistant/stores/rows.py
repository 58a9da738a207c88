"""How passages look in the tables of every store, and how vectors and filters are checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from ..embedding.base import Vectors
from ..errors import QuestionError, StaleIndex
from ..hits import Where
from ..passages import Chunk, Document, Span

SHOWN = 8  # of the names that a filter could have used

ChunkRow = tuple[str, str, str, str, int, int, str, str, str]  # as in CHUNK_COLUMNS
CHUNK_COLUMNS = """
    chunks.id, documents.id, documents.title, chunks.section, chunks.start, chunks.stop, chunks.text,
    chunks.sentences, documents.metadata
"""


def chunk_from(row: ChunkRow) -> Chunk:
    id_, document, title, section, start, stop, text, sentences, metadata = row
    spans = tuple(Span(*pair) for pair in json.loads(sentences))
    return Chunk(id_, document, title, tuple(json.loads(section)), Span(start, stop), text, spans, json.loads(metadata))


def document_from(row: tuple[str, str, str, str, str]) -> Document:
    id_, title, text, digest, metadata = row
    return Document(id_, title, text, digest, json.loads(metadata))


def spans_as_json(spans: Sequence[Span]) -> str:
    return json.dumps([(one.start, one.end) for one in spans])


def vectors_as_bytes(vectors: Vectors) -> bytes:
    return np.ascontiguousarray(vectors, dtype="<f4").tobytes()


def vectors_from_bytes(content: bytes, dimensions: int) -> Vectors:
    return np.frombuffer(content, dtype="<f4").astype(np.float32).reshape(-1, dimensions)


def sentences_by_chunk(chunks: Sequence[Chunk], sentences: Vectors) -> list[Vectors]:
    """The sentences' vectors, which come one below the other, cut into one table for each passage."""
    ends = np.cumsum([len(chunk.sentences) for chunk in chunks])
    return np.split(sentences, ends[:-1]) if chunks else []


def check_shape(vectors: Vectors, dimensions: int) -> None:
    """Vectors of another model must neither get into the index nor be compared with it.

    Raises:
        StaleIndex: they have another length than those of the index.
    """
    if vectors.shape[-1] != dimensions:
        raise StaleIndex(
            f"the index holds vectors of {dimensions} numbers, but the embedding model makes {vectors.shape[-1]}; "
            "run `make ingest` to index the documents anew"
        )


def check_where(where: Where, facets: Mapping[str, Mapping[str, int]]) -> None:
    """A filter that nothing can pass is a mistake that its author wants to hear of.

    Raises:
        QuestionError: it names a field or a value that no document has.
    """
    for name, accepted in where.items():
        if name not in facets:
            raise QuestionError(f"no document has a field {name!r}; there are: {_some(facets)}")
        unknown = [value for value in accepted if value not in facets[name]]
        if unknown or not accepted:
            asked = f"is {unknown[0]!r}" if unknown else "is one of no values"
            raise QuestionError(f"no document's {name} {asked}; there are: {_some(facets[name])}")


def _some(names: Mapping[str, object]) -> str:
    shown = sorted(names)[:SHOWN]
    return ", ".join(shown) + (", ..." if len(names) > SHOWN else "") if shown else "none"

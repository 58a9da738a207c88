"""PostgreSQL with pgvector for the vectors, and BM25 in SQL over stems for the words.

Vectors are compared one by one, which is exact and fast enough for tens of thousands of passages. For more, add

    CREATE INDEX ON assistant.vectors USING hnsw ((embedding::vector(384)) vector_cosine_ops);

with the dimensions of your embedding model, and drop it before the model changes. Searches with a filter do not use
it: pgvector would choose the nearest first and filter afterwards, so filtered passages are still compared one by one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from ..embedding.base import Vectors
from ..hits import Where
from ..passages import Chunk, Document
from .base import VERSION, Listed
from .postgres_server import Connection, PostgresServer
from .rows import (
    CHUNK_COLUMNS,
    check_shape,
    check_where,
    chunk_from,
    document_from,
    sentences_by_chunk,
    spans_as_json,
    vectors_as_bytes,
    vectors_from_bytes,
)
from .words import content_words, indexed_words

DENSE = """
SELECT chunks.id, 1 - best.distance FROM (
    SELECT chunk, embedding::vector({size}) <=> %(vector)s::vector({size}) AS distance FROM vectors
    ORDER BY distance, chunk LIMIT %(k)s
) AS best JOIN chunks ON chunks.number = best.chunk ORDER BY best.distance, chunks.number
"""
FILTERED_DENSE = """
WITH near AS MATERIALIZED (
    SELECT chunk, embedding::vector({size}) <=> %(vector)s::vector({size}) AS distance FROM vectors
    WHERE chunk IN (SELECT number FROM chunks WHERE {allowed})
)
SELECT chunks.id, 1 - distance FROM near JOIN chunks ON chunks.number = chunk
ORDER BY distance, chunks.number LIMIT %(k)s
"""
# BM25 (Robertson and Zaragoza 2009) with the constants of SQLite's FTS5: k1 = 1.2, b = 0.75, and no weight below 1e-6.
# The sum has an order, or equal passages would differ in the last digit.
LEXICAL = """
WITH corpus AS (SELECT count(*)::float8 AS size, avg(length)::float8 AS mean FROM chunks),
weights AS (
    SELECT lexeme, greatest(1e-6, ln((size - count(*) + 0.5) / (count(*) + 0.5))) AS weight
    FROM unnest(to_tsvector('stemmed', %(words)s)) AS asked JOIN words USING (lexeme) CROSS JOIN corpus
    GROUP BY lexeme, size
)
SELECT chunks.id, sum(
    weight * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean)) ORDER BY lexeme
) AS score
FROM weights JOIN words USING (lexeme) JOIN chunks ON chunks.number = words.chunk CROSS JOIN corpus
WHERE {allowed} GROUP BY chunks.number ORDER BY score DESC, chunks.number LIMIT %(k)s
"""
ALLOWED = "document IN (SELECT document FROM labels WHERE name = %(name{i})s AND value = ANY(%(values{i})s))"
ADD_CHUNK = """
INSERT INTO chunks (id, document, section, start, stop, text, sentences, sentence_vectors, length)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, coalesce(sum(cardinality(positions)), 0)
FROM unnest(to_tsvector('stemmed', %s)) RETURNING number
"""
ADD_WORDS = """
INSERT INTO words (lexeme, chunk, frequency)
SELECT lexeme, %s, cardinality(positions) FROM unnest(to_tsvector('stemmed', %s))
"""


class PostgresStore:
    """A store in the schema `name` of the database at `url`.

    An index of other `dimensions` can be opened, looked at and cleared; the rest raises StaleIndex.

    Raises:
        Unavailable: the server does not answer, lacks pgvector, or refuses.
    """

    def __init__(self, url: str, dimensions: int, name: str = "assistant") -> None:
        self._dimensions = dimensions
        self._server = PostgresServer(url, dimensions, name)

    def close(self) -> None:
        self._server.close()

    def transaction(self) -> AbstractContextManager[None]:
        return self._transaction()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._server.writing():
            yield

    def replace(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, sentences: Vectors) -> None:
        with self._server.writing() as connection:
            check_shape(vectors, _stored_dimensions(connection))
            connection.execute("DELETE FROM documents WHERE id = %s", (document.id,))
            number = _add_document(connection, document)
            for chunk, vector, own in zip(chunks, vectors, sentences_by_chunk(chunks, sentences), strict=True):
                _add_chunk(connection, number, chunk, vector, own)
            _renew_version(connection)

    def remove(self, document: str) -> bool:
        with self._server.writing() as connection:
            removed = connection.execute("DELETE FROM documents WHERE id = %s", (document,)).rowcount > 0
            if removed:
                _renew_version(connection)
            return removed

    def clear(self) -> None:
        with self._server.writing() as connection:
            connection.execute("DELETE FROM documents")
            connection.execute("DELETE FROM facts")
            connection.execute("UPDATE format SET dimensions = %s", (self._dimensions,))
            _renew_version(connection)

    def documents(self) -> list[Listed]:
        rows = self._rows("""
            SELECT documents.id, title, digest, count(chunks.number), metadata
            FROM documents LEFT JOIN chunks ON chunks.document = documents.number
            GROUP BY documents.number ORDER BY documents.id COLLATE "C"
        """)
        return [
            Listed(id_, title, digest, chunks, json.loads(metadata)) for id_, title, digest, chunks, metadata in rows
        ]

    def document(self, document: str) -> Document | None:
        rows = self._rows("SELECT id, title, text, digest, metadata FROM documents WHERE id = %s", (document,))
        return document_from(rows[0]) if rows else None

    def dense(self, vector: Vectors, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        with self._server.reading() as connection:
            check_shape(vector, _stored_dimensions(connection))
        query = (FILTERED_DENSE if where else DENSE).replace("{size}", str(len(vector)))
        found = self._search(query, where, vector=_as_text(vector), k=k)
        return [(chunk, min(1.0, max(-1.0, similarity))) for chunk, similarity in found]

    def lexical(self, text: str, k: int, where: Where | None = None) -> list[tuple[str, float]]:
        return self._search(LEXICAL, where, words=" ".join(content_words(text)), k=k)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        rows = self._rows(
            f"""
            SELECT {CHUNK_COLUMNS} FROM unnest(%s::text[]) WITH ORDINALITY AS wanted (id, place)
            JOIN chunks ON chunks.id = wanted.id JOIN documents ON documents.number = chunks.document ORDER BY place
            """,  # noqa: S608 (a constant)
            (list(ids),),
        )
        return [chunk_from(row) for row in rows]

    def sentence_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        with self._server.reading() as connection:
            dimensions = _stored_dimensions(connection)
            rows = connection.execute("SELECT id, sentence_vectors FROM chunks WHERE id = ANY(%s)", (list(ids),))
            return {id_: vectors_from_bytes(content, dimensions) for id_, content in rows}

    def facets(self) -> dict[str, dict[str, int]]:
        facets: dict[str, dict[str, int]] = {}
        for name, value, count in self._rows("SELECT name, value, count(*) FROM labels GROUP BY name, value"):
            facets.setdefault(name, {})[value] = count
        return facets

    def facts(self) -> dict[str, str]:
        return dict(self._rows("SELECT name, value FROM facts"))

    def set_facts(self, facts: Mapping[str, str]) -> None:
        with self._server.writing() as connection:
            for fact in facts.items():
                _set_fact(connection, *fact)

    def _rows(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        with self._server.reading() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def _search(self, query: str, where: Where | None, **values: Any) -> list[tuple[str, float]]:
        """Fill `{allowed}` of the query with the filter."""
        parts = ["TRUE"]
        if where:
            check_where(where, self.facets())
            for i, (name, accepted) in enumerate(where.items()):
                parts.append(ALLOWED.format(i=i))
                values |= {f"name{i}": name, f"values{i}": list(accepted)}
        return self._rows(query.format(allowed=" AND ".join(parts)), values)


def _stored_dimensions(connection: Connection) -> int:
    (row,) = connection.execute("SELECT dimensions FROM format")
    return int(row[0])


def _add_document(connection: Connection, document: Document) -> int:
    values = (document.id, document.title, document.text, document.digest, json.dumps(dict(document.metadata)))
    (row,) = connection.execute(
        "INSERT INTO documents (id, title, text, digest, metadata) VALUES (%s, %s, %s, %s, %s) RETURNING number", values
    )
    labels = [(name, value, row[0]) for name, value in document.metadata.items()]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO labels (name, value, document) VALUES (%s, %s, %s)", labels)
    return int(row[0])


def _add_chunk(connection: Connection, document: int, chunk: Chunk, vector: Vectors, sentences: Vectors) -> None:
    words = indexed_words(chunk)
    values = (
        chunk.id,
        document,
        json.dumps(chunk.section),
        chunk.span.start,
        chunk.span.end,
        chunk.text,
        spans_as_json(chunk.sentences),
        vectors_as_bytes(sentences),
        words,
    )
    (row,) = connection.execute(ADD_CHUNK, values)
    connection.execute("INSERT INTO vectors VALUES (%s, %s::vector)", (row[0], _as_text(vector)))
    connection.execute(ADD_WORDS, (row[0], words))


def _as_text(vector: Vectors) -> str:
    return "[" + ",".join(map(str, vector.tolist())) + "]"


def _renew_version(connection: Connection) -> None:
    _set_fact(connection, VERSION, uuid.uuid4().hex)


def _set_fact(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO facts VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )

"""A library's three house rules, and an embedder that needs no model: what the tests index and ask about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.documents.chunking import Chunking
from assistant.embedding.base import Embedder, Vectors
from assistant.passages import Chunk, Document, Span
from assistant.settings import Answering, Corpus, Evaluation, Settings
from assistant.stores.base import Index, Store
from assistant.stores.chosen import open_store
from database import place

FILES = {
    "guides/loans.md": """\
---
title: Loans
kind: guide
topic: borrowing
---
# Loans

Everybody with a card may borrow books.

## Periods

A book is lent for four weeks. A film is lent for one week.

## Renewals

A loan can be renewed twice. Nobody can renew a book that another reader has reserved.
""",
    "guides/rooms.md": """\
---
title: Rooms
kind: guide
topic: building
---
# Rooms

The quiet room is on the second floor.

## Group rooms

Group rooms hold eight people. Reserve them at the desk or on the website.
""",
    "reference/fees.md": """\
---
title: Fees
kind: reference
topic: borrowing
---
# Fees

A card costs ten euros a year.

## Late books

Each late day costs twenty cents. A lost book costs its price and five euros.
""",
}
ALL = tuple(sorted(name.removesuffix(".md") for name in FILES))


def ids(index: Index) -> tuple[str, ...]:
    """The ids of the documents that are indexed."""
    return tuple(one.id for one in index.store.documents())


def other(settings: Settings) -> Settings:
    """Settings that make another index."""
    return settings.model_copy(update={"chunking": Chunking(method="fixed", size=100, overlap=0)})


def write_corpus(folder: Path) -> Path:
    """Write the files into `folder`; returns it."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def toy_documents() -> list[Document]:
    """The files as documents, without asking the readers."""
    return [_document(name, content) for name, content in FILES.items()]


def _document(name: str, content: str) -> Document:
    _, head, text = content.split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Document(name.removesuffix(".md"), fields.pop("title"), text, digest, fields)


def toy_chunks(document: Document) -> list[Chunk]:
    """One passage for each heading and what stands below it, without asking the chunkers."""
    return list(_chunks(document))


def _chunks(document: Document) -> Iterator[Chunk]:
    top = ""
    for number, found in enumerate(re.finditer(r"^(#+) (.+)\n\n(.+)\n", document.text, re.MULTILINE)):
        level, heading, paragraph = found.groups()
        top = heading if level == "#" else top
        sentences = re.finditer(r"[^.\s][^.]*\.", paragraph)
        offset = found.start(3)
        yield Chunk(
            id=f"{document.id}#{number}",
            document=document.id,
            title=document.title,
            section=(top,) if level == "#" else (top, heading),
            span=Span(found.start(), found.end()),
            text=found.group(),
            sentences=tuple(Span(offset + one.start(), offset + one.end()) for one in sentences),
            metadata=document.metadata,
        )


class HashEmbedder:
    """A bag of word beginnings, hashed into 64 dimensions: texts that share words are near each other."""

    name = "hash-64"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors [texts, 64]; a text without long words points along the first axis."""
        return np.array([self._one(text) for text in texts], dtype=np.float32).reshape(-1, self.dimensions)

    def _one(self, text: str) -> Vectors:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in re.findall(r"\w{4,}", text.lower()):
            digest = hashlib.sha256(word[:5].encode("utf-8", "replace")).digest()
            vector[digest[0] % self.dimensions] += 1 if digest[1] % 2 else -1
        length = np.linalg.norm(vector)
        return vector / length if length else np.eye(1, self.dimensions, dtype=np.float32)[0]


def toy_settings(folder: Path) -> Settings:
    """Settings for the toy corpus in `folder/corpus`, with an index for `folder`, and no questions yet."""
    corpus = Corpus(
        title="House rules",
        example="What does each late day cost?",
        folder=str(folder / "corpus"),
        index=place(folder),
    )
    evaluation = Evaluation(benchmark=str(folder / "benchmark.jsonl"))
    return Settings(corpus=corpus, answering=Answering(abstain_below=0.2), evaluation=evaluation)


def open_toy(settings: Settings) -> Index:
    """The index that the settings name, with the toy embedder; a process of its own can call it, too."""
    embedder = HashEmbedder()
    return Index(open_store(settings.corpus.index), embedder)


def index_toy(store: Store, embedder: Embedder, documents: Sequence[Document] = ()) -> None:
    """Put documents (the three of the toy corpus unless others are given) into the store."""
    with store.transaction():
        for document in documents or toy_documents():
            index_document(store, embedder, document)


def index_document(store: Store, embedder: Embedder, document: Document) -> None:
    """Cut, embed and store one document."""
    chunks = toy_chunks(document)
    sentences = [sentence for chunk in chunks for sentence in chunk.sentence_texts()]
    store.replace(document, chunks, embedder.embed([chunk.text for chunk in chunks]), embedder.embed(sentences))

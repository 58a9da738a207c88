"""Keep the index up to date with a folder of documents, and with documents uploaded through the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np

from ..documents.chunking import chunk
from ..embedding.base import Embedder, Vectors
from ..errors import DocumentError, StaleIndex
from ..passages import Chunk, Document
from ..settings import Settings
from ..stores.base import Index, Listed
from .folder import UPLOADS, Cut, cut, list_files, read_files
from .readers import read_document, shown

FORMAT = 3  # of what readers and chunkers make; raise it when they change, and every index is made again
DOCUMENTS_AT_ONCE = 10  # are embedded together: the embedder puts texts of like length side by side
PASSAGES_AT_ONCE = 50  # of an upload: some seconds on a slow machine


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did to the documents of the index, uploads included, in words."""

    text: str
    refused: Mapping[str, str]  # a sentence for the name of each file that cannot be taken


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an uploaded document has come: how many of its passages are embedded, or why it cannot be indexed."""

    embedded: int = 0
    passages: int = 0  # 0 until it has been read
    document: Listed | None = None  # as soon as it is in the index
    error: str | None = None


def ingest(folder: Path, index: Index, settings: Settings) -> IngestReport:
    """Bring the index up to date with the folder. After an error or a kill, the index is as it was before.

    Only new and changed files are cut and embedded, unless the index was made with other settings. A file that cannot
    be read is refused, and the version of it that the index may have stays. Uploaded documents stay.

    Raises:
        DocumentError: the folder is missing or empty, or there is nothing to index.
        Unavailable: the database does not answer.
    """
    listing, store, made = list_files(folder), index.store, fingerprint(settings, index.embedder)
    with store.transaction():
        before = {one.id: one.digest for one in store.documents()}
        for gone in before.keys() - {*listing.ids.values()}:
            if not is_upload(gone):
                store.remove(gone)
        known, saved = before, list[Document]()
        if store.fingerprint() != made:
            known, saved = {}, [document for one in before if (document := store.document(one))]
            store.clear()
        _add(index, (one for _, _, one in read_files(listing, settings, known)))
        there = {one.id for one in store.documents()}
        _add(index, (Cut(one, chunk(one, settings.chunking)) for one in saved if one.id not in there))
        listed = store.documents()
        if not listed:
            raise DocumentError(f"no file can be read; the first problem: {next(iter(listing.refused.values()))}")
        store.set_fingerprint(made)
    after = {one.id: one.digest for one in listed}
    same = len(before.items() & after.items())
    return IngestReport(
        f"{len(after.keys() - before)} added, {len(after.keys() & before) - same} changed, "
        f"{len(before.keys() - after)} removed, {same} unchanged; "
        f"passages in the index: {sum(one.chunks for one in listed)}",
        listing.refused,
    )


def add_upload(open_index: Callable[[Settings], Index], settings: Settings, name: str, data: bytes) -> Iterator[Upload]:
    """Index a document that came through the service, in the place of an earlier one of this name; say how far it is.

    Its id is `uploads/` and the name's; it stays until `remove_upload`. Until the last step, the index is as it was.
    To be called through `sandbox.steps`.

    Raises:
        DocumentError: the file cannot be read, or its id is that of an upload with another name.
        StaleIndex: the index was made with other settings.
        Unavailable: the database does not answer.
    """
    found = read_document(name, data, settings.limits)
    document, chunks = cut(replace(found, id=f"{UPLOADS}/{found.id}"), settings)
    index, vectors = open_index(settings), list[tuple[Vectors, Vectors]]()
    with closing(index.store):
        _require_free(index, settings, document)
        for start in range(0, len(chunks), PASSAGES_AT_ONCE):
            yield Upload(start, len(chunks))
            vectors += _embed(index.embedder, [chunks[start : start + PASSAGES_AT_ONCE]])
        with index.store.transaction():
            _require_free(index, settings, document)
            index.store.replace(document, chunks, *map(np.concatenate, zip(*vectors, strict=True)))
    listed = Listed(document.id, document.title, document.digest, len(chunks), document.metadata)
    yield Upload(len(chunks), len(chunks), listed)


def remove_upload(index: Index, document: str) -> bool:
    """Forget an uploaded document; False if there is none of this id.

    Raises:
        DocumentError: a file of the folder stands for it, so that the next ingest would bring it back.
        Unavailable: the database does not answer.
    """
    with index.store.transaction():
        if not is_upload(document) and index.store.document(document):
            raise DocumentError(f"{document} is a file of the corpus folder; delete the file, then run: make ingest")
        return index.store.remove(document)


def is_upload(document: str) -> bool:
    """Whether the document of this id came through the service."""
    return document.startswith(f"{UPLOADS}/")


def fingerprint(settings: Settings, embedder: Embedder) -> str:
    """How an index is made with these settings; indexes made differently cannot be mixed."""
    how = settings.chunking
    return f"{embedder.name}; {how.method} chunks of {how.size}, overlap {how.overlap}; format {FORMAT}"


def require_current(index: Index, settings: Settings) -> None:
    """Check that the index can be searched with these settings.

    Raises:
        StaleIndex: there is none, or it was made with others.
        Unavailable: the database does not answer.
    """
    found, needed = index.store.fingerprint(), fingerprint(settings, index.embedder)
    if found is None:
        raise StaleIndex("there is no index yet; run: make ingest")
    if found != needed:
        raise StaleIndex(f"the index was made with ({found}), the settings say ({needed}); run: make ingest")


def in_context(one: Chunk) -> str:
    """The text of a passage to embed: its title and headings come first, as they often say what "it" in the text is."""
    return f"{' > '.join(dict.fromkeys([one.title, *one.section]))}\n{one.text}"


def _require_free(index: Index, settings: Settings, document: Document) -> None:
    """Check that the index is current, and has no upload of another name with this document's id."""
    require_current(index, settings)
    earlier = index.store.document(document.id)
    if earlier and earlier.metadata["source"] != document.metadata["source"]:
        name, other = shown(document.metadata["source"]), shown(earlier.metadata["source"])
        raise DocumentError(f"{name} would replace the upload {other}; rename the file, or delete that one")


def _add(index: Index, cuts: Iterable[Cut]) -> None:
    rest = iter(cuts)
    while batch := list(islice(rest, DOCUMENTS_AT_ONCE)):
        vectors = _embed(index.embedder, [chunks for _, chunks in batch])
        for (document, chunks), own in zip(batch, vectors, strict=True):
            index.store.replace(document, chunks, *own)


def _embed(embedder: Embedder, groups: Sequence[Sequence[Chunk]]) -> list[tuple[Vectors, Vectors]]:
    """For each group of passages their vectors, and those of their sentences."""
    texts = [[*map(in_context, chunks), *chain(*(one.sentence_texts() for one in chunks))] for chunks in groups]
    vectors = np.split(embedder.embed(list(chain(*texts))), np.cumsum([len(own) for own in texts])[:-1])
    return [(own[: len(chunks)], own[len(chunks) :]) for chunks, own in zip(groups, vectors, strict=True)]

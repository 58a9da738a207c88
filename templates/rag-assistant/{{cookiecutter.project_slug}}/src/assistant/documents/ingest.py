"""Keep the index up to date with a folder of documents, and with documents uploaded through the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from ..embedding.base import Embedder
from ..errors import DocumentError, StaleIndex
from ..passages import Chunk, Document
from ..settings import Settings
from ..stores.base import Listed, Store
from .chunking import Chunking, chunk
from .folder import UPLOADS, list_files, read_file
from .names import document_id, shown
from .readers import digest, read_document, reader_of

FINGERPRINT = "fingerprint"  # the fact that says how an index was made
FORMAT = 1  # of what readers and chunkers make; raise it when they change, and every index is made again
TEXTS_AT_ONCE = 500  # that are embedded together at least: texts of like length take a fifth less time than mixed ones

Progress = Callable[[int, int, str], None]  # (files done, all files, name of the last)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. The first four hold the ids of documents, `refused` a reason for each file's name."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    chunks: int  # in the index now, uploads included
    refused: Mapping[str, str]
    rebuilt: bool  # everything was cut and embedded anew, because the settings are other ones


def ingest(
    folder: Path, store: Store, embedder: Embedder, settings: Settings, progress: Progress | None = None
) -> IngestReport:
    """Bring the index up to date with the folder. After an error or a kill, the index is as it was before.

    Only new and changed files are read, unless the index was made with other settings. A file that cannot be read
    is refused, and the version of it that the index may have stays. Uploaded documents stay.

    Raises:
        DocumentError: the folder is missing or empty, or not one of its files can be read.
        Unavailable: the database or a model server does not answer.
    """
    listing = list_files(folder)
    with store.transaction():
        run = _Run(store, embedder, settings)
        for name, reason in listing.refused.items():
            run.refuse(name, reason)
        for done, (name, path) in enumerate(listing.files.items(), start=1):
            run.take(name, path)
            if progress:
                progress(done, len(listing.files), name)
        return run.finish()


def index_document(store: Store, document: Document, chunking: Chunking, embedder: Embedder) -> list[Chunk]:
    """Cut a document, embed its passages and their sentences, and put it into the store."""
    chunks = chunk(document, chunking)
    _embed_and_store(store, embedder, [(document, chunks)])
    return chunks


def in_context(one: Chunk) -> str:
    """The text of a passage to embed: its title and headings come first, as they often say what "it" in the text is."""
    path = [one.title, *(heading for heading in one.section if heading != one.title)]
    return f"{' > '.join(path)}\n{one.text}"


def _embed_and_store(store: Store, embedder: Embedder, cut: Sequence[tuple[Document, Sequence[Chunk]]]) -> None:
    passages = [[in_context(one) for one in chunks] for _, chunks in cut]
    sentences = [[sentence for one in chunks for sentence in one.sentence_texts()] for _, chunks in cut]
    texts = list(dict.fromkeys(chain(*passages, *sentences)))  # passages that overlap share sentences
    vectors = embedder.embed(texts)
    rows = {text: row for row, text in enumerate(texts)}
    for (document, chunks), own, parts in zip(cut, passages, sentences, strict=True):
        store.replace(document, chunks, vectors[[rows[text] for text in own]], vectors[[rows[text] for text in parts]])


def add_document(store: Store, embedder: Embedder, settings: Settings, name: str, data: bytes) -> Listed:
    """Index a document that came through the service, in the place of an earlier one of this name.

    Its id is `uploads/` and the name; it stays until `remove_document`.

    Raises:
        DocumentError: the name is not that of a file, or the content cannot be read.
        StaleIndex: the index was made with other settings.
        Unavailable: the database or a model server does not answer.
    """
    if "/" in name:
        raise DocumentError(f"{shown(name)} is a path; give only the name of the file")
    document = read_document(name, data, settings.limits)
    document = replace(document, id=f"{UPLOADS}/{document.id}")
    with store.transaction():
        require_current(store, settings, embedder)
        chunks = index_document(store, document, settings.chunking, embedder)
    return Listed(document.id, document.title, document.digest, len(chunks), document.metadata)


def remove_document(store: Store, document: str) -> bool:
    """Forget an uploaded document; False if there is none of this id.

    Raises:
        DocumentError: a file of the folder stands for it, so that the next ingest would bring it back.
        Unavailable: the database does not answer.
    """
    with store.transaction():
        if not is_upload(document) and store.document(document):
            raise DocumentError(f"{document} is a file of the corpus folder; delete the file, then run: make ingest")
        return store.remove(document)


def is_upload(document: str) -> bool:
    """Whether the document of this id came through the service."""
    return document.startswith(f"{UPLOADS}/")


def fingerprint(settings: Settings, embedder: Embedder) -> str:
    """Identifies how an index is made with these settings; indexes made differently cannot be mixed."""
    cut = settings.chunking
    return f"{embedder.name}; {cut.method} chunks of {cut.size}, overlap {cut.overlap}; format {FORMAT}"


def require_current(store: Store, settings: Settings, embedder: Embedder) -> None:
    """Check that the index can be searched with these settings.

    Raises:
        StaleIndex: there is none, or it was made with others.
        Unavailable: the database does not answer.
    """
    found, needed = store.facts().get(FINGERPRINT), fingerprint(settings, embedder)
    if found is None:
        raise StaleIndex("there is no index yet; run: make ingest")
    if found != needed:
        raise StaleIndex(f"the index was made with ({found}), the settings say ({needed}); run: make ingest")


class _Run:
    """One ingest, inside its transaction."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self._store, self._embedder, self._settings = store, embedder, settings
        self._before = {listed.id: listed.digest for listed in store.documents()}
        self._made = fingerprint(settings, embedder)
        self._anew = store.facts().get(FINGERPRINT) != self._made
        self._saved: dict[str, Document] = {}  # of the index that is made anew
        if self._anew:
            self._saved = {name: found for name in self._before if (found := store.document(name))}
            store.clear()
        self._waiting: list[tuple[Document, list[Chunk]]] = []  # to be embedded together
        self._names: dict[str, str] = {}  # of files, by the id of the document that each stands for
        self._indexed: list[str] = []
        self._unchanged: list[str] = []
        self._refused: dict[str, str] = {}

    def take(self, name: str, path: Path) -> None:
        """Index a file, unless the index has it already."""
        try:
            identity = self._claim(name)
            data = read_file(path, name, self._settings.limits)
            same = digest(data) == self._before.get(identity)
            if self._anew or not same:
                self._index(read_document(name, data, self._settings.limits))
                self._indexed.append(identity)
            if same:
                self._unchanged.append(identity)
        except DocumentError as error:
            self._refused[name] = str(error)

    def refuse(self, name: str, reason: str) -> None:
        """Note a file that cannot be taken."""
        with suppress(DocumentError):
            self._claim(name)
        self._refused[name] = reason

    def finish(self) -> IngestReport:
        """Remove documents whose files are gone, and add back uploaded ones that a rebuilt index lacks."""
        indexed, unchanged = set(self._indexed), set(self._unchanged)
        removed = [one for one in self._before if one not in self._names and not is_upload(one)]
        for one in removed:
            self._store.remove(one)
        for one in sorted(self._saved.keys() - indexed - set(removed)):
            self._index(self._saved[one])
        self._flush()
        listed = self._store.documents()
        if not listed:
            raise DocumentError(f"no file can be read; the first problem: {next(iter(self._refused.values()))}")
        self._store.set_facts({FINGERPRINT: self._made})
        return IngestReport(
            added=tuple(one for one in self._indexed if one not in self._before),
            changed=tuple(one for one in self._indexed if one in self._before and one not in unchanged),
            removed=tuple(removed),
            unchanged=tuple(self._unchanged),
            chunks=sum(one.chunks for one in listed),
            refused=self._refused,
            rebuilt=self._anew and bool(self._before),
        )

    def _index(self, document: Document) -> None:
        self._waiting.append((document, chunk(document, self._settings.chunking)))
        if sum(1 + len(one.sentences) for _, chunks in self._waiting for one in chunks) >= TEXTS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            _embed_and_store(self._store, self._embedder, self._waiting)
        self._waiting = []

    def _claim(self, name: str) -> str:
        """The id of a file's document, which no other file may have."""
        reader_of(name)
        identity = document_id(name)
        first = self._names.setdefault(identity, name)
        if first != name:
            raise DocumentError(f"{shown(name)} and {shown(first)} would be the same document {identity}; rename one")
        return identity

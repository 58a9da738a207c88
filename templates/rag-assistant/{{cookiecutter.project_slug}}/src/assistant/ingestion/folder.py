"""The files of a folder, and the documents in them."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from ..documents import text
from ..documents.chunking import chunk
from ..errors import DocumentError
from ..passages import Chunk, Document
from ..settings import Settings
from .readers import at_most, digest, document_id, read_document, reader_of, shown
from .sandbox import sandboxed

EVERY = 3.0  # seconds, at least, between two lines on how far it is
UPLOADS = "uploads"  # ids below it are of documents that no file of the folder stands for


class Cut(NamedTuple):
    """A document and its passages."""

    document: Document
    chunks: Sequence[Chunk]


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths and ids by their name: POSIX form, below the folder. `refused` has a sentence for each other name."""

    files: dict[str, Path] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def list_files(folder: Path) -> Listing:
    """The files in and below a folder that can become documents, and why the others cannot; hidden ones are neither.

    Raises:
        DocumentError: the folder is missing or empty, or it or one in it cannot be listed.
    """
    if not folder.is_dir():
        raise DocumentError(f"there is no folder {folder}; name another one, with DOCS=folder or in settings.toml")
    root, listing, taken = folder.resolve(), Listing(), dict[str, str]()
    for path in sorted(Path(at, name) for at, below, files in os.walk(root, onerror=_fail) for name in below + files):
        name = path.relative_to(root).as_posix()
        if f"/{name}".count("/.") or (path.is_dir() and not path.is_symlink()):
            continue
        try:
            listing.ids[name] = identity = _claim(name, path, taken)
            listing.files[name], taken[identity] = path, name
        except DocumentError as error:
            listing.refused[name] = str(error)
    if not listing.files and not listing.refused:
        raise DocumentError(f"the folder {folder} is empty; put documents into it")
    return listing


def read_files(listing: Listing, settings: Settings, known: Mapping[str, str]) -> Iterator[tuple[str, bytes, Cut]]:
    """Name, content, and document with passages of each file, except those of which the digest is `known` by their id.

    Each is read by `sandboxed`. Those that are no documents, or may not be read, become `refused` in the listing. Every
    few seconds, a line on standard error says how far it is.
    """
    said = monotonic()
    for done, (name, path) in enumerate(listing.files.items()):
        if monotonic() - said >= EVERY:
            print(f"Indexing: {done:,} of {len(listing.files):,} files", file=sys.stderr, flush=True)
            said = monotonic()
        try:
            with path.open("rb") as file:
                data = file.read(settings.limits.document_bytes + 1)
            if known.get(listing.ids[name]) != digest(data):
                yield name, data, sandboxed(settings.limits, Cut, read_and_cut, name, listing.ids[name], data, settings)
        except text.DocumentError as error:
            listing.refused[name] = str(error) if isinstance(error, DocumentError) else f"{shown(name)} {error}"
        except OSError as error:
            listing.refused[name] = f"{shown(name)} cannot be read ({error.strerror}); change its permissions"


def read_and_cut(name: str, identity: str, data: bytes, settings: Settings) -> Cut:
    """The document in a file, with this id, and its passages.

    Raises:
        DocumentError: it cannot be read, or has too many sentences.
    """
    return cut(replace(read_document(name, data, settings.limits), id=identity), settings)


def cut(document: Document, settings: Settings) -> Cut:
    """A document and its passages.

    Raises:
        DocumentError: it has too many sentences; the message does not name it.
    """
    chunks = chunk(document, settings.chunking)
    at_most(settings.limits.document_sentences, sum(len(one.sentences) for one in chunks), "sentences")
    return Cut(document, chunks)


def _fail(error: OSError) -> None:
    # Without its files, their documents would seem to be gone.
    raise DocumentError(f"{error.filename} cannot be listed ({error.strerror}); change its permissions")


def _claim(name: str, path: Path, taken: Mapping[str, str]) -> str:
    # The id of the file's document, if it can have one: with the suffix if a file of the same stem has the plain one.
    if path.is_symlink() or not path.is_file():
        raise DocumentError(f"{shown(name)} is a link or a device; put the file itself there")
    reader_of(name)
    plain = document_id(name)
    if plain.startswith(f"{UPLOADS}/"):
        raise DocumentError(f"{shown(name)} is in {UPLOADS}/, where only uploads belong; move it to another folder")
    identity = f"{plain}-{path.suffix[1:].lower()}" if plain in taken else plain
    if identity in taken:
        raise DocumentError(f"{shown(name)} and {shown(taken[identity])} would both be document {identity}; rename one")
    return identity

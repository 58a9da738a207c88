"""Show, add and delete documents through the service."""

from __future__ import annotations

from typing import BinaryIO

from ..documents.ingest import add_document, remove_document
from ..documents.names import document_id, shown
from ..documents.readers import reader_of
from ..errors import DocumentError
from ..passages import Document
from ..settings import Settings
from ..stores.base import Listed, Store
from .schemas import Stored
from .service import Holder


class MissingDocumentError(DocumentError):
    """There is no document of this id."""


class UnknownFormatError(DocumentError):
    """No reader knows files of this kind."""


class TooLargeError(DocumentError):
    """A file has more bytes than the settings allow."""


class KeptDocumentError(DocumentError):
    """The document belongs to the corpus folder, so the service does not delete it."""


class Library:
    """The documents of the index. Safe to call from several threads."""

    def __init__(self, settings: Settings, holder: Holder) -> None:
        self._settings, self._holder = settings, holder

    @property
    def _store(self) -> Store:
        return self._holder.get().store

    def documents(self) -> list[Listed]:
        return self._store.documents()

    def facets(self) -> dict[str, dict[str, int]]:
        return self._store.facets()

    def document(self, document: str) -> Document:
        """One document with its text.

        Raises:
            MissingDocumentError: there is none of this id.
        """
        found = self._store.document(document)
        if found is None:
            raise _missing(document)
        return found

    def add(self, name: str, file: BinaryIO) -> Stored:
        """Index an uploaded file, in the place of an earlier one of this name.

        Raises:
            UnknownFormatError: no reader knows the suffix.
            TooLargeError: the file has more bytes than the settings allow.
            DocumentError: the name is not that of a file, or the content cannot be read.
        """
        document_id(name)
        _require_reader(name)
        most = self._settings.limits.document_bytes
        data = file.read(most + 1)
        if len(data) > most:
            raise TooLargeError(f"{shown(name)} has more than the {most:,} bytes that are allowed")
        assistant = self._holder.get()
        before = {one.id: one.digest for one in assistant.store.documents()}
        listed = add_document(assistant.store, assistant.embedder, self._settings, name, data)
        return Stored.of(listed, before.get(listed.id))

    def remove(self, document: str) -> None:
        """Forget an uploaded document.

        Raises:
            MissingDocumentError: there is none of this id.
            KeptDocumentError: it was not uploaded; the next ingest would bring it back.
        """
        try:
            known = remove_document(self._store, document)
        except DocumentError as error:
            raise KeptDocumentError(str(error)) from None
        if not known:
            raise _missing(document)


def _require_reader(name: str) -> None:
    try:
        reader_of(name)
    except DocumentError as error:
        raise UnknownFormatError(str(error)) from None


def _missing(document: str) -> MissingDocumentError:
    return MissingDocumentError(f"there is no document {shown(document)}; GET /documents lists them")

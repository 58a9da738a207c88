"""Files to documents, by the suffix of their name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePosixPath

from ..errors import DocumentError
from ..passages import Document
from ..settings import Limits
from . import docx, html, markdown, pdf, text
from .names import document_id, shown, title_from
from .text import Reading, clean, decode
from .writer import too_long

Reader = Callable[[bytes, int], Reading]  # (content, most characters of text)


def _plain(data: bytes, _characters: int) -> Reading:
    """A plain text file."""
    return Reading(clean(decode(data)))


READERS: dict[str, tuple[str, Reader]] = {
    ".md": ("markdown", markdown.read),
    ".markdown": ("markdown", markdown.read),
    ".txt": ("text", _plain),
    ".html": ("html", html.read),
    ".htm": ("html", html.read),
    ".pdf": ("pdf", pdf.read),
    ".docx": ("docx", docx.read),
}


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """Read one file, given its name (a path below the corpus folder, or a bare name) and its bytes.

    The text is Markdown whatever the file was. The title is the file's own, or comes from its name.
    The metadata always has `kind` and `source`.

    Raises:
        DocumentError: the name is unsafe, no reader knows its suffix, the file is too large, damaged or
            encrypted, or it has no text.
    """
    identity = document_id(name)
    kind, reader = reader_of(name)
    try:
        reading = _read(reader, data, limits)
    except text.DocumentError as error:
        raise DocumentError(f"{shown(name)} {error}") from None
    return Document(
        id=identity,
        title=reading.title or title_from(name),
        text=reading.text,
        digest=digest(data),
        metadata={"kind": kind, "source": name, **reading.metadata},
    )


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def reader_of(name: str) -> tuple[str, Reader]:
    """The kind and the reader of files with the suffix of `name`.

    Raises:
        DocumentError: there is none.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in READERS:
        found = f"files that end in {shown(suffix)}" if suffix else "files without a suffix"
        raise DocumentError(f"{shown(name)} cannot be read: {found} are not documents; {', '.join(READERS)} are")
    return READERS[suffix]


def _read(reader: Reader, data: bytes, limits: Limits) -> Reading:
    if len(data) > limits.document_bytes:
        raise text.DocumentError(
            f"is larger than {limits.document_bytes:,} bytes; split it, or raise limits in settings.toml"
        )
    reading = reader(data, limits.document_characters)
    if len(reading.text) > limits.document_characters:
        raise too_long(limits.document_characters)
    if not reading.text.strip():
        raise text.DocumentError("has no text")
    return reading

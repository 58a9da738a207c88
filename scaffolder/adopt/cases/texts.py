"""Bytes of the owner's files as text, exactly as the generated project reads them."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from scaffolder.adopt.kinds import AdoptionError
from scaffolder.errors import shown

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_ENDS = re.compile("\r\n|[\r\f\v\x85]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class TextError(ValueError):
    """A file that is no text; the message says what it is, without its name."""


def read_bytes(path: Path, most: int) -> bytes:
    """The first bytes of a file.

    Raises:
        AdoptionError: it cannot be read, or is no file.
    """
    try:
        if path.exists() and not path.is_file():
            raise AdoptionError(f"{shown(path, 200)} is not a file.")
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise AdoptionError(f"{shown(path, 200)} cannot be read: {error.strerror}.") from None


def decode(data: bytes) -> str:
    """Bytes as text: in UTF-8, or in what a byte order mark says.

    Raises:
        TextError: they are not text in that encoding.
    """
    encoding = "utf-8"
    for mark, marked in _MARKS.items():
        if data.startswith(mark):
            data, encoding = data.removeprefix(mark), marked
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError(
            f"is not {encoding.upper()} text: {error.reason} at byte {error.start:,}; save it as UTF-8"
        ) from None
    if "\0" in text:
        raise TextError("is a binary file, not text: it has NUL characters")
    return text


def clean(text: str) -> str:
    """Text that every store can hold: lines end in a line feed, no control characters, no half characters."""
    return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)))


def document(data: bytes) -> str:
    """The text of a Markdown or text file in which quotations are looked for: all below its front matter.

    Raises:
        TextError: it is no text.
    """
    text = clean(decode(data))
    matter = _FRONT_MATTER.match(text)
    return text[matter.end() :].lstrip("\n") if matter else text

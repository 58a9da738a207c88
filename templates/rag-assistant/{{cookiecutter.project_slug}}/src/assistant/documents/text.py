"""What a reader returns, and how it makes text of bytes."""

import codecs
import re
from dataclasses import dataclass, field

from ..passages import Metadata

BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
LINE_ENDS = re.compile("\r\n|[\r\f\v\x85]")
# Control characters, and those that reverse the order in which a text is shown (Unicode Annex 9).
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SURROGATE = re.compile("[\ud800-\udfff]")


class DocumentError(ValueError):
    """A file cannot be read as a document; the message says what it is or has, without its name."""


@dataclass(frozen=True)
class Reading:
    """The content of one file as Markdown. `title` is what the file calls itself, if it does."""

    text: str
    title: str | None = None
    metadata: Metadata = field(default_factory=dict)


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """Bytes as text; a byte order mark goes before `encoding`.

    Raises:
        DocumentError: they are not text in that encoding, or not text at all.
    """
    for mark, marked in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            data, encoding = data.removeprefix(mark), marked
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"is not {encoding.upper()} text: {error.reason} at byte {error.start:,}; save it as UTF-8"
        ) from None
    if "\0" in text:
        raise DocumentError("is a binary file, not text: it has NUL characters")
    return text


def clean(text: str) -> str:
    """Text that every store can hold: lines end in a line feed, no control or bidirectional ones, no halves."""
    return SURROGATE.sub("\ufffd", UNPRINTABLE.sub("", LINE_ENDS.sub("\n", text)))

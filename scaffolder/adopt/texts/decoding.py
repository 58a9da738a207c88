"""Bytes of the owner's files as text, exactly as the generated projects read them."""

from __future__ import annotations

import codecs
import re

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_ENDS = re.compile("\r\n|[\r\f\v\x85]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REVERSING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


class TextError(ValueError):
    """A file that is no text; the message says what it is, without its name."""


def decode(data: bytes) -> str:
    """Bytes as text: in UTF-8, or in what a byte order mark says.

    Raises:
        TextError: they are not text in that encoding.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    try:
        text = data.removeprefix(mark).decode(encoding)
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


def quoted_text(data: bytes) -> str:
    """The text of a file in which a benchmark's quotations are looked for: all below its front matter."""
    matter, text = front_matter(clean(decode(data)))
    return text.lstrip("\n") if matter is not None else text


def searched_text(data: bytes) -> str:
    """The text of a file in which answers are looked for, without the characters that reverse its direction."""
    return _REVERSING.sub("", _LINE_ENDS.sub("\n", decode(data)))


def front_matter(text: str) -> tuple[str | None, str]:
    """The lines between two `---` at the beginning, None if there are none, and the text below."""
    matter = _FRONT_MATTER.match(text)
    return (matter[1], text[matter.end() :]) if matter else (None, text)

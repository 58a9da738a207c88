"""Files to documents, by the suffix of their name, which a stranger may have chosen."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath

from ..documents import markdown, markup, pdf, text
from ..documents.text import Reading, clean, decode
from ..errors import DocumentError
from ..passages import Document
from ..settings import Limits

LONGEST = 200  # characters of a name
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidirectional, half and line-breaking characters
LETTERS = {"L", "M", "N"}  # letters, the marks on them, numbers

Reader = Callable[[bytes], Reading]


READERS: dict[str, tuple[str, Reader]] = {
    ".md": ("markdown", markdown.read),
    ".markdown": ("markdown", markdown.read),
    ".txt": ("text", lambda data: _titled(clean(decode(data)))),
    ".html": ("html", markup.read_html),
    ".htm": ("html", markup.read_html),
    ".pdf": ("pdf", pdf.read),
    ".docx": ("docx", markup.read_docx),
}


def read_document(name: str, data: bytes, limits: Limits) -> Document:
    """Read one file, given its name (a path below the corpus folder, or a bare name) and its bytes.

    The text is Markdown whatever the file was. The title is the file's own, or its name with a capital.
    The metadata always has `kind` and `source`. A stranger's file is to be read through `sandboxed`.

    Raises:
        DocumentError: the name is unsafe, no reader knows its suffix, the file is too large, damaged or
            encrypted, or it has no text.
    """
    identity = document_id(name)
    kind, reader = reader_of(name)
    try:
        at_most(limits.document_bytes, len(data), "bytes")
        if not data.strip():
            raise text.DocumentError("is empty")
        reading = reader(data)
        at_most(limits.document_characters, len(reading.text), "characters of text")
        if not reading.text.strip():
            scanned = "; if its pages are images, run text recognition (OCR) first" if kind == "pdf" else ""
            raise text.DocumentError(f"has no text{scanned}")
    except MemoryError:
        raise
    except text.DocumentError as error:
        raise DocumentError(f"{shown(name)} {error}") from None
    except Exception as error:  # what a damaged file makes a library raise has no common base
        damage = f"is damaged, encrypted, nested too deeply, or no {kind} file ({type(error).__name__})"
        raise DocumentError(f"{shown(name)} {damage}; open it, and save a copy without a password") from None
    metadata = {"kind": kind, "source": name, **reading.metadata}
    stem = PurePosixPath(name).stem
    return Document(identity, reading.title or stem[:1].upper() + stem[1:], reading.text, digest(data), metadata)


def document_id(name: str) -> str:
    """The id of the document in the file `name`, a path below its folder: `guide/Read me.md` -> `guide/Read-me`.

    Raises:
        DocumentError: the name is empty, too long, hidden, leaves the folder, or has invisible characters.
    """
    path = PurePosixPath(name)
    parts = [_slug(part) for part in (*path.parts[:-1], path.stem)]
    strange = "\\" in name or any(unicodedata.category(character) in INVISIBLE for character in name)
    hidden = any(part[:1] in {"", "."} for part in name.split("/"))
    if strange or hidden or len(name) > LONGEST or not all(parts):
        raise DocumentError(
            f"{shown(name)} cannot be used as a name: each part needs a letter or digit, and no dot at its beginning; "
            f"there may be {LONGEST} characters, none of them invisible or a backslash; rename the file"
        )
    return "/".join(parts)


def shown(name: str) -> str:
    """A name that is safe to print: shortened, and with an escape for each character that does not print."""
    short = name if len(name) <= LONGEST else name[: LONGEST // 2] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short) or "(empty)"


def digest(data: bytes) -> str:
    """The SHA-256 of the content of a file, in hex."""
    return hashlib.sha256(data).hexdigest()


def reader_of(name: str) -> tuple[str, Reader]:
    """The kind and the reader of files with the suffix of `name`.

    Raises:
        DocumentError: there is none.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in READERS:
        raise DocumentError(f"{shown(name)} is no Markdown, text, HTML, PDF or Word file, as far as its suffix says")
    return READERS[suffix]


def at_most(most: int, count: int, things: str) -> None:
    """Refuse a document with more than `most` of these things.

    Raises:
        DocumentError: it has more.
    """
    if count > most:
        raise text.DocumentError(f"has more than {most:,} {things}; split it, or raise limits in settings.toml")


def _titled(content: str) -> Reading:
    # The first line is a title if it is short and a blank one follows.
    found = re.match(r"(\S.{0,79})\n[ \t]*\n", content.lstrip())
    return Reading(content, found[1].strip(" #*=-") if found else None)


def _slug(part: str) -> str:
    known = unicodedata.normalize("NFC", part)
    kept = (c if unicodedata.category(c)[0] in LETTERS or c in "._+@-" else "-" for c in known)
    slug = re.sub("-+", "-", "".join(kept)).strip("-.")
    return slug if any(unicodedata.category(c)[0] in LETTERS for c in slug) else ""

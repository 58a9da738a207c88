"""Turn the name of a file, which a stranger may have chosen, into the id of a document."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from ..errors import DocumentError

LONGEST = 200  # characters of a name
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidirectional, half and line-breaking characters
LETTERS = {"L", "M", "N"}  # letters, the marks on them, numbers


def document_id(name: str) -> str:
    """The id of the document in the file `name`, a path below its folder: `guide/Read me.md` -> `guide/Read-me`.

    Raises:
        DocumentError: the name is empty, too long, hidden, leaves the folder, or has invisible characters.
    """
    _refuse_unsafe(name)
    path = PurePosixPath(name)
    parts = [_slug(part) for part in (*path.parts[:-1], path.stem)]
    if not all(parts):
        raise DocumentError(f"{shown(name)} cannot be used as a name: a part of it has no letter or digit; rename it")
    return "/".join(parts)


def shown(name: str) -> str:
    """A name that is safe to print: shortened, and with an escape for each character that does not print."""
    short = name if len(name) <= LONGEST else name[: LONGEST // 2] + "…"
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short) or "(empty)"


def title_from(name: str) -> str:
    """A title for a document that has none: `guide/read-me_first.md` -> `Read me first`."""
    words = re.sub(r"[-_\s]+", " ", PurePosixPath(name).stem).strip()
    return words[:1].upper() + words[1:] if " " in words else words


def _refuse_unsafe(name: str) -> None:
    if any(unicodedata.category(character) in INVISIBLE for character in name):
        raise DocumentError(f"{shown(name)} cannot be used as a name: it has invisible characters; rename it")
    if len(name) > LONGEST:
        raise DocumentError(f"{shown(name)} cannot be used as a name: it has more than {LONGEST} characters; rename it")
    if "\\" in name or name.startswith("/") or re.match("[A-Za-z]:/", name):
        raise DocumentError(
            f"{shown(name)} cannot be used as a name: it is a path of another folder; give the name alone"
        )
    if any(part.startswith(".") or not part for part in name.split("/")):
        raise DocumentError(f"{shown(name)} cannot be used as a name: it is empty, hidden or leaves the folder")


def _slug(part: str) -> str:
    kept = (
        c if unicodedata.category(c)[0] in LETTERS or c in "._+@-" else "-" for c in unicodedata.normalize("NFC", part)
    )
    slug = re.sub("-+", "-", "".join(kept)).strip("-.")
    return slug if any(unicodedata.category(c)[0] in LETTERS for c in slug) else ""

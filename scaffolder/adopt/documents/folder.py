"""The files of a folder that can become documents, and why the others cannot.

What a name may be is what the project says that reads the files later; so it takes all that is listed here.
"""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from scaffolder.adopt.kinds import AdoptionError
from scaffolder.errors import shown
from scaffolder.tree import path_problem

TEXTS = (".md", ".markdown", ".txt")  # are read here; the others are read by the project, in a process of their own
SUFFIXES = (*TEXTS, ".html", ".htm", ".pdf", ".docx")
MOST_FILES = 5_000
MOST_ENTRIES = 50_000  # files and folders that are looked at
MOST_BYTES = 100_000_000  # of all files together, which lie in one Git repository
LARGEST = 10_000_000  # bytes of a file
LONGEST = 200  # characters of a name
UPLOADS = "uploads"  # the project puts there what comes through its service
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidirectional, half and line-breaking characters
_LETTERS = {"L", "M", "N"}  # letters, the marks on them, numbers
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_REVERSING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # the project leaves them out, too
_LINE_END = re.compile("\r\n|[\r\f\v\x85]")


@dataclass(frozen=True)
class Listing:
    """Files by their path below the folder: the bytes and the id of each document, or why it is left out.

    `texts` are those of the documents that are read here, whose lines end with a line feed.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


class _FileError(Exception):
    """A file that is left out; the message says what it is."""


def read(folder: Path) -> Listing:
    """Read the documents in and below `folder`.

    Raises:
        AdoptionError: it is no folder, cannot be listed, holds too much, or has no document.
    """
    if not folder.is_dir():
        raise AdoptionError(f"There is no folder {shown(folder, 200)}: --data must name that of your documents.")
    found = Listing()
    places: dict[str, str] = {}  # where a file lies, or its document's id -> its name
    total = 0
    for name, path in sorted(_files(folder), key=lambda one: PurePosixPath(one[0])):
        try:
            identity = _claim(name, path, places)
            data = _content(path)
            if path.suffix.lower() in TEXTS:
                found.texts[name] = _text(data)
        except _FileError as error:
            found.left_out[name] = str(error)
            continue
        places |= {f"id {identity}": name, **_places(name)}
        found.files[name], found.ids[name] = data, identity
        total += len(data)
        if len(found.files) > MOST_FILES or total > MOST_BYTES:
            raise AdoptionError(
                f"{shown(folder, 200)} has more than {MOST_FILES:,} documents, or more than {MOST_BYTES:,} bytes: "
                "name a smaller folder."
            )
    if not found.files:
        why = "; ".join(f"{shown(name)} {reason}" for name, reason in list(found.left_out.items())[:3])
        raise AdoptionError(f"{shown(folder, 200)} has no document that can be used: {why or 'it is empty'}.")
    return found


def document_id(name: str) -> str:
    """The id of the document in the file `name`: `guide/Read me.md` -> `guide/Read-me`; "" if the name gives none."""
    path = PurePosixPath(name)
    parts = [_slug(part) for part in (*path.parts[:-1], path.stem)]
    strange = "\\" in name or any(unicodedata.category(character) in _INVISIBLE for character in name)
    return "" if strange or len(name) > LONGEST or not all(parts) else "/".join(parts)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The path of each file, link or hidden folder below `folder`, and the file."""
    seen = 0
    for at, below, files in os.walk(folder, onerror=_cannot_list):
        seen += len(below) + len(files)
        if seen > MOST_ENTRIES:
            raise AdoptionError(f"{shown(folder, 200)} has more than {MOST_ENTRIES:,} entries: name a smaller folder.")
        aside = [name for name in below if name.startswith(".") or Path(at, name).is_symlink()]
        below[:] = [name for name in below if name not in aside]
        for name in (*aside, *files):
            path = Path(at, name)
            yield path.relative_to(folder).as_posix(), path


def _cannot_list(error: OSError) -> None:
    raise AdoptionError(f"{shown(error.filename, 200)} cannot be listed ({error.strerror}): change its permissions.")


def _claim(name: str, path: Path, places: dict[str, str]) -> str:
    """The id of the document in a file; raises `_FileError` if it cannot be one beside those in `places`."""
    if path.name.startswith("."):
        raise _FileError("is hidden")
    if path.is_symlink() or not path.is_file():
        raise _FileError("is a link or a device: put the file itself there")
    if path.suffix.lower() not in SUFFIXES:
        raise _FileError("is no Markdown, text, HTML, PDF or Word file, as far as its suffix says")
    if problem := path_problem(name):
        raise _FileError(f"{problem}: rename it")
    plain = document_id(name)
    if not plain:
        raise _FileError("has a name without letters, or an unusually long one: rename it")
    if plain.startswith(f"{UPLOADS}/"):
        raise _FileError(f"is in {UPLOADS}/, where the service puts its uploads: move it to another folder")
    # With its suffix, if a file of the same stem has the plain one.
    identity = f"{plain}-{path.suffix[1:].lower()}" if f"id {plain}" in places else plain
    same = [other for place, one in _places(name).items() if (other := places.get(place, one)) != one]
    if others := [*same, *filter(None, [places.get(f"id {identity}")])]:
        raise _FileError(f"cannot be told from {shown(others[0])} on every system: rename one")
    return identity


def _places(name: str) -> dict[str, str]:
    """The file and its folders by their place: on some systems, names that differ in case or accents' form are one."""
    every = [name, *map(str, PurePosixPath(name).parents[:-1])]
    return {f"at {unicodedata.normalize('NFC', one).casefold()}": one for one in every}


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise _FileError(f"cannot be read ({error.strerror})") from None
    if len(data) > LARGEST:
        raise _FileError(f"is larger than {LARGEST:,} bytes: split it")
    if not data.strip():
        raise _FileError("is empty")
    return data


def _slug(part: str) -> str:
    known = unicodedata.normalize("NFC", part)
    kept = (c if unicodedata.category(c)[0] in _LETTERS or c in "._+@-" else "-" for c in known)
    slug = "-".join(filter(None, "".join(kept).split("-"))).strip("-.")
    return slug if any(unicodedata.category(c)[0] in _LETTERS for c in slug) else ""


def _text(data: bytes) -> str:
    """The text of a document; a byte order mark says in which encoding it is."""
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    try:
        text = data.removeprefix(mark).decode(_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        raise _FileError(f"is not UTF-8 text (byte {error.start:,}): save it as UTF-8") from None
    if "\0" in text:
        raise _FileError("is a binary file, not text")
    return _REVERSING.sub("", _LINE_END.sub("\n", text))

"""The one reader of a folder of documents: the files that can be used, and why the others cannot.

Bytes become text exactly as in the generated projects that read the files later.
What a name may be is what the project says that reads the files later; so it takes all that is listed here.
"""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import dirname, relpath
from typing import Any

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.packing import sums
from scaffolder.errors import shown
from scaffolder.safe import read_file
from scaffolder.tree import File, path_problem

MOST_FILES = 5_000
MOST_ENTRIES = 50_000  # files and folders that are looked at
MOST_BYTES = 100_000_000  # of all files together, which lie in one Git repository
LARGEST = 10_000_000  # bytes of a file
LONGEST = 200  # characters of a name
UPLOADS = "uploads"  # a project that searches documents puts there what comes through its service
_PLACES = {"benchmark": "data/benchmark.jsonl", "folder": "data/corpus", "sums": "data/SHA256SUMS"}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LINE_ENDS = re.compile("\r\n|[\r\f\v\x85]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_REVERSING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, bidirectional, half and line-breaking characters
_LETTERS = {"L", "M", "N"}  # letters, the marks on them, numbers


@dataclass(frozen=True)
class Listing:
    """Files by their path below the folder: the bytes and the id of each document, or why it is left out.

    `texts` are those of the documents that are read here, whose lines end with a line feed.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


class FileError(Exception):
    """A file that is left out; the message says why, without its name."""


def decode(data: bytes) -> str:
    """Bytes as text: in UTF-8, or in what a byte order mark says.

    Raises:
        FileError: they are not text in that encoding.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    encoding = _MARKS.get(mark, "utf-8")
    try:
        text = data.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            f"is not {encoding.upper()} text: {error.reason} at byte {error.start:,}; save it as UTF-8"
        ) from None
    if "\0" in text:
        raise FileError("is a binary file, not text: it has NUL characters")
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


def searched_id(name: str) -> str:
    """The id of a document that is searched: `guide/Read me.md` -> `guide/Read-me`; raises `FileError`."""
    path = PurePosixPath(name)
    parts = [_slug(part) for part in (*path.parts[:-1], path.stem)]
    strange = "\\" in name or any(unicodedata.category(character) in _INVISIBLE for character in name)
    if strange or len(name) > LONGEST or not all(parts):
        raise FileError("has a name without letters, or an unusually long one: rename it")
    if parts[0] == UPLOADS and len(parts) > 1:
        raise FileError(f"is in {UPLOADS}/, where the service puts its uploads: move it to another folder")
    return "/".join(parts)


@dataclass(frozen=True)
class Reader:
    """How a kind of project reads its documents.

    If it is `exact`, suffixes are in small letters, and no two files may differ in theirs alone.
    """

    option: str  # that names the folder
    suffixes: tuple[str, ...]
    called: str  # such files, in words
    id_of: Callable[[str], str]
    text_of: Callable[[bytes], str]
    exact: bool


TEXTS = (".md", ".markdown", ".txt")  # are read here; the others are read by the project, in a process of their own
QUOTED = Reader(
    "--documents",
    (".md", ".txt"),
    "Markdown or text file",
    lambda name: str(PurePosixPath(name).with_suffix("")),
    quoted_text,
    exact=True,
)
SEARCHED = Reader(
    "--data",
    (*TEXTS, ".html", ".htm", ".pdf", ".docx"),
    "Markdown, text, HTML, PDF or Word file",
    searched_id,
    searched_text,
    exact=False,
)


def read(folder: Path, reader: Reader) -> Listing:
    """Read the documents in and below `folder`.

    Raises:
        AdoptionError: it is no folder, cannot be listed, holds too much, or has no document.
    """
    if not folder.is_dir():
        raise AdoptionError(
            f"There is no folder {shown(folder, 200)}: {reader.option} must name that of your documents."
        )
    found = Listing()
    places: dict[str, str] = {}  # where a file lies, or its document's id -> its name
    total = 0
    for name, path in sorted(_files(folder), key=lambda entry: PurePosixPath(entry[0])):
        try:
            identity = _claim(name, path, reader, places)
            data = _content(path)
            if path.suffix.lower() in TEXTS:
                found.texts[name] = reader.text_of(data)
        except FileError as error:
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


def laid_out(listing: Listing, benchmark: bytes, contract: Mapping[str, Any]) -> tuple[dict[str, File], bytes]:
    """The files of a project: the documents, the benchmark and their hashes; and the list of these hashes.

    A template may name the places in its contract.
    """
    places = {name: str(contract.get(name, usual)) for name, usual in _PLACES.items()}
    files = {f"{places['folder']}/{name}": data for name, data in listing.files.items()}
    files[places["benchmark"]] = benchmark
    beside = dirname(places["sums"])
    in_order = sorted(files, key=lambda path: relpath(path, beside))
    hashes = sums({path: files[path] for path in in_order}, beside)
    return {path: File(data) for path, data in sorted({**files, places["sums"]: hashes}.items())}, hashes


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


def _claim(name: str, path: Path, reader: Reader, places: Mapping[str, str]) -> str:
    """The id of the document in a file; raises `FileError` if it cannot be one beside those in `places`."""
    suffix = path.suffix if reader.exact else path.suffix.lower()
    if path.name.startswith("."):
        raise FileError("is hidden")
    if path.is_symlink() or not path.is_file():
        raise FileError("is a link or a device: put the file itself there")
    if suffix not in reader.suffixes:
        raise FileError(f"is no {reader.called}, as far as its suffix says")
    if problem := path_problem(name):
        raise FileError(f"{problem}: rename it")
    identity = reader.id_of(name)
    if not reader.exact and f"id {identity}" in places:
        identity = f"{identity}-{suffix[1:]}"
    same_place = [places[place] for place, part in _places(name).items() if places.get(place, part) != part]
    if others := [*same_place, *filter(None, [places.get(f"id {identity}")])]:
        raise FileError(f"cannot be told from {shown(others[0])} on every system: rename one")
    return identity


def _places(name: str) -> dict[str, str]:
    """The file and its folders by their place: on some systems, names that differ in case or accents' form are one."""
    parts = [name, *map(str, PurePosixPath(name).parents[:-1])]
    return {f"at {unicodedata.normalize('NFC', part).casefold()}": part for part in parts}


def _content(path: Path) -> bytes:
    try:
        data = read_file(path, LARGEST + 1)
    except OSError as error:
        raise FileError(f"cannot be read ({error.strerror})") from None
    if len(data) > LARGEST:
        raise FileError(f"is larger than {LARGEST:,} bytes: split it")
    if not data.strip():
        raise FileError("is empty")
    return data


def _slug(part: str) -> str:
    known = unicodedata.normalize("NFC", part)
    kept = (c if unicodedata.category(c)[0] in _LETTERS or c in "._+@-" else "-" for c in known)
    slug = "-".join(filter(None, "".join(kept).split("-"))).strip("-.")
    return slug if any(unicodedata.category(c)[0] in _LETTERS for c in slug) else ""

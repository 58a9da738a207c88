"""The owner's documents, and the places of quotations in them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath

from scaffolder.adopt.cases.rows import MOST_BYTES, listed
from scaffolder.adopt.cases.texts import TextError, document, read_bytes
from scaffolder.adopt.documents import matching
from scaffolder.adopt.kinds import AdoptionError
from scaffolder.errors import shown
from scaffolder.tree import path_problem

MOST_DOCUMENTS = 2_000
_MOST_FILES = 50_000  # of all kinds, in the folder
_SUFFIXES = (".md", ".txt")


class QuoteError(ValueError):
    """A quotation is not where it should be; the message says why."""


@dataclass(frozen=True)
class Document:
    """A document by its id, the path below the folder without its suffix."""

    id: str
    text: str

    def quoted(self, quote: str) -> str:
        """The quotation on one line, if the generated project finds its words, and they stand there once as written.

        In another case or markup they may stand in more places: the project counts each of them.

        Raises:
            QuoteError: it stands there not at all, or more than once.
        """
        words = " ".join(quote.split())
        places = matching.count(words, {self.id: self.text}).get(self.id, 0)
        if not places:
            raise QuoteError(f"{shown(self.id)} does not contain the quotation {shown(quote)}: copy its words")
        if places > 1 and self._line.count(words) > 1:
            raise QuoteError(f"{shown(self.id)} contains the quotation {shown(quote)} more than once: quote more of it")
        return words

    @cached_property
    def _line(self) -> str:
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Folder:
    """The documents in a folder, with the files that hold them by their paths below it, and what stands out."""

    documents: Mapping[str, Document]
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


NONE = Folder({}, {})


def read(folder: Path) -> Folder:
    """Read the Markdown and text files in a folder.

    Raises:
        AdoptionError: they cannot be the documents of a benchmark.
    """
    paths = sorted(islice(_paths(folder), _MOST_FILES + 1))
    chosen = [path for path in paths if PurePosixPath(path).suffix in _SUFFIXES and not (folder / path).is_symlink()]
    if not 0 < len(chosen) <= MOST_DOCUMENTS or len(paths) > _MOST_FILES:
        raise AdoptionError(
            f"{shown(folder, 200)} must be a folder with 1 to {MOST_DOCUMENTS:,} .md or .txt files among at most "
            f"{_MOST_FILES:,} files: name another one with --documents."
        )
    files, left = dict[str, bytes](), MOST_BYTES
    documents: dict[str, Document] = {}
    for path in chosen:
        files[path] = read_bytes(folder / path, left + 1)
        left -= len(files[path])
        if left < 0:
            raise AdoptionError(
                f"The documents in {shown(folder, 200)} have more than {MOST_BYTES:,} bytes: use fewer."
            )
        found = _document(folder, path, files[path])
        if found.id in documents:
            raise AdoptionError(f"{shown(found.id)} is the name of two documents: rename one of them.")
        documents[found.id] = found
    others = [path for path in paths if path not in files and "/." not in f"/{path}"]
    empty = [name for name, found in documents.items() if not found.text.strip()]
    odd = {"files left out, as neither .md nor .txt, or links": others, "documents without any text": empty}
    notes = tuple(f"{what} ({len(names):,}): {listed(names)}" for what, names in odd.items() if names)
    return Folder(documents, files, notes)


def _paths(folder: Path) -> Iterator[str]:
    """The paths of the files below a folder; no folder that is a link is entered."""
    for here, _, names in os.walk(folder):
        below = Path(here).relative_to(folder)
        yield from ((below / name).as_posix() for name in names if (Path(here) / name).is_file())


def _document(folder: Path, path: str, content: bytes) -> Document:
    if problem := path_problem(path):
        raise AdoptionError(f"{shown(path, 200)} cannot be the name of a document: it {problem}.")
    try:
        return Document(PurePosixPath(path).with_suffix("").as_posix(), document(content))
    except TextError as error:
        raise AdoptionError(f"{shown(folder / path, 200)} {error}.") from None

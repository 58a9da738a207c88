"""A bounded, read-only view of a repository: its paths, and the bytes of the files somebody asks for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TypeVar

from scaffolder.check.engine.globs import matching
from scaffolder.check.engine.tags import tags_in
from scaffolder.safe import read_file

_COPIES = {
    "venv",
    "env",
    ".venv",
    "node_modules",
    "site-packages",
    ".tox",
    ".nox",
    ".eggs",
    ".terraform",
    "htmlcov",
}
_CACHES = {"__pycache__", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints"}
SKIPPED = frozenset({".git", ".hg", ".svn", ".idea", ".vscode"} | _COPIES | _CACHES)
"""Folders that are not looked into: they hold copies, caches and other people's code."""

MAX_ENTRIES = 250_000  # names looked at in all folders together
MAX_FOLDERS = 4_000
MAX_FILES = 20_000
MAX_FILES_OF_A_FOLDER = 4_000
MAX_DEPTH = 24
MAX_TEXT = 1_000_000  # bytes of one file
MAX_DATA = 5_000_000  # bytes of one image, table or notebook
MAX_TEXTS = 500_000  # characters of all files of one kind, such as workflows
MAX_TOTAL = 64_000_000  # bytes of all files together
MAX_HASHED = 64_000_000  # bytes of one file whose digest is asked for
IMAGES = frozenset((".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".avif"))
TABLES = frozenset((".csv", ".tsv", ".gz", ".zip", ".parquet", ".jsonl", ".onnx", ".skops", ".ubj"))
DATA_SUFFIXES = IMAGES | TABLES
_LARGE = DATA_SUFFIXES | {".ipynb"}  # notebooks hold pictures, too
_TEXTS = frozenset((".md", ".py", ".toml", ".yml", ".yaml", ".json", ".lock", ".cfg", ".txt", ".sh", ".mmd"))
_KNOWN = _TEXTS | DATA_SUFFIXES
_NAMES = (
    "readme",
    "model_card",
    "makefile",
    "dockerfile",
    "license",
    "pyproject",
    "compose",
    "requirements",
    ".",
)


Found = TypeVar("Found")


class Snapshot:
    """The files of a repository, read when somebody asks for them.

    Every file is read at most once, within the bounds above. A link is a file that cannot be read; devices, pipes and
    sockets are no files. `notes` says what was left out, and `unseen` what of that somebody asked for since it was last
    emptied. Of `.git`, only the names of the tags are kept.
    """

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str, int], bytes | None],
        left_out: list[str],
        tags: tuple[str, ...] = (),
    ) -> None:
        self._files = frozenset(paths)
        self.paths = tuple(sorted(self._files))
        self.tags = tags
        self._read = read
        self._data: dict[str, bytes | None] = {}
        self._texts: dict[str, str | None] = {}
        self._globbed: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._total = 0
        self._notes = dict.fromkeys(left_out)
        self._unread: dict[str, str] = {}  # path -> why
        self.left_out = left_out
        self.unseen: dict[str, None] = {}

    @classmethod
    def of_folder(cls, folder: Path) -> Snapshot:
        """The repository in `folder`; raises `OSError` if the folder itself cannot be read."""
        root = os.path.realpath(folder)
        paths, notes = walk(lambda folder, most: _listed(root, folder, most))
        return cls(paths, lambda path, limit: _read(root, path, limit), notes, tags_in(os.path.join(root, ".git")))

    @classmethod
    def of_files(cls, files: Mapping[str, bytes], tags: tuple[str, ...] = ()) -> Snapshot:
        """A repository in memory: relative POSIX path -> content."""
        return cls(files, lambda path, limit: files[path][:limit], [], tags)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that say what was not read, and why; reading more files may add more."""
        return tuple(self._notes)

    def note(self, text: str) -> None:
        """Add to `notes`."""
        self._notes[text] = None

    def leave_out(self, text: str) -> None:
        """Add to `notes` and `unseen`, so that nothing is called missing that may be in what was not read."""
        self.note(text)
        self.unseen[text] = None

    def first(self, found: tuple[Found, ...], most: int, noun: str) -> tuple[Found, ...]:
        """The first `most` of what was found; the others are left out."""
        if len(found) > most:
            self.leave_out(f"{len(found):,} {noun}: the first {most:,} were read.")
        return found[:most]

    def texts(self, paths: Sequence[str], most: int, noun: str) -> Iterator[tuple[str, str]]:
        """The first paths with their texts, at most `most` and `MAX_TEXTS` characters; the others are left out."""
        return self.within(
            (most, MAX_TEXTS), noun, paths, lambda path, text: (path, text), lambda each: (len(each[1]),)
        )

    def within(
        self,
        bounds: Sequence[int],
        noun: str,
        paths: Sequence[str],
        read: Callable[[str, str], Found | None],
        sizes: Callable[[Found], Sequence[int]],
    ) -> Iterator[Found]:
        """Yield the results of `read` for the first paths and their texts; the others are left out.

        `bounds` are the largest number of paths, and the largest sum of each of the `sizes` of what was made.
        """
        most, *rooms = bounds
        for number, path in enumerate(paths):
            text = self.text(path)
            found = None if text is None else read(path, text)
            if found is not None:
                rooms = [room - size for room, size in zip(rooms, sizes(found), strict=True)]
            if number == most or min(rooms) < 0:
                self.leave_out(f"{len(paths):,} {noun}: the first {number} were read.")
                return
            if found is not None:
                yield found

    def has(self, path: str) -> bool:
        """Whether `path` is a file, or a folder with a file in it."""
        return path in self._files or path.rstrip("/") in self._folders

    def is_file(self, path: str) -> bool:
        """Whether `path` is a file that may be read."""
        return path in self._files

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(_parents(self.paths))

    def data(self, path: str) -> bytes | None:
        """The file's bytes; None if it is not there, or not readable or too large, which `notes` then says."""
        if path not in self._data:
            self._data[path] = self._load(path) if path in self._files else None
        if path in self._unread:
            self.leave_out(self._unread[path])
        return self._data[path]

    def text(self, path: str) -> str | None:
        """The file as text with Unix line endings, or None as of `data`; NUL and invalid bytes become U+FFFD."""
        if path not in self._texts:
            data = self.data(path)
            self._texts[path] = text = None if data is None else _decoded(data)
            if text and "\ufffd" in text:
                self.note(f"{path} is not clean UTF-8 text: characters were replaced.")
        return self._texts[path]

    def sha256(self, path: str) -> str | None:
        """The hexadecimal digest of the whole file, or None if it is not there or too large to hash."""
        if path not in self._files:
            return None
        data = self._data.get(path) or self._read(path, MAX_HASHED + 1)
        if data is None or len(data) > MAX_HASHED:
            self.leave_out(f"{path} was not hashed: it is too large, or a link, or could not be read.")
            return None
        from hashlib import sha256

        return sha256(data).hexdigest()

    def glob(self, *patterns: str) -> tuple[str, ...]:
        """The paths that match one of `patterns` (`*` inside a name, `**/` any folders), ignoring case."""
        if patterns not in self._globbed:
            self._globbed[patterns] = tuple(filter(matching(patterns).match, self.paths))
        return self._globbed[patterns]

    def find(self, *patterns: str) -> str | None:
        """The first path that matches the earliest possible pattern; None if no path matches any."""
        return next((found for pattern in patterns for found in self.glob(pattern)), None)

    def _load(self, path: str) -> bytes | None:
        limit = MAX_DATA if os.path.splitext(path)[1].lower() in _LARGE else MAX_TEXT
        if self._total >= MAX_TOTAL:
            self._unread[path] = f"More than {MAX_TOTAL:,} bytes: the rest of the files was not read."
            return None
        data = self._read(path, limit + 1)
        if data is None:
            self._unread[path] = f"{path} was not read: it is a link, or could not be read."
            return None
        self._total += len(data)
        if len(data) > limit:
            self._unread[path] = f"{path} is larger than {limit:,} bytes and was not read."
            return None
        return data


def _decoded(data: bytes) -> str:
    """The bytes of a file as text, with Unix line endings."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff").replace("\0", "\ufffd")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parents(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        while path := path.rpartition("/")[0]:
            yield path


def walk(listed: Callable[[str, int], tuple[list[str], list[str], int]]) -> tuple[list[str], list[str]]:
    """The files of a repository, nearest to its top first, and notes on what the bounds left out.

    `listed(folder, most)` returns the files and the folders in `folder` ("" is the top), as relative paths, and how
    many names it looked at, at most `most`.
    """
    paths: list[str] = []
    notes: list[str] = []
    folders, entries, at = [""], 0, 0
    while at < len(folders) and at < MAX_FOLDERS and entries < MAX_ENTRIES and len(paths) < MAX_FILES:
        files, inner, seen = listed(folders[at], MAX_ENTRIES - entries)
        entries += seen
        if len(files) > MAX_FILES_OF_A_FOLDER:
            where = folders[at] or "The top folder"
            notes.append(f"{where} holds {len(files):,} files: only {MAX_FILES_OF_A_FOLDER:,} were looked at.")
        paths += sorted(files, key=_rank)[:MAX_FILES_OF_A_FOLDER]
        folders += inner if folders[at].count("/") < MAX_DEPTH else []
        at += 1
    if at < len(folders) or len(paths) > MAX_FILES:
        kept = min(len(paths), MAX_FILES)
        notes.append(f"The repository is very large: only {kept:,} files near its top were looked at.")
    return paths[:MAX_FILES], notes


def _listed(root: str, folder: str, limit: int) -> tuple[list[str], list[str], int]:
    """The files and folders of one folder, as relative paths, and how many names were seen."""
    files: list[str] = []
    folders: list[str] = []
    seen = 0
    try:
        with os.scandir(os.path.join(root, folder)) as entries:
            for entry in islice(entries, limit):
                seen += 1
                path = f"{folder}/{entry.name}" if folder else entry.name
                if _undecodable(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders += [] if entry.name in SKIPPED else [path]
                elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                    files.append(path)
    except OSError:
        if not folder:
            raise
    return files, sorted(folders), seen


def _read(root: str, path: str, limit: int) -> bytes | None:
    try:
        return read_file(Path(root, path), limit, follow=False)
    except OSError:
        return None


def _undecodable(name: str) -> bool:
    return not name.isascii() and any("\ud800" <= char <= "\udfff" for char in name)


def _rank(path: str) -> tuple[int, str]:
    """A sort key: files that the checklist reads come first, so that many others cannot crowd them out."""
    name = path.rpartition("/")[2].lower()
    known = 1 if os.path.splitext(name)[1] in _KNOWN else 2
    return (0 if name.startswith(_NAMES) else known, path)

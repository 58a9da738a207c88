"""The files of a folder that may become documents."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import DocumentError
from ..settings import Limits
from .names import shown

UPLOADS = "uploads"  # ids below it are of documents that no file of the folder stands for


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths by their name: POSIX form, below the folder, sorted. `refused` has a reason for each name."""

    files: Mapping[str, Path]
    refused: Mapping[str, str]


def list_files(folder: Path) -> Listing:
    """The regular files in and below a folder, except hidden ones.

    Links to files are followed as long as they stay in the folder, links to folders never.

    Raises:
        DocumentError: the folder is missing or cannot be read, or there is nothing in it.
    """
    if not folder.is_dir():
        raise DocumentError(
            f"the folder {folder} does not exist; name another one: make ingest DOCS=folder, "
            "or corpus.folder in settings.toml"
        )
    files: dict[str, Path] = {}
    refused: dict[str, str] = {}
    root = folder.resolve()
    for path in sorted(_visible(root)):
        name = path.relative_to(root).as_posix()
        if reason := _reason_against(path, name, root):
            refused[name] = f"{shown(name)} {reason}"
        else:
            files[name] = path
    if not files and not refused:
        raise DocumentError(f"the folder {folder} is empty; put documents into it")
    return Listing(files, refused)


def read_file(path: Path, name: str, limits: Limits) -> bytes:
    """Read the bytes of a file, but at most one more than `limits` allow.

    Raises:
        DocumentError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(limits.document_bytes + 1)
    except OSError as error:
        raise DocumentError(f"{shown(name)} cannot be read: {error.strerror}") from None


def _visible(root: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise DocumentError(f"the folder {error.filename} cannot be read: {error.strerror}")

    for parent, folders, names in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _reason_against(path: Path, name: str, root: Path) -> str | None:
    if name.split("/")[0] == UPLOADS and "/" in name:
        return f"is in {UPLOADS}/, which is kept for documents that come through the service; move it"
    try:
        target = path.resolve(strict=True)
        regular = stat.S_ISREG(target.stat().st_mode)
    except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return "is a link to nothing"
    if not target.is_relative_to(root):
        return "is a link that leaves the folder"
    return None if regular else "is no regular file"

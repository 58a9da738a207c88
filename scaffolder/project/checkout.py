"""The files of a work tree: tells whether an update may write them, and writes each in one step."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path

from scaffolder.tree import EXECUTABLE, File, blob_id

_TEMPORARY = ".scaffolder-update.tmp"  # beside the file that it is renamed to


def content(file: File | None) -> str:
    """The blob id of a file, "" for none."""
    return "" if file is None else blob_id(file.data)


def is_free(folder: Path, path: str, allowed: Container[str], leaving: Container[str]) -> bool:
    """Whether `path` may be written or removed, given the content that is there now.

    It may if there is nothing, a file whose blob id is `allowed`, or only files that the same update removes: those in
    `leaving`. No folder above it may be a link.
    """
    parts = path.split("/")
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        parent = folder / above
        if parent.is_symlink() or (os.path.lexists(parent) and not parent.is_dir() and above not in leaving):
            return False
    place = folder / path
    if place.is_symlink():
        return blob_id(os.readlink(place).encode()) in allowed
    if place.is_dir():
        inside = (Path(root, name) for root, _, names in os.walk(place) for name in names)
        return all(each.relative_to(folder).as_posix() in leaving for each in inside)
    return not os.path.lexists(place) or (place.is_file() and blob_id(place.read_bytes()) in allowed)


def write(folder: Path, files: Mapping[str, File | None]) -> None:
    """Write files, or remove those that are None, each in one step."""
    for path in [path for path, file in files.items() if file is None]:
        with suppress(FileNotFoundError, NotADirectoryError):
            (folder / path).unlink()
        for parent in [each for each in (folder / path).parents if each != folder and folder in each.parents]:
            try:
                parent.rmdir()
            except OSError:
                break
    for path, file in files.items():
        if file is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            _write(folder / path, file)


def sweep(folder: Path, files: Mapping[str, File | None]) -> None:
    """Remove the temporary files that a killed run of `write` has left beside these files."""
    for place in {(folder / path).parent / _TEMPORARY for path in files}:
        with suppress(OSError):
            place.unlink()


def _write(place: Path, file: File) -> None:
    temporary = place.with_name(_TEMPORARY)
    bits = 0o777 if file.mode == EXECUTABLE else 0o666
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with suppress(FileNotFoundError):
        temporary.unlink()
    try:
        with open(os.open(temporary, flags, bits), "wb") as written:
            written.write(file.data)
        if place.is_dir():
            place.rmdir()  # it is empty, since the files in it have been removed
        os.replace(temporary, place)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise

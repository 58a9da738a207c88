"""Checks a repository that somebody gave to the page check.md: a zip archive, or the files of a folder.

It runs in Pyodide, where files lie in memory. They are a stranger's, so everything is bounded, and nothing is executed.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from scaffolder.check.examine import check
from scaffolder.errors import ScaffolderError, shown
from scaffolder.pages.forms import page

MOST_FILES = 20_000
MOST_LISTED = 8_000_000  # bytes of the list of names in an archive
MOST_PACKED = 100_000_000  # bytes of an archive
MOST_UNPACKED = 200_000_000  # bytes of all files
MOST_OF_A_FILE = 64_000_000
MOST_RATIO = 200  # times that the files may be larger than the archive
LONGEST_PATH, LONGEST_NAME, MOST_PARTS = 1_000, 255, 40
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)

Entry = tuple[str, bytes, bool]  # path, content, and whether it is a link, whose content is the path that it leads to


class ArchiveError(ScaffolderError):
    """What was given cannot be checked; the message says why, and what to do."""


class _Bounded(io.BytesIO):
    """An archive whose list of names is not read if it is too long; after that, its files may be longer."""

    is_listed = False

    def read(self, size: int | None = -1) -> bytes:
        if not self.is_listed and (size is None or size > MOST_LISTED):
            raise zipfile.BadZipFile("its list of names is too long")
        return super().read(size)


def answer(given: bytes | list[Entry], name: str) -> dict[str, str]:
    """The pages of the report on an archive or on files, by format; or under `problem` why there is none."""
    try:
        return checked(given if isinstance(given, list) else _members(given), name)
    except ScaffolderError as error:
        return {"problem": str(error)}


def checked(entries: Iterable[Entry], name: str) -> dict[str, str]:
    """The pages of the report on a repository of these files, each by its format."""
    with TemporaryDirectory() as top:
        folder = Path(top, "repository")
        _write(entries, folder)
        inner = list(folder.iterdir())
        if len(inner) == 1 and inner[0].is_dir():  # the archives of forges have one folder around everything
            folder = inner[0]
        else:
            folder = folder.rename(folder.with_name(PurePosixPath(name).stem[:LONGEST_NAME] or folder.name))
        with chdir(folder.parent):
            reports = [check(folder.name)]
    return {form: page(form, reports) for form in ("html", "json", "badge")}


def _members(data: bytes) -> Iterator[Entry]:
    """The files in a zip archive; raises `ArchiveError` before the first one if the archive breaks a bound."""
    if len(data) > MOST_PACKED:
        raise _too_much(f"The archive has more than {MOST_PACKED:,} bytes")
    try:
        bounded = _Bounded(data)
        with zipfile.ZipFile(bounded) as archive:
            bounded.is_listed = True
            listed = (member for member in archive.infolist() if not member.is_dir())
            members = [member for member in listed if not member.filename.startswith("__MACOSX/")]
            _bound(members, len(data))
            for member in members:
                yield member.filename, _unpacked(archive, member), stat.S_ISLNK(member.external_attr >> 16)
    except BROKEN as error:
        why = shown(str(error), 200)
        raise ArchiveError(f"The archive cannot be read: {why}. Make it again, as a plain zip.") from error


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The content of a member, of which no more is unpacked than its list of names says that it has."""
    with archive.open(member) as file:
        data = file.read(member.file_size + 1)
        if len(data) != member.file_size or file.read(1):
            raise zipfile.BadZipFile(f"{member.filename} has another size than the list of names says")
    return data


def _bound(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_FILES:
        raise _too_much(f"The archive holds more than {MOST_FILES:,} files")
    if unpacked > MOST_UNPACKED:
        raise _too_much(f"The files in the archive have more than {MOST_UNPACKED:,} bytes")
    if unpacked > MOST_RATIO * packed:
        raise ArchiveError(f"Nothing was unpacked: the files are more than {MOST_RATIO} times as large as the archive.")
    for member in members:
        if member.file_size > MOST_OF_A_FILE:
            raise _too_much(f"{shown(member.filename)} has more than {MOST_OF_A_FILE:,} bytes")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError(f"{shown(member.filename)} is packed in a way that few programs read. Make a plain zip.")


def _too_much(what: str) -> ArchiveError:
    return ArchiveError(f"{what}, which is too much for a browser. Use the command: scaffolder check FOLDER.")


def _write(entries: Iterable[Entry], folder: Path) -> None:
    """Write the files below the new `folder`, and links last, so that nothing is written through one."""
    folder.mkdir()
    links = []
    for path, data, is_link in entries:
        place = folder / _safe(path)
        with _possible(path):
            place.parent.mkdir(parents=True, exist_ok=True)
            if is_link:
                links.append((place, data.decode("utf-8", "replace")))
            else:
                place.write_bytes(data)
    for place, target in links:
        with _possible(place.name):
            place.symlink_to(target)


@contextmanager
def _possible(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):
        raise ArchiveError(f"No folder can hold {shown(path)}: something else of that name is there.") from None


def _safe(path: str) -> PurePosixPath:
    """The path of a file inside the folder; raises `ArchiveError` if it leads out of it, or is no usual path."""
    place = PurePosixPath(path)
    usual = len(path) <= LONGEST_PATH and len(place.parts) <= MOST_PARTS and path.isprintable() and "\\" not in path
    if not usual or place.is_absolute() or ".." in place.parts or any(len(part) > LONGEST_NAME for part in place.parts):
        raise ArchiveError(f"{shown(path)} is no path inside a repository, so nothing was unpacked.")
    return place

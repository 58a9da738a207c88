"""The file of reviews on disk: read with care, and replaced in one step."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffolder.check.items import ITEMS
from scaffolder.check.reviews import (
    MOST_CHARACTERS,
    MOST_REVIEWS,
    PATH,
    Review,
    ReviewError,
    is_known,
    merged,
    parse,
    text_of,
)
from scaffolder.errors import OutsideError, shown, suggestion

try:
    import fcntl
except ImportError:  # Windows: two reviews in the same millisecond could lose one
    fcntl = None  # type: ignore[assignment]

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def read(folder: Path) -> tuple[Review, ...]:
    """The reviews that the repository in `folder` holds now.

    Raises `ReviewError` if the file cannot be read, or could not be written again without loss.
    """
    for path in ("docs", PATH):
        if (folder / path).is_symlink():
            raise ReviewError(f"{path} is a link, and reviews are kept only in the repository itself.")
    try:
        with open(os.open(folder / PATH, _FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ReviewError(f"{PATH} is not a file.")
            data = file.read(4 * MOST_CHARACTERS + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ReviewError(f"{PATH} cannot be read: {error.strerror}.") from None
    found = parse(_decoded(data))
    unknown = next((each.item for each in found if not is_known(each)), None)
    if unknown is not None:
        known = [item.id for item in ITEMS if item.written]
        problem = f"{PATH} has a review of {shown(unknown)}, which is not a written item"
        raise ReviewError(f"{problem}: {suggestion(unknown, known)}")
    return found


def add(folder: Path, given: Iterable[Review]) -> None:
    """Add reviews to the file, which is read again first so that no other reviewer's entry is lost.

    The file is replaced in one step. Raises `ReviewError`, or `OutsideError` if the disk refuses.
    """
    try:
        with _locked(folder / "docs"):
            every: Sequence[Review] = read(folder)
            for review in given:
                every = merged(every, review)
            text = text_of(every)
            _refuse_unreadable(text, len(every))
            _replace(folder / PATH, text)
    except OSError as error:
        raise OutsideError(f"{PATH} cannot be written: {error.strerror or error}.") from error


def _refuse_unreadable(text: str, number: int) -> None:
    """Raise `ReviewError` for a text that could not be read again."""
    if len(text) > MOST_CHARACTERS or number > MOST_REVIEWS:
        raise ReviewError(f"{PATH} is full: it holds {MOST_REVIEWS:,} reviews or {MOST_CHARACTERS:,} characters.")
    try:
        parse(text)
    except ReviewError:
        raise ReviewError("This review cannot be kept: write its comment without long runs of dots.") from None


@contextmanager
def _locked(docs: Path) -> Iterator[None]:
    """Lock the folder `docs`, created if it is not there, against other reviewers."""
    if docs.is_symlink():
        raise ReviewError("docs is a link, and reviews are kept only in the repository itself.")
    docs.mkdir(exist_ok=True)
    if fcntl is None:
        yield
        return
    descriptor = os.open(docs, _FLAGS)
    try:
        with suppress(OSError):  # a network drive may have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(file: Path, text: str) -> None:
    """Write `file` in one step: whoever reads it, or kills this process, finds the old text or the new one."""
    temporary = file.with_name(f".{file.name}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with open(temporary, "x", encoding="utf-8", newline="\n") as new:  # "x" follows no link
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        os.replace(temporary, file)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReviewError(f"{PATH} is not UTF-8 text.") from None

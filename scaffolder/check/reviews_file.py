"""The file of reviews on disk: read with care, and replaced in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from scaffolder.check.items import ITEMS
from scaffolder.check.reviews import (
    MOST_CHARACTERS,
    MOST_REVIEWS,
    PATH,
    Review,
    ReviewError,
    is_written,
    merged,
    parse,
    text_of,
)
from scaffolder.errors import OutsideError, shown, suggestion
from scaffolder.safe import locked, read_file, replace_file


def read(folder: Path) -> tuple[Review, ...]:
    """The reviews that the repository in `folder` holds now.

    Raises `ReviewError` if the file cannot be read, or could not be written again without loss.
    """
    _refuse_links(folder)
    try:
        text = read_file(folder / PATH, 4 * MOST_CHARACTERS + 1).decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise ReviewError(f"{PATH} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ReviewError(f"{PATH} is not UTF-8 text.") from None
    reviews = parse(text)
    unknown = next((review.item for review in reviews if not is_written(review.item)), None)
    if unknown is not None:
        written = [item.id for item in ITEMS if item.written]
        problem = f"{PATH} has a review of {shown(unknown)}, which is not a written item"
        raise ReviewError(f"{problem}: {suggestion(unknown, written)}")
    return reviews


def add(folder: Path, given: Iterable[Review]) -> None:
    """Add reviews to the file, which is read again first so that no other reviewer's entry is lost.

    The file is replaced in one step. Raises `ReviewError`, or `OutsideError` if the disk refuses.
    """
    _refuse_links(folder)
    try:
        docs = folder / "docs"
        docs.mkdir(exist_ok=True)
        with locked(docs):
            reviews: Sequence[Review] = read(folder)
            for review in given:
                reviews = merged(reviews, review)
            text = text_of(reviews)
            _refuse_unreadable(text)
            replace_file(folder / PATH, text.encode())
    except OSError as error:
        raise OutsideError(f"{PATH} cannot be written: {error.strerror or error}.") from error


def _refuse_links(folder: Path) -> None:
    for path in ("docs", PATH):
        if (folder / path).is_symlink():
            raise ReviewError(f"{path} is a link, and reviews are kept only in the repository itself.")


def _refuse_unreadable(text: str) -> None:
    """Raise `ReviewError` for a text that could not be read again."""
    try:
        parse(text)
    except ReviewError as error:
        full = f"it is full, at {MOST_REVIEWS:,} reviews or {MOST_CHARACTERS:,} characters"
        raise ReviewError(f"{PATH} cannot hold this: {full}, or a comment has a long run of dots.") from error

"""`docs/reviews.toml`: people's judgements of the written items, each with the hash of the text that was judged.

A review counts while the text is unchanged and its reviewer is not an author of the repository. The authors are those
of the commits, except commits that change only this file, and the author that the project's record names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from scaffolder.check.authors import REVIEWS, authors, names
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.items import BY_ID
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.errors import ScaffolderError, one_line, shown
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.results.finding import Reviewed, Standing

PATH = REVIEWS
MOST_REVIEWS = 2_000
MOST_CHARACTERS = 400_000  # of the file; a larger one is neither read nor written
LONGEST_NAME, LONGEST_COMMENT = 120, 4_000  # characters
SCORES = range(4)

_HEAD = """\
# Written by `scaffolder review`. Score: 0 missing, 1 weak, 2 good, 3 excellent. A review counts while the text that it
# judges is unchanged (`text` is its SHA-256) and its reviewer is not an author of the repository.
"""
_FIELDS = {"item": None, "reviewer": None, "comment": "", "date": None, "text": None}  # and defaults; None: required
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOST_PROBLEMS = 20  # named in one error
_SHA256 = re.compile(r"[0-9a-f]{64}")


Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Review:
    """One person's judgement of one item: `score` 0 to 3, `date` as 2026-11-25, `text` the hash of what was read."""

    item: str
    reviewer: str
    score: int
    comment: str
    date: str
    text: str


class ReviewError(ScaffolderError):
    """A review, or the file of reviews, that cannot be used; the message is a sentence that says why."""


@fact
def reviews(repo: Repository) -> Mapping[str, tuple[Reviewed, ...]]:
    """The reviews by item, each with its standing; problems with the file become notes."""
    text = repo.snapshot.text(PATH)
    if text is None:
        return {}
    found: dict[str, tuple[Reviewed, ...]] = {}
    try:
        given = parse(text)
    except ReviewError as error:
        repo.snapshot.note(str(error))
        return {}
    for review in given:
        if not is_written(review.item):
            repo.snapshot.note(f"{PATH} has a review of {shown(review.item)}, which is not a written item.")
            continue
        found[review.item] = (*found.get(review.item, ()), judged(repo, review))
    return found


def judged(repo: Repository, review: Review) -> Reviewed:
    """The review with its standing."""
    return Reviewed(review.reviewer, review.score, review.comment, review.date, standing(repo, review))


def parse(text: str) -> tuple[Review, ...]:
    """The reviews in the text of the file; raises `ReviewError` for the first thing that is wrong with it."""
    named = ((f"{PATH}, review {number}", entry) for number, entry in enumerate(entries(text, PATH), 1))
    return tuple(checked(Review(**settings(entry, where, _FIELDS)), where) for where, entry in named)


def entries(text: str, name: str = "The file of reviews", least: int = 0) -> Sequence[object]:
    """The entries `[[review]]` of a TOML text, unchecked; raises `ReviewError` if it is no list of at least so many."""
    if len(text) > MOST_CHARACTERS:
        raise ReviewError(f"{name} is larger than {MOST_CHARACTERS:,} characters, so no review is read.")
    try:
        content = load_toml(text)
    except TomlError as error:
        raise ReviewError(f"{name} is not TOML ({error}), so no review is read.") from None
    found = content.get("review", [])
    if not isinstance(found, list) or not least <= len(found) <= MOST_REVIEWS or set(content) - {"review"}:
        raise ReviewError(f"{name} is not a list of {least} to {MOST_REVIEWS:,} entries `[[review]]`.")
    return found


def all_or_none(source: str, read: Callable[[object, str], Kept]) -> tuple[Kept, ...]:
    """The entries `[[review]]` of a TOML text, each converted by `read(entry, where)`; `where` is its name in errors.

    Raises `ReviewError`, which names one problem of each wrong entry.
    """
    found: list[Kept] = []
    problems: list[str] = []
    for number, entry in enumerate(entries(source, least=1), 1):
        try:
            found.append(read(entry, f"review {number}"))
        except ReviewError as error:
            problems.append(str(error).rstrip("."))
    if problems:
        more = f"; and {len(problems) - _MOST_PROBLEMS} more" if len(problems) > _MOST_PROBLEMS else ""
        raise ReviewError(f"No review was kept: {'; '.join(problems[:_MOST_PROBLEMS])}{more}.")
    return tuple(found)


def settings(entry: object, where: str, defaults: Mapping[str, str | None]) -> dict[str, Any]:
    """The fields of an entry `[[review]]`: `score`, a whole number, and texts, namely `text` and those in `defaults`.

    A field whose default is None is required; the default of `text` is "". Raises `ReviewError` for the first problem;
    its message begins with `where`.
    """
    defaults = {**defaults, "text": defaults.get("text", "")}
    known = (*defaults, "score")
    given: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    unknown = next((key for key in given if key not in known), None)
    if unknown is not None:
        raise ReviewError(f"{where}: there is no setting {shown(unknown)}, only {', '.join(known)}.")
    fields = {**{key: value for key, value in defaults.items() if value is not None}, **given}
    if isinstance(fields.get("date"), date):  # TOML has a type for dates
        fields["date"] = str(fields["date"])
    absent = next((key for key in known if key not in fields), None)
    if absent:
        raise ReviewError(f"{where}: `{absent}` is missing.")
    wrong = next((key for key in defaults if not isinstance(fields[key], str)), None)
    if wrong or not isinstance(fields["score"], int) or isinstance(fields["score"], bool):
        raise ReviewError(f"{where}: `{wrong or 'score'}` is not a {'text' if wrong else 'whole number'}.")
    return fields


def checked(review: Review, where: str) -> Review:
    """`review`, if all of it can be kept; raises `ReviewError` with the first thing that is wrong, at `where`."""
    wrong = next(_wrong(review), None)
    if wrong:
        raise ReviewError(f"{where}: {wrong}.")
    return review


def merged(given: Iterable[Review], new: Review) -> tuple[Review, ...]:
    """The reviews with `new`, which replaces an earlier one by the same person of the same item."""
    key = (new.item, new.reviewer.casefold())
    return (*(each for each in given if (each.item, each.reviewer.casefold()) != key), new)


def text_of(given: Iterable[Review]) -> str:
    """The text of a file with these reviews, in the order of the checklist."""
    order = list(BY_ID)
    ordered = sorted(given, key=lambda each: order.index(each.item) if each.item in order else len(order))
    return "\n".join([_HEAD, *map(_entry, ordered)])


def is_written(item: str) -> bool:
    """Whether `item` is the id of a written item, which people judge."""
    return item in BY_ID and BY_ID[item].written


def standing(repo: Repository, review: Review) -> Standing:
    """Whether a review counts, and if not, why."""
    if judged_text(repo, review.item) != review.text:
        return Standing.STALE
    known = authors(repo)
    if known is None:
        return Standing.UNKNOWN
    return Standing.SELF if names(review.reviewer) & known else Standing.CURRENT


def judged_text(repo: Repository, item: str) -> str:
    """The hash of the item's text; "" if there is none."""
    kind = BY_ID[item]
    passage = kind().text(repo) if issubclass(kind, WrittenItem) else None
    return fingerprint(repo, passage) if passage else ""


def _wrong(review: Review) -> Iterator[str]:
    if review.score not in SCORES:
        yield f"the score is {review.score}, not 0 to 3"
    if not names(review.reviewer):
        yield "the reviewer has no name"
    for name, value, most in (
        ("item", review.item, LONGEST_NAME),
        ("reviewer", review.reviewer, LONGEST_NAME),
        ("comment", review.comment, LONGEST_COMMENT),
    ):
        if len(value) > most:
            yield f"the {name} is longer than {most:,} characters"
        if not (value.replace("\n", "") if name == "comment" else value).isprintable():
            yield f"the {name} has control characters in it: {shown(one_line(value), 40)}"
    if not _is_day(review.date):
        yield "the date is not a day like 2026-11-25, or it is in the future"
    if not _SHA256.fullmatch(review.text):
        yield "`text` is not a SHA-256"


def _is_day(text: str) -> bool:
    """Whether `text` is a date no later than tomorrow, which may have begun where the reviewer is."""
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text) <= date.today() + timedelta(days=1)
    except ValueError:
        return False


def _entry(review: Review) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)  # a JSON string of printable characters is a TOML string, too

    return (
        f"[[review]]\nitem = {quoted(review.item)}\nreviewer = {quoted(review.reviewer)}\nscore = {review.score}\n"
        f"comment = {quoted(review.comment)}\ndate = {quoted(review.date)}\ntext = {quoted(review.text)}\n"
    )

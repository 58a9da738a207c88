"""`docs/reviews.toml`: people's judgements of the written items, each with the hash of the text that was judged.

A review counts while the text is unchanged and its reviewer is not an author of the repository. The authors are those
of the commits, except commits that change only this file, and the author that the project's record names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from scaffolder.check.authors import REVIEWS, authors, names, resembled
from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.items import BY_ID
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.errors import ScaffolderError, one_line, shown
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.results.finding import NOWHERE, Reviewed, Standing

PATH = REVIEWS
MOST_REVIEWS = 2_000
MOST_CHARACTERS = 400_000  # of the file; a larger one is neither read nor written
LONGEST_NAME, LONGEST_COMMENT, LONGEST_PLACE = 120, 4_000, 400  # characters
SCORES = range(4)

_HEAD = """\
# Written by `scaffolder review`. Score: 0 missing, 1 weak, 2 good, 3 excellent. A review counts while the text that it
# judges is unchanged (`text` is its SHA-256) and its reviewer is not an author of the repository.
"""
_FIELDS = {
    "item": None,
    "reviewer": None,
    "comment": "",
    "date": None,
    "text": None,
    "place": "",
}  # and defaults; None: required
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LINE = re.compile(r"[1-9]\d{0,8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Review:
    """One person's judgement of one item: `score` 0 to 3, `date` as 2026-11-25, `text` the hash of what was read.

    With a `place` the person speaks against the machine, of any item: it is there, at FILE:LINE, or it is `NOWHERE`.
    """

    item: str
    reviewer: str
    score: int
    comment: str
    date: str
    text: str
    place: str = ""


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
        if not is_known(review):
            repo.snapshot.note(f"{PATH} has a review of {shown(review.item)}, which is not a written item.")
            continue
        judged = Reviewed(
            review.reviewer, review.score, review.comment, review.date, standing(repo, review), review.place
        )
        if judged.standing is Standing.CURRENT and (author := resembled(repo, review.reviewer)):
            repo.snapshot.note(f"{PATH}: {shown(review.reviewer)} looks like the author {shown(author)}, and counts.")
        found[review.item] = (*found.get(review.item, ()), judged)
    return found


def parse(text: str) -> tuple[Review, ...]:
    """The reviews in the text of the file; raises `ReviewError` for the first thing that is wrong with it."""
    return tuple(_read(entry, f"{PATH}, review {number}") for number, entry in enumerate(entries(text, PATH), 1))


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


def is_known(review: Review) -> bool:
    """Whether there is something to judge: a written item, or any item of which a person says where it is."""
    return is_written(review.item) or (bool(review.place) and review.item in BY_ID)


def standing(repo: Repository, review: Review) -> Standing:
    """Whether a review counts, and if not, why."""
    if judged_text(repo, review.item, review.place) != review.text:
        return Standing.STALE
    known = authors(repo)
    if known is None:
        return Standing.UNKNOWN
    return Standing.SELF if names(review.reviewer) & known else Standing.CURRENT


def judged_text(repo: Repository, item: str, place: str = "") -> str:
    """The hash of what is judged: the item's text, the text at a place, or what the machine found; "" if none."""
    kind = BY_ID[item]
    if place == NOWHERE:
        finding = kind.finding(repo)
        return sha256("\n".join([finding.state, *map(str, finding.evidence)]).encode(errors="replace")).hexdigest()
    if place:
        return _text_at(repo, *_divided(place))
    passage = kind().text(repo) if issubclass(kind, WrittenItem) else None
    return fingerprint(repo, passage) if passage else ""


def _divided(place: str) -> tuple[str, int]:
    """'MODEL_CARD.md:40' -> its file and its line; line 1 if none is given."""
    path, colon, line = place.rpartition(":")
    return (path, int(line)) if colon and _LINE.fullmatch(line) else (place, 1)


def _text_at(repo: Repository, path: str, line: int) -> str:
    """The hash of the innermost section around a line, or of the whole file if it has none; "" if it is not there."""
    page = next((each for each in documents(repo) if each.path == path), None)
    around = [each for each in page.sections if each.line <= line <= each.end] if page else []
    text = repo.snapshot.text(path)
    if text is not None and line > text.count("\n") + 1:
        return ""
    return fingerprint(repo, around[-1]) if around else repo.snapshot.sha256(path) or ""


def _read(entry: object, where: str) -> Review:
    fields = entry if isinstance(entry, dict) else {}
    texts = {key: fields.get(key, default) for key, default in _FIELDS.items()}
    score = fields.get("score")
    absent = next((key for key, value in texts.items() if not isinstance(value, str)), None)
    if absent or not isinstance(score, int) or isinstance(score, bool):
        raise ReviewError(f"{where}: `{absent or 'score'}` is not there, or of another kind.")
    return checked(Review(score=score, **{key: str(value) for key, value in texts.items()}), where)


def _wrong(review: Review) -> Iterator[str]:
    if review.score not in SCORES:
        yield f"the score is {review.score}, not 0 to 3"
    if review.place and bool(review.score) == (review.place == NOWHERE):
        yield f"with the place {shown(review.place)} the score is {'0' if review.score else '1, 2 or 3'}"
    if not names(review.reviewer):
        yield "the reviewer has no name"
    for name, value, most in (
        ("item", review.item, LONGEST_NAME),
        ("reviewer", review.reviewer, LONGEST_NAME),
        ("comment", review.comment, LONGEST_COMMENT),
        ("place", review.place, LONGEST_PLACE),
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

    place = f"place = {quoted(review.place)}\n" if review.place else ""
    return (
        f"[[review]]\nitem = {quoted(review.item)}\nreviewer = {quoted(review.reviewer)}\nscore = {review.score}\n"
        f"comment = {quoted(review.comment)}\ndate = {quoted(review.date)}\ntext = {quoted(review.text)}\n{place}"
    )

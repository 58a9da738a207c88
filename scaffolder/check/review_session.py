"""A person's reviews of one repository: lists the texts to review, and keeps the reviews in `docs/reviews.toml`.

Nothing here prints or reads the terminal; `scaffolder review` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from scaffolder.check.authors import resembled
from scaffolder.check.engine.repository import Repository
from scaffolder.check.examine import examine, opened
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.markdown_blocks import BLOCK_MARK
from scaffolder.check.reviews import (
    Review,
    ReviewError,
    checked,
    entries,
    is_written,
    judged_text,
    standing,
)
from scaffolder.check.reviews_file import add, read
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.errors import shown, suggestion
from scaffolder.results.finding import TO_JUDGE, Finding, Reviewed, Standing

MOST_LINES, MOST_SHOWN = 250, 12_000  # lines and characters of a text that a reviewer is shown
_MOST_PROBLEMS = 20  # named in one error

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Text:
    """A written item to judge. `lines` may be only the beginning of the text; `sha256` is the hash of all of it."""

    item: str
    title: str
    rubric: tuple[str, str, str]
    source: str
    path: str
    line: int | None
    lines: tuple[str, ...]
    left_out: int  # lines after the last of `lines`
    sha256: str
    reviews: tuple[Reviewed, ...]

    @property
    def place(self) -> str:
        """'README.md:12'."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def to_json(self) -> dict[str, Any]:
        """The text as JSON: its lines as one string, and its place in one."""
        fields = asdict(self)
        lines = "\n".join(fields.pop("lines"))
        return {**fields, "place": self.place, "text": lines}

    def reviewed_by(self, reviewer: str) -> bool:
        """Whether this person has judged the present text."""
        return any(
            each.reviewer.casefold() == reviewer.casefold() and each.standing is not Standing.STALE
            for each in self.reviews
        )


class ReviewSession:
    """The texts of the repository in `folder` as they were when the session began, and the reviews of one sitting."""

    def __init__(self, folder: Path, today: date | None = None) -> None:
        self.folder = folder
        self.today = (today or date.today()).isoformat()
        self._repo = opened(folder)
        read(folder)  # fails on an unusable file of reviews before anybody is asked anything
        report = examine(self._repo, folder.resolve().name, only=[item.id for item in ITEMS if item.written])
        self.findings: Mapping[str, Finding] = {finding.item: finding for finding in report.findings}
        self.texts: Mapping[str, Text] = {text.item: text for text in texts(self._repo, report.findings)}

    def waiting(self, reviewer: str = "", items: Collection[str] = ()) -> tuple[Text, ...]:
        """The texts that this person could review: those of `items`, else all whose present text they have not judged.

        Raises:
            ReviewError: One of `items` is not a written item, or its text is not written yet.

        """
        problem = next(filter(None, map(self._problem, items)), None)
        if problem:
            raise ReviewError(problem if problem.endswith(("?", ".")) else f"{problem}.")
        if items:
            return tuple(text for text in self.texts.values() if text.item in items)
        return tuple(text for text in self.texts.values() if not text.reviewed_by(reviewer))

    def review(self, item: str, reviewer: str, score: int, comment: str, place: str = "") -> Review:
        """A review of the text as this session read it, or at a place; raises `ReviewError` if it cannot be kept."""
        if place:
            return self._given({"item": item, "score": score, "comment": comment, "place": place}, "Not kept", reviewer)
        text = self.texts[item].sha256
        return checked(Review(item, reviewer, score, comment, self.today, text), f"The review of {item}")

    def standing(self, reviewer: str) -> Standing:
        """The standing that reviews by this person would have here; `current` if they would count."""
        text = next(iter(self.texts.values()), None)
        if text is None:
            return Standing.CURRENT
        return standing(self._repo, Review(text.item, reviewer, 0, "", self.today, text.sha256))

    def resembled(self, reviewer: str) -> str:
        """The author of the repository whom this person's name or address looks like; "" if there is none."""
        return resembled(self._repo, reviewer)

    def given(self, source: str, reviewer: str = "") -> tuple[Review, ...]:
        """The reviews in a TOML text of entries `[[review]]`, all of them or none.

        An entry has `item`, `score` and `comment`; `reviewer`, unless the argument names one; and may have `date` and
        `text`, the hash of the text that was read. Raises `ReviewError`, which names one problem of each wrong entry.
        """
        return all_or_none(source, lambda entry, where: self._given(entry, where, reviewer))

    def keep(self, *given: Review) -> tuple[Reviewed, ...]:
        """Add reviews to the repository's file, and return them with their standing."""
        add(self.folder, given)
        return tuple(
            Reviewed(each.reviewer, each.score, each.comment, each.date, standing(self._repo, each), each.place)
            for each in given
        )

    def _given(self, entry: object, where: str, reviewer: str) -> Review:
        defaults = {"item": None, "comment": "", "reviewer": reviewer, "date": self.today, "place": ""}
        fields = settings(entry, where, defaults)
        problem = self._problem(fields["item"], fields["place"])
        if problem:
            raise ReviewError(f"{where}: {problem}")
        text = judged_text(self._repo, fields["item"], fields["place"])
        if fields["text"] not in ("", text):
            raise ReviewError(f"{where}: the text of {fields['item']} is no longer the one that was read")
        return checked(Review(**{**fields, "text": text}), where)

    def _problem(self, item: str, place: str = "") -> str:
        """Why `item` cannot be reviewed, as it is or at a place; "" if it can."""
        if place and item in BY_ID:
            return "" if judged_text(self._repo, item, place) else f"there is no {shown(place)} in the repository"
        if item in self.texts:
            return ""
        if not is_written(item):
            return f"there is no written item {shown(item)}: {suggestion(item, self.findings)}".rstrip(".")
        return f"the state of {item} is `{self.findings[item].state}`, so there is nothing to review yet"


def texts(repo: Repository, findings: Iterable[Finding]) -> Iterator[Text]:
    """The texts of those `findings` that somebody can judge."""
    for finding in findings:
        item = BY_ID[finding.item]
        if finding.state not in TO_JUDGE or not issubclass(item, WrittenItem):
            continue
        passage = item().text(repo)
        if passage is None:
            continue
        lines, left_out = _beginning(_source(passage))
        yield Text(
            finding.item,
            finding.title,
            item.rubric,
            finding.source,
            passage.path,
            passage.line if isinstance(passage, Section) else None,
            lines,
            left_out,
            fingerprint(repo, passage),
            finding.reviews,
        )


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
    known = (*defaults, "score", "text")
    given: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
    unknown = next((key for key in given if key not in known), None)
    if unknown is not None:
        raise ReviewError(f"{where}: there is no setting {shown(unknown)}, only {', '.join(known)}")
    fields = {"text": "", **{key: value for key, value in defaults.items() if value is not None}, **given}
    if isinstance(fields.get("date"), date):  # TOML has a type for dates
        fields["date"] = str(fields["date"])
    absent = next((key for key in known if key not in fields), None)
    if absent:
        raise ReviewError(f"{where}: `{absent}` is missing")
    wrong = next((key for key in (*defaults, "text") if not isinstance(fields[key], str)), None)
    if wrong or not isinstance(fields["score"], int) or isinstance(fields["score"], bool):
        raise ReviewError(f"{where}: `{wrong}` is not a text" if wrong else f"{where}: `score` is not a whole number")
    return fields


def _source(passage: Passage) -> str:
    """The text of a passage; of a section or document as it stands in the file, without the marks of blocks."""
    if isinstance(passage, Section | Document):
        return "\n".join(line for line in passage.text.split("\n") if not BLOCK_MARK.fullmatch(line))
    return "\n\n".join(block.text for block in passage.blocks)


def _beginning(text: str) -> tuple[tuple[str, ...], int]:
    """The first lines of `text`, as many as a reviewer is shown, and the number of lines that are left out."""
    lines = text.strip("\n").expandtabs(4).split("\n")
    kept: list[str] = []
    room = MOST_SHOWN
    for line in lines[:MOST_LINES]:
        if room <= 0:
            break
        kept.append(line if len(line) <= room else f"{line[: room - 1]}…")
        room -= len(line) + 1
    return tuple(kept), len(lines) - len(kept)

"""A person's reviews of one repository: lists the texts to review, and keeps the reviews in `docs/reviews.toml`.

Nothing here prints or reads the terminal; `scaffolder review` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scaffolder.check.engine.repository import Repository
from scaffolder.check.examine import examine, opened
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.markdown_blocks import BLOCK_MARK
from scaffolder.check.reviews import (
    Review,
    ReviewError,
    all_or_none,
    checked,
    is_written,
    judged,
    settings,
    standing,
)
from scaffolder.check.reviews_file import add, read
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.errors import shown, suggestion
from scaffolder.results.finding import TO_JUDGE, Finding, Reviewed, Standing

MOST_LINES, MOST_SHOWN = 250, 12_000  # lines and characters of a text that a reviewer is shown


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

    def review(self, item: str, reviewer: str, score: int, comment: str) -> Review:
        """A review of the text as this session read it; raises `ReviewError` if it cannot be kept."""
        text = self.texts[item].sha256
        return checked(Review(item, reviewer, score, comment, self.today, text), f"The review of {item}")

    def standing(self, reviewer: str) -> Standing:
        """The standing that reviews by this person would have here; `current` if they would count."""
        text = next(iter(self.texts.values()), None)
        if text is None:
            return Standing.CURRENT
        return standing(self._repo, Review(text.item, reviewer, 0, "", self.today, text.sha256))

    def given(self, source: str, reviewer: str = "") -> tuple[Review, ...]:
        """The reviews in a TOML text of entries `[[review]]`, all of them or none.

        An entry has `item`, `score` and `comment`; `reviewer`, unless the argument names one; and may have `date` and
        `text`, the hash of the text that was read. Raises `ReviewError`, which names one problem of each wrong entry.
        """
        return all_or_none(source, lambda entry, where: self._given(entry, where, reviewer))

    def keep(self, *given: Review) -> tuple[Reviewed, ...]:
        """Add reviews to the repository's file, and return them with their standing."""
        add(self.folder, given)
        return tuple(judged(self._repo, each) for each in given)

    def _given(self, entry: object, where: str, reviewer: str) -> Review:
        defaults = {"item": None, "comment": "", "reviewer": reviewer, "date": self.today}
        fields = settings(entry, where, defaults)
        problem = self._problem(fields["item"])
        if problem:
            raise ReviewError(f"{where}: {problem}")
        text = self.texts[fields["item"]].sha256
        if fields["text"] not in ("", text):
            raise ReviewError(f"{where}: the text of {fields['item']} is no longer the one that was read")
        return checked(Review(**{**fields, "text": text}), where)

    def _problem(self, item: str) -> str:
        """Why `item` cannot be reviewed; "" if it can."""
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

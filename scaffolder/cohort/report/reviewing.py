"""The texts of students that wait for the teacher. The judgements are in the ledger alone, not in a repository."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from typing import Literal

from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.engine.repository import Repository
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.review_session import Text, texts
from scaffolder.check.reviews import Review, ReviewError, all_or_none, checked, entries, settings
from scaffolder.check.written import WrittenItem
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Collected, Judged, Key, Ledger
from scaffolder.cohort.report import checks
from scaffolder.errors import ScaffolderError, shown, suggestion
from scaffolder.project import store
from scaffolder.results.finding import TO_JUDGE, Finding, Level, Reviewed, Standing, State

WRITTEN = tuple(item.id for item in ITEMS if item.written)
UNFINISHED = (State.PLACEHOLDER, State.FLAWED, State.MISSING)
"""In these states an item can only be judged with 0, and is shown only if the teacher asks for it."""
NOTHING = sha256(b"").hexdigest()  # the text of an item that is not there
Place = tuple[str, str, str]
"""A student's id, a project's name and an item."""
Order = Literal["item", "student"]


@dataclass(frozen=True)
class ProjectTexts:
    """The texts of a project when it was collected; `problem` says why they cannot be read, "" if they can."""

    snapshot: Collected
    texts: tuple[Text, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict)  # of the written items
    problem: str = ""


@dataclass(frozen=True)
class Waiting:
    """A text for the teacher to judge, and their last judgement of an `earlier` text in its place.

    `state` is that of the item: a text that is not written can only be judged with 0.
    """

    snapshot: Collected
    text: Text
    earlier: Judged | None = None
    state: State = State.WRITTEN

    @property
    def place(self) -> Place:
        """The student's id, the project's name and the item."""
        return self.snapshot.student, self.snapshot.project, self.text.item


def read(folder: Path, book: Ledger, snapshots: Mapping[Key, Collected]) -> Iterator[ProjectTexts]:
    """Read the texts of the snapshots, of which the last check has succeeded, in the repositories of a cohort."""
    ended = book.latest("check")
    for key, snapshot in snapshots.items():
        try:
            report = checks.last(book, snapshot, ended.get(key)).report
            repo = repository_at(home.repository(folder, *key), snapshot.commit)
            found = tuple(text for finding in report.findings if (text := _text(repo, finding)))
        except ScaffolderError as error:
            yield ProjectTexts(snapshot, problem=str(error))
        else:
            yield ProjectTexts(snapshot, found, {finding.item: finding.state for finding in report.findings})


def _text(repo: Repository, finding: Finding) -> Text | None:
    """The text of an item; for an unfinished one without a text, one without lines; None if there is none to judge."""
    item, unfinished = BY_ID.get(finding.item), finding.state in UNFINISHED
    if not (item and issubclass(item, WrittenItem) and (unfinished or finding.state in TO_JUDGE)):
        return None
    nothing = Text(finding.item, finding.title, item.rubric, finding.source, "", None, (), 0, NOTHING, ())
    return next(texts(repo, [replace(finding, state=State.WRITTEN)]), nothing if unfinished else None)


def text_at(repository: Path, commit: str, item: str) -> Text | None:
    """The text of an item in a commit; None if there is none. Raises a `ScaffolderError` if it cannot be read."""
    finding = Finding(item, "", Level.BUILDER, False, True, State.WRITTEN, (), "", "", "")
    return next(texts(repository_at(repository, commit), [finding]), None)


def students_of(source: str) -> frozenset[str]:
    """The students whom a TOML text of entries `[[review]]` names; raises `ReviewError` if it has none."""
    named = (entry.get("student") for entry in entries(source, least=1) if isinstance(entry, dict))
    return frozenset(student for student in named if isinstance(student, str))


def reviewer(name: str) -> str:
    """`name`, if it is valid as a reviewer's; else raises `ReviewError`, which says why it is not."""
    return checked(Review(WRITTEN[0], name, 0, "", date.today().isoformat(), "0" * 64), "The reviewer").reviewer


def latest(judged: Iterable[Judged]) -> dict[Place, Judged]:
    """The last judgement of each item of each project; `judged` are in the order of the ledger."""
    return {(each.student, each.project, each.item): each for each in judged}


def as_review(judged: Judged, text: str) -> Reviewed:
    """A judgement as a review of the `text`, a SHA-256, that is there now."""
    standing = Standing.CURRENT if judged.text == text else Standing.STALE
    return Reviewed(judged.reviewer, judged.score, judged.comment, judged.at[:10], standing)


class CohortReviews:
    """The texts of a cohort that a teacher judges one after the other; the judgements go into the ledger."""

    def __init__(self, ledger: Ledger, handed_in: Iterable[ProjectTexts]) -> None:
        self._ledger = ledger
        self.handed_in: Mapping[Key, ProjectTexts] = {each.snapshot.key: each for each in handed_in}
        self._judged = latest(ledger.reviews())
        self._texts = {(*key, text.item): text for key, each in self.handed_in.items() for text in each.texts}

    def waiting(self, items: Collection[str] = (), by: Order = "item", *, again: bool = False) -> tuple[Waiting, ...]:
        """The texts that are new or have changed since the teacher last judged them; with `again`, all.

        They are sorted by item, in the order of the checklist, or by student. Unfinished ones come last, and only if
        `items` names them. Raises `ReviewError` if one of `items` is not a written item.
        """
        unknown = next((item for item in items if item not in WRITTEN), None)
        if unknown is not None:
            raise ReviewError(f"There is no written item {shown(unknown)}: {suggestion(unknown, WRITTEN)}")
        order = {item: number for number, item in enumerate(WRITTEN)}

        def place(waiting: Waiting) -> tuple[int | str, ...]:
            student, project, item = waiting.place
            key = (order[item], project, student) if by == "item" else (student, project, order[item])
            return (waiting.state in UNFINISHED, *key)

        found = (
            waiting
            for waiting in self._all(again)
            if waiting.text.item in items or not (items or waiting.state in UNFINISHED)
        )
        return tuple(sorted(found, key=place))

    def _all(self, again: bool) -> Iterator[Waiting]:
        for place, text in self._texts.items():
            earlier = self._judged.get(place)
            if again or earlier is None or earlier.text != text.sha256:
                found = self.handed_in[place[:2]]
                reviews = (as_review(earlier, text.sha256),) if earlier else ()
                yield Waiting(found.snapshot, replace(text, reviews=reviews), earlier, found.states[text.item])

    def changes(self, waiting: Waiting, repository: Path) -> tuple[str, ...]:
        """The lines that were removed ('-…') and added ('+…') since the earlier judgement.

        There are none if there was no judgement, or if the snapshot of that time does not have the judged text.
        """
        if waiting.earlier is None:
            return ()
        snapshot = self._ledger.snapshots(waiting.earlier.at).get(waiting.snapshot.key)
        judged_text = None
        if snapshot:
            with suppress(ScaffolderError):
                judged_text = text_at(repository, snapshot.commit, waiting.text.item)
        if judged_text is None or judged_text.sha256 != waiting.earlier.text:
            return ()
        compared = unified_diff(judged_text.lines, waiting.text.lines, n=0, lineterm="")
        return tuple(line for line in list(compared)[2:] if line[1:].strip() and not line.startswith("@@"))

    def template(self, waiting: Waiting, repository: Path) -> frozenset[str]:
        """The lines of the file as it was handed out, without the spaces around them; none if they cannot be read."""
        text = None
        with suppress(ScaffolderError):
            render = store.commit_of(store.opened(repository), store.SCAFFOLD)
            text = repository_at(repository, render).snapshot.text(waiting.text.path) if render else None
        return frozenset(line.strip() for line in (text or "").expandtabs(4).splitlines() if line.strip())

    def given(self, source: str, reviewer: str = "") -> tuple[Judged, ...]:
        """The judgements in a TOML text of entries `[[review]]`, all of them or none.

        An entry has `student`, `project` (unless there is only one), `item`, `score`, and may have `comment`,
        `reviewer` and `text`, the hash of the text that was read. Raises `ReviewError`, which names one problem of each
        wrong entry.
        """
        projects = {project for _, project in self.handed_in}
        project = projects.pop() if len(projects) == 1 else None
        defaults = {"student": None, "project": project, "item": None, "comment": "", "reviewer": reviewer}

        def entry(found: object, where: str) -> Judged:
            fields = settings(found, where, defaults)
            place = (fields["student"], fields["project"], fields["item"])
            problem = self._problem(place)
            if problem:
                raise ReviewError(f"{where}: {problem}")
            if fields["text"] not in ("", self._texts[place].sha256):
                raise ReviewError(f"{where}: the text of {place[2]} is no longer the one that was read")
            return self.judged(place, fields["reviewer"], fields["score"], fields["comment"], where)

        return all_or_none(source, entry)

    def judged(self, place: Place, reviewer: str, score: int, comment: str, where: str = "") -> Judged:
        """A judgement of the text in `place` as it was collected; raises `ReviewError` if it cannot be kept."""
        student, project, item = place
        where, text = where or f"The review of {item}", self._texts[place].sha256
        state = self.handed_in[student, project].states[item]
        if state in UNFINISHED and score:
            raise ReviewError(f"{where}: the state of {item} is `{state}` for {shown(student)}: only 0 can be given.")
        checked(Review(item, reviewer, score, comment, date.today().isoformat(), text), where)
        return Judged(student, project, item, text, score, comment, reviewer)

    def _problem(self, place: Place) -> str:
        """Why there is nothing to judge in `place`; "" if there is."""
        student, project, item = place
        if place in self._texts:
            return ""
        found = self.handed_in.get((student, project))
        if found is None:
            return f"nothing was collected of {shown(student)} and {shown(project)}"
        if found.problem:
            return found.problem.rstrip(".")
        if item not in WRITTEN:
            return f"there is no written item {shown(item)}: {suggestion(item, WRITTEN)}".rstrip(".")
        return f"the state of {item} is `{found.states[item]}` for {shown(student)}, so there is nothing to review"

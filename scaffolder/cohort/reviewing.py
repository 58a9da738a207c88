"""What students wrote, as it waits for the teacher: what was judged is said by the ledger alone, no repository."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import unified_diff
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from scaffolder.check.engine.finding import Finding, Reviewed, Standing, State
from scaffolder.check.engine.repository import Repository
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.report import examine
from scaffolder.check.review_session import Text, all_or_none, entries, settings, texts
from scaffolder.check.reviews import Review, ReviewError, checked, is_written
from scaffolder.check.written import WrittenItem, fingerprint
from scaffolder.cohort import home, ledger
from scaffolder.cohort.ledger import Collected, Judged, Key, Ledger
from scaffolder.cohort.snapshots import repository_at
from scaffolder.errors import ScaffolderError, TargetError, shown, suggestion
from scaffolder.project import store

WRITTEN = tuple(item.id for item in ITEMS if item.written)
UNFINISHED = (State.PLACEHOLDER, State.MISSING)
"""Of such an item, the only judgement is 0, and only where a teacher asks for it."""
NOTHING = sha256(b"").hexdigest()  # the text of an item that is not there
Place = tuple[str, str, str]
"""A student's id, a project's name and an item."""
Order = Literal["item", "student"]


class Job(NamedTuple):
    """A snapshot to be read, and the Git repository that has it; `problem` says why it must not be, or is ""."""

    repository: Path
    snapshot: Collected
    problem: str = ""


def jobs(folder: Path, book: Ledger, snapshots: Mapping[Key, Collected]) -> list[Job]:
    """One for each snapshot; what could not be checked, as it took too much time or memory, is not read here either."""
    folder = Path(os.path.abspath(folder))  # workers may be in another one
    checks = book.latest("check")
    failed = {key: each.detail for key, each in checks.items() if each.state is ledger.State.FAILED}
    return [Job(home.repository(folder, *key), each, failed.get(key, "")) for key, each in snapshots.items()]


def opened(job: Job) -> Repository:
    """The snapshot as the checklist sees it; raises a `ScaffolderError` if it cannot, or must not, be read."""
    if job.problem:
        raise TargetError(job.problem)
    return repository_at(job.repository, job.snapshot.commit)


def handed_out(job: Job) -> Repository | None:
    """The last render of the template, as it was handed out; None if it is not there or cannot be read."""
    try:
        commit = store.commit_of(store.opened(job.repository), store.SCAFFOLD)
        return repository_at(job.repository, commit) if commit else None
    except ScaffolderError:
        return None


@dataclass(frozen=True)
class HandedIn:
    """What a student had written when the project was collected; `problem` says why it cannot be read, or is ""."""

    snapshot: Collected
    texts: tuple[Text, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict)  # of the written items
    problem: str = ""


@dataclass(frozen=True)
class Waiting:
    """A text for the teacher to judge, and their last judgement of an `earlier` text in its place.

    Its `state` is that of its item: of what is not written, the only judgement is 0.
    """

    snapshot: Collected
    text: Text
    earlier: Judged | None = None
    state: State = State.WRITTEN

    @property
    def place(self) -> Place:
        """Whose it is, and which."""
        return self.snapshot.student, self.snapshot.project, self.text.item


def read(jobs: Sequence[Job], items: Collection[str] = WRITTEN, *, unfinished: bool = False) -> list[HandedIn]:
    """A task for `executor.run`; with `unfinished`, also what is missing, or still has open questions.

    A repository that cannot be read is said in its outcome.
    """
    return [_handed_in(job, items, unfinished=unfinished) for job in jobs]


def unread(job: Job, error: Exception) -> HandedIn:
    """The outcome of a job that failed."""
    return HandedIn(job.snapshot, problem=str(error))


def _handed_in(job: Job, items: Collection[str], *, unfinished: bool = False) -> HandedIn:
    try:
        repo = opened(job)
    except ScaffolderError as error:
        return unread(job, error)
    findings = examine(repo, job.snapshot.project, only=items, given={}).findings
    found = list(texts(repo, findings))
    if unfinished:
        found += (_unfinished(repo, each) for each in findings if each.state in UNFINISHED)
    return HandedIn(job.snapshot, tuple(found), {each.item: each.state for each in findings})


def _unfinished(repo: Repository, finding: Finding) -> Text:
    """What there is of an item, as if it were written; of one that is not there, no lines."""
    there = next(texts(repo, [replace(finding, state=State.WRITTEN)]), None)
    item = BY_ID[finding.item]
    rubric = item.rubric if issubclass(item, WrittenItem) else ("", "", "")
    return there or Text(finding.item, finding.title, rubric, finding.source, "", None, (), 0, NOTHING, ())


def students_of(source: str) -> frozenset[str]:
    """The students whom a TOML text of entries `[[review]]` names; raises `ReviewError` if it has none."""
    named = (entry.get("student") for entry in entries(source) if isinstance(entry, dict))
    return frozenset(student for student in named if isinstance(student, str))


def reviewer(name: str) -> str:
    """`name`, if the ledger can keep it as a reviewer's; raises `ReviewError` with what is wrong with it."""
    return checked(Review(WRITTEN[0], name, 0, "", date.today().isoformat(), "0" * 64), "The reviewer").reviewer


def latest(judged: Iterable[Judged]) -> dict[Place, Judged]:
    """The last judgement of each item of each project, of those in the order of the ledger."""
    return {(each.student, each.project, each.item): each for each in judged}


def judgements(repo: Repository, judged: Iterable[Judged]) -> dict[str, tuple[Reviewed, ...]]:
    """The teacher's last judgements of one project, by item, as `report.examine(given=...)` takes them."""
    return {item: (_reviewed(repo, each),) for (_, _, item), each in latest(judged).items() if is_written(item)}


def _reviewed(repo: Repository, judged: Judged) -> Reviewed:
    item = BY_ID[judged.item]
    passage = item().passage(repo) if issubclass(item, WrittenItem) else None
    same = judged.text == (fingerprint(repo, passage) if passage else NOTHING)
    standing = Standing.CURRENT if same else Standing.STALE
    return Reviewed(judged.reviewer, judged.score, judged.comment, judged.at[:10], standing)


class Desk:
    """The texts of a cohort before a teacher, who judges one after the other into the ledger."""

    def __init__(self, ledger: Ledger, handed_in: Iterable[HandedIn]) -> None:
        self._ledger = ledger
        self.handed_in: Mapping[Key, HandedIn] = {
            (each.snapshot.student, each.snapshot.project): each for each in handed_in
        }
        self._judged = latest(ledger.reviews())
        self._snapshots_until = lru_cache(maxsize=8)(ledger.snapshots)
        self._texts = {(*key, text.item): text for key, each in self.handed_in.items() for text in each.texts}

    def waiting(self, items: Collection[str] = (), by: Order = "item", *, again: bool = False) -> tuple[Waiting, ...]:
        """The texts that are new or have changed since the teacher last judged them; with `again`, all.

        They come item by item in the order of the checklist, or student by student, what is unfinished last, and that
        only of `items`. Raises `ReviewError` if one of `items` is no written item.
        """
        unknown = next((item for item in items if item not in WRITTEN), None)
        if unknown is not None:
            raise ReviewError(f"There is no written item {shown(unknown)}: {suggestion(unknown, WRITTEN)}")
        order = {item: number for number, item in enumerate(WRITTEN)}

        def place(one: Waiting) -> tuple[int | str, ...]:
            student, project, item = one.place
            key = (order[item], project, student) if by == "item" else (student, project, order[item])
            return (one.state in UNFINISHED, *key)

        found = (one for one in self._all(again) if one.text.item in items or not (items or one.state in UNFINISHED))
        return tuple(sorted(found, key=place))

    def _all(self, again: bool) -> Iterator[Waiting]:
        for place, text in self._texts.items():
            earlier = self._judged.get(place)
            if again or earlier is None or earlier.text != text.sha256:
                found = self.handed_in[place[:2]]
                yield Waiting(found.snapshot, text, earlier, found.states[text.item])

    def changes(self, one: Waiting, repository: Path) -> tuple[str, ...]:
        """The lines that went ('-…') and came ('+…') since the earlier judgement.

        They are empty if there was none, or if the text that was judged is not found in a snapshot of that time.
        """
        if one.earlier is None:
            return ()
        student, project, item = one.place
        snapshot = self._snapshots_until(one.earlier.at).get((student, project))
        before = _handed_in(Job(repository, snapshot), (item,)).texts if snapshot else ()
        if not before or before[0].sha256 != one.earlier.text:
            return ()
        compared = unified_diff(before[0].lines, one.text.lines, n=0, lineterm="")
        return tuple(line for line in list(compared)[2:] if line[1:].strip() and not line.startswith("@@"))

    def template(self, one: Waiting, repository: Path) -> frozenset[str]:
        """The lines of the file as it was handed out, without the spaces around them."""
        render = handed_out(Job(repository, one.snapshot))
        text = render.snapshot.text(one.text.path) if render and one.text.path else None
        return frozenset(line.strip() for line in (text or "").expandtabs(4).splitlines() if line.strip())

    def judged(self, place: Place, reviewer: str, score: int, comment: str) -> Judged:
        """A judgement of the text in `place` as it was collected; raises `ReviewError` if it cannot be kept."""
        return self._checked(place, reviewer, score, comment, f"The review of {place[2]}")

    def given(self, source: str, reviewer: str = "") -> tuple[Judged, ...]:
        """The judgements in a TOML text of entries `[[review]]`, all of them or none.

        Each has `student`, `project` (unless there is only one), `item`, `score`, and may have `comment`, `reviewer`
        and `text`, the hash of what was read. Raises `ReviewError`, which names the first thing wrong with each.
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
            return self._checked(place, fields["reviewer"], fields["score"], fields["comment"], where)

        return all_or_none(source, entry)

    def keep(self, *judged: Judged) -> None:
        """Write judgements into the ledger, all of them or none."""
        self._ledger.judge(*judged)

    def _checked(self, place: Place, reviewer: str, score: int, comment: str, where: str) -> Judged:
        student, project, item = place
        text = self._texts[place].sha256
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
        if not is_written(item):
            return f"there is no written item {shown(item)}: {suggestion(item, WRITTEN)}".rstrip(".")
        return f"the state of {item} is `{found.states[item]}` for {shown(student)}, so there is nothing to review"


def with_earlier(one: Waiting) -> Text:
    """The text with the teacher's earlier judgement among its reviews."""
    if one.earlier is None:
        return one.text
    standing = Standing.CURRENT if one.earlier.text == one.text.sha256 else Standing.STALE
    earlier = Reviewed(one.earlier.reviewer, one.earlier.score, one.earlier.comment, one.earlier.at[:10], standing)
    return replace(one.text, reviews=(earlier,))

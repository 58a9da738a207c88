"""A file of feedback for each student, on the work that was collected. What a teacher adds to it stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.examine import examine
from scaffolder.check.items import BY_ID
from scaffolder.check.review_session import texts
from scaffolder.check.written import WrittenItem
from scaffolder.cohort.course.home import FEEDBACK
from scaffolder.cohort.ledger import Collected, Entry, Judged, Key, Ledger, State
from scaffolder.cohort.remote.fetching import descends
from scaffolder.cohort.report.deliveries import History
from scaffolder.cohort.report.reviewing import Job, judgements, opened
from scaffolder.cohort.work.collect import as_of
from scaffolder.errors import ScaffolderError, shown, unwritable
from scaffolder.project import store
from scaffolder.project.update import UpdateError, record_of
from scaffolder.results.report import Report
from scaffolder.safe import replace_file

if TYPE_CHECKING:
    import pygit2

MAX_BYTES = 2_000_000  # of a file that is there already
_END = "<!-- /scaffolder:feedback -->\n"
_OURS = re.compile(rf"<!-- scaffolder:feedback ([0-9a-f]{{64}}) -->\n(.*?){_END}", re.DOTALL)
_PLACE = re.compile(r"(?:^|[\s'\"(])(?:[A-Za-z]:)?[/\\]|://")  # begins a path, or is in an address
_HINT = "<!-- Written by `scaffolder cohort feedback`. What you write above or below this part stays. -->\n"


class ProjectFacts(NamedTuple):
    """The facts about a project in course and ledger.

    `due` is its due date and `rewritten` when `main` was last found rewritten, both ISO 8601 in UTC or "". `untouched`
    says that the collected commit is ours alone, `elsewhere` is a sentence that names other branches with work,
    `update` is how the last update ended, and `failed` has sentences on steps that failed.
    """

    due: str = ""
    untouched: bool = False
    rewritten: str = ""
    elsewhere: str = ""
    update: Entry | None = None
    failed: tuple[str, ...] = ()


class Waiting(NamedTuple):
    """An update that waits for a student, who merges the `branches` one after the other.

    `conflict` names the places that it and the student have both changed, "" for none. It is `outdated` if the student
    has rewritten `main` since, so that Git would not merge it.
    """

    branches: tuple[str, ...] = ()
    conflict: str = ""
    outdated: bool = False


NOTHING_WAITS = Waiting()


@dataclass(frozen=True)
class Assessed:
    """The report on a project as it was collected, with the teacher's judgements.

    Without a report, `problem` says why it cannot be read; it is "" if there is only our own work. `texts` are the
    items with a text to judge.
    """

    snapshot: Collected
    report: Report | None
    problem: str = ""
    update: Waiting = NOTHING_WAITS
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kept:
    """The outcome for a student's file: `done`, `unchanged`, or `failed` for the reason in `detail`."""

    student: str
    path: Path
    state: State
    detail: str = ""


def around(book: Ledger, snapshots: Iterable[Collected], dues: Mapping[Key, str]) -> dict[Key, ProjectFacts]:
    """The facts about each project in `snapshots`."""
    checks, collections, updates = (book.latest(step) for step in ("check", "collect", "update"))
    found = {}
    for each in snapshots:
        key = (each.student, each.project)
        history, update = History(book.events(*key)), updates.get(key)
        last = collections.get(key)
        failed = [f"It could not be collected: {_told(last)}"] if last and last.state is State.FAILED else []
        if update and update.state is State.FAILED:
            failed.append(f"The last update of its template was not possible: {_told(update)}")
        until = as_of(checks.get(key))
        when = max((moment for moment in history.rewritten() if not until or moment <= until), default="")
        elsewhere = history.elsewhere(until)
        found[key] = ProjectFacts(dues.get(key, ""), history.ours(each.commit), when, elsewhere, update, tuple(failed))
    return found


def _told(failed: Entry) -> str:
    """Why a step failed, if the student can mend it; other reasons may name the teacher's folders and servers."""
    return failed.detail if failed.facts.for_student else "ask your teacher."


def readable(problem: str) -> str:
    """Why a project cannot be read, for its student: without the teacher's folders."""
    return "ask your teacher." if _PLACE.search(problem) else problem


def assess(job: Job, judged: Sequence[Judged], known: ProjectFacts) -> Assessed:
    """Check what was collected; only the teacher's judgements of this project count as reviews.

    Work that is ours alone is not checked, unless it was judged.
    """
    waiting = _update(job, known.update)
    try:
        repo = opened(job)
        if known.untouched and not judged:
            return Assessed(job.snapshot, None)
        report = examine(repo, job.snapshot.project, given=judgements(repo, judged))
        found = frozenset(text.item for text in texts(repo, report.findings))
    except ScaffolderError as error:
        return Assessed(job.snapshot, None, str(error), waiting)
    return Assessed(job.snapshot, report, "", waiting, found)


def _update(job: Job, update: Entry | None) -> Waiting:
    """The update that waits for the student; nothing if the collected commit has it."""
    if update is None or update.state not in (State.BRANCH, State.CONFLICT):
        return NOTHING_WAITS
    branches, conflict = update.facts.branches, update.facts.places
    try:
        with store.failures("The repository cannot be read"):
            repo = store.opened(job.repository)
            news = store.commit_of(repo, store.SCAFFOLD) if conflict else update.commit
            if news and job.snapshot.commit in repo and _has(repo, job.snapshot.commit, news):
                return NOTHING_WAITS
            return Waiting(branches, conflict, outdated=not _fit(repo, job.snapshot.commit, branches))
    except ScaffolderError:  # the check reports it
        return NOTHING_WAITS


def _fit(repo: pygit2.Repository, commit: str, branches: Sequence[str]) -> bool:
    """Whether the first of the branches has some history in common with a student's commit, so that Git merges it."""
    offered = store.commit_of(repo, f"refs/heads/{branches[0]}") if branches else None
    return not offered or repo.merge_base(commit, offered) is not None


def _has(repo: pygit2.Repository, commit: str, news: str) -> bool:
    """Whether a student's commit has an update: it follows it, or the student's own `scaffolder update` brought it."""
    if descends(repo, commit, news):
        return True
    try:
        mine, theirs = (record_of(repo, each).render for each in (commit, news))
    except UpdateError:
        return False
    return bool(mine) and mine == theirs


def questions(report: Report) -> dict[str, Sequence[str]]:
    """The questions that a good text answers, for each written item of a report."""
    items = ((finding.item, BY_ID[finding.item]) for finding in report.findings)
    return {name: item.rubric for name, item in items if issubclass(item, WrittenItem)}


def keep(folder: Path, student: str, text: str) -> Kept:
    """Write `text` into the student's file of the cohort in `folder`, in place of our own part of it.

    The text around our part stays. If somebody has changed our part, or if the file has none, it is left as it is.
    Raises `OutsideError` if the disk refuses.
    """
    path = folder / FEEDBACK / f"{student}.md"
    part = _part(text)
    try:
        before = _read(path)
        ours = None if before is None else _OURS.search(before)
        if before is not None and (ours is None or sha256(ours[2].encode()).hexdigest() != ours[1]):
            return Kept(student, path, State.FAILED, _refusal(path, edited=ours is not None))
        after = before[: ours.start()] + part + before[ours.end() :] if before is not None and ours else part
        if after == before:
            return Kept(student, path, State.UNCHANGED)
        path.parent.mkdir(exist_ok=True)
        replace_file(path, after.encode(), mode=0o600)
    except OSError as error:
        raise unwritable(path, error) from error
    return Kept(student, path, State.DONE)


def _part(text: str) -> str:
    """Our part of the file, with a digest that reveals changes in it."""
    inside = f"{_HINT}\n{text.strip()}\n\n"
    return f"<!-- scaffolder:feedback {sha256(inside.encode()).hexdigest()} -->\n{inside}{_END}"


def _refusal(path: Path, *, edited: bool) -> str:
    why = "our part of it was changed" if edited else "it has no part of ours"
    return f"{shown(path, 200)} was left as it is, because {why}: move it away, or move your words out of that part."


def _read(path: Path) -> str | None:
    """The text of a file with Unix line endings; None if it is not there, "" if it is too large or not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return "" if len(data) > MAX_BYTES else data.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""

"""A file of feedback for each student, on the work that was collected. What a teacher adds to it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.examine import examine
from scaffolder.check.items import BY_ID
from scaffolder.check.review_session import texts
from scaffolder.check.written import WrittenItem
from scaffolder.cohort.course.home import FEEDBACK
from scaffolder.cohort.ledger import Entry, Judged, Key, Ledger, State
from scaffolder.cohort.remote.fetching import descends
from scaffolder.cohort.report.deliveries import History
from scaffolder.cohort.report.reviewing import Job, judgements, opened
from scaffolder.cohort.work.collect import as_of
from scaffolder.errors import ScaffolderError, shown, unwritable
from scaffolder.project import store
from scaffolder.project.update import UpdateError, record_of
from scaffolder.results.project_feedback import ProjectFeedback
from scaffolder.results.report import Report
from scaffolder.safe import replace_file

if TYPE_CHECKING:
    import pygit2

MAX_BYTES = 2_000_000  # of a file that is there already
_END = "<!-- /scaffolder:feedback -->\n"
_OURS = re.compile(rf"<!-- scaffolder:feedback ([0-9a-f]{{64}}) -->\n(.*?){_END}", re.DOTALL)
_HINT = "<!-- Written by `scaffolder cohort feedback`. What you write above or below this part stays. -->\n"


class ProjectJob(NamedTuple):
    """A project to assess: the teacher's judgements of it, the `known` facts, and how its last update ended."""

    job: Job
    judged: tuple[Judged, ...]
    known: ProjectFeedback
    update: Entry | None


@dataclass(frozen=True)
class Kept:
    """The outcome for a student's file: `done`, `unchanged`, or `failed` for the reason in `detail`."""

    student: str
    path: Path
    state: State
    detail: str = ""


def project_jobs(book: Ledger, jobs: Mapping[Key, Job], dues: Mapping[Key, str]) -> dict[Key, ProjectJob]:
    """A job for each project, with what course and ledger know of it."""
    checks, collections, updates = (book.latest(step) for step in ("check", "collect", "update"))
    of_projects = book.judgements()
    project_jobs = {}
    for key, job in jobs.items():
        judged = of_projects.get(key, ())
        history, update = History(book.events(*key)), updates.get(key)
        last, until, snapshot = collections.get(key), as_of(checks.get(key)), job.snapshot
        failed = [f"It could not be collected: {_told(last)}"] if last and last.state is State.FAILED else []
        if update and update.state is State.FAILED:
            failed.append(f"The last update of its template was not possible: {_told(update)}")
        known = ProjectFeedback(
            *(snapshot.project, snapshot.commit, snapshot.at),
            due=dues.get(key, ""),
            untouched=history.ours(snapshot.commit) and not judged,
            rewritten=max(history.rewritten(until), default=""),
            elsewhere=history.elsewhere(until),
            failed=failed,
        )
        project_jobs[key] = ProjectJob(job, judged, known, update)
    return project_jobs


def _told(failed: Entry) -> str:
    """Why a step failed, if the student can mend it; other reasons may name the teacher's folders and servers."""
    return failed.detail if failed.facts.for_student else "ask your teacher."


def assess(project: ProjectJob) -> ProjectFeedback:
    """Check what was collected; only the teacher's judgements of this project count as reviews.

    Work that is ours alone is not checked, unless it was judged.
    """
    known, name = project.known, project.job.snapshot.project
    try:
        repo = opened(project.job)
        if known.untouched:
            return known
        report = examine(repo, name, given=judgements(repo, project.judged))
        there = frozenset(text.item for text in texts(repo, report.findings))
    except ScaffolderError as error:
        return _with_update(replace(known, problem=str(error)), project)
    return _with_update(replace(known, report=report, texts=there, questions=_questions(report)), project)


def _with_update(feedback: ProjectFeedback, project: ProjectJob) -> ProjectFeedback:
    """The feedback with the update that waits for the student, unless the collected commit has it."""
    update, commit = project.update, project.job.snapshot.commit
    if update is None or update.state not in (State.BRANCH, State.CONFLICT):
        return feedback
    branches, conflict = update.facts.branches, update.facts.places
    try:
        with store.failures("The repository cannot be read"):
            repo = store.opened(project.job.repository)
            offered = store.commit_of(repo, store.SCAFFOLD) if conflict else update.commit
            if offered and commit in repo and _has(repo, commit, offered):
                return feedback
            outdated = not _fit(repo, commit, branches)
    except ScaffolderError:  # the check reports it
        return feedback
    return replace(feedback, branches=branches, conflict=conflict, outdated=outdated)


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


def _questions(report: Report) -> dict[str, Sequence[str]]:
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

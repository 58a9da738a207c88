"""A file of feedback for each student, on the work that was collected. What a teacher adds to it stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pygit2

from scaffolder.check.items import BY_ID
from scaffolder.check.written import WrittenItem
from scaffolder.cohort.course import home
from scaffolder.cohort.course.home import FEEDBACK
from scaffolder.cohort.ledger import Collected, Entry, Judged, Key, Ledger, State
from scaffolder.cohort.remote.fetching import descends
from scaffolder.cohort.report import checks
from scaffolder.cohort.report.checks import History, Reading
from scaffolder.cohort.report.reviewing import NOTHING, as_review
from scaffolder.cohort.work.collect import as_of
from scaffolder.errors import ScaffolderError, shown, unwritable
from scaffolder.project import store
from scaffolder.project.update import UpdateError, record_of
from scaffolder.results.report import ProjectFeedback
from scaffolder.safe import replace_file

MAX_BYTES = 2_000_000  # of a file that is there already
_END = "<!-- /scaffolder:feedback -->\n"
_OURS = re.compile(rf"<!-- scaffolder:feedback ([0-9a-f]{{64}}) -->\n(.*?){_END}", re.DOTALL)
_HINT = "<!-- Written by `scaffolder cohort feedback`. What you write above or below this part stays. -->\n"


@dataclass(frozen=True)
class Kept:
    """The outcome for a student's file: `done`, `unchanged`, or `failed` for the reason in `detail`."""

    student: str
    path: Path
    state: State
    detail: str = ""


def of_projects(
    folder: Path, book: Ledger, snapshots: Mapping[Key, Collected], dues: Mapping[Key, str]
) -> dict[Key, ProjectFeedback]:
    """The feedback on each snapshot of the cohort in `folder`, from what course and ledger know of the project.

    Only the teacher's judgements count as reviews. Work that is ours alone has no report, unless it was judged.
    """
    ended = {step: book.latest(step) for step in ("check", "collect", "update")}
    judgements = book.judgements()
    feedback = {}
    for key, snapshot in snapshots.items():
        check, collection, update = (ended[step].get(key) for step in ("check", "collect", "update"))
        history, judged = History(book.events(*key)), judgements.get(key, ())
        known = ProjectFeedback(
            *(snapshot.project, snapshot.commit, snapshot.at),
            due=dues.get(key, ""),
            untouched=history.ours(snapshot.commit) and not judged,
            rewritten=max(history.rewritten(as_of(check)), default=""),
            elsewhere=history.elsewhere(as_of(check)),
            failed=[
                f"{what}: {_told(entry)}"
                for what, entry in (
                    ("It could not be collected", collection),
                    ("The last update of its template was not possible", update),
                )
                if entry and entry.state is State.FAILED
            ],
        )
        try:
            reading = checks.last(book, snapshot, check)
        except ScaffolderError as error:
            known = replace(known, problem=str(error))
        else:
            known = known if known.untouched else _with_report(known, reading, judged)
        waits = update and update.state in (State.BRANCH, State.CONFLICT) and (known.problem or not known.untouched)
        feedback[key] = _with_update(known, home.repository(folder, *key), update) if update and waits else known
    return feedback


def _told(failed: Entry) -> str:
    """Why a step failed, if the student can mend it; other reasons may name the teacher's folders and servers."""
    return failed.detail if failed.facts.for_student else "ask your teacher."


def _with_report(known: ProjectFeedback, reading: Reading, judged: Sequence[Judged]) -> ProjectFeedback:
    """The feedback with the report of a check, and the teacher's last judgement of each item as its review."""
    reviews = {last.item: as_review(last, reading.texts.get(last.item, NOTHING)) for last in judged}
    findings = (
        replace(finding, reviews=(reviews[finding.item],) if finding.item in reviews else ())
        for finding in reading.report.findings
    )
    report = replace(reading.report, findings=tuple(findings))
    items = {finding.item: BY_ID.get(finding.item) for finding in report.findings}
    questions = {name: item.rubric for name, item in items.items() if item and issubclass(item, WrittenItem)}
    return replace(known, report=report, texts=reading.to_judge, questions=questions)


def _with_update(feedback: ProjectFeedback, repository: Path, update: Entry) -> ProjectFeedback:
    """The feedback with the update that waits for the student, unless the collected commit has it."""
    commit, branches, conflict = feedback.commit, update.facts.branches, update.facts.places
    try:
        with store.failures("The repository cannot be read"):
            repo = store.opened(repository)
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
            why = "our part of it was changed" if ours else "it has no part of ours"
            advice = "move it away, or move your words out of that part"
            refusal = f"{shown(path, 200)} was left as it is, because {why}: {advice}."
            return Kept(student, path, State.FAILED, refusal)
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

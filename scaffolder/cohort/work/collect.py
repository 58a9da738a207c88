"""`cohort check`: collects what students have pushed, and checks it as it is now or as it was at some time.

The time of a collection says when something was handed in; the dates in a commit never do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pygit2

from scaffolder import __version__
from scaffolder.cohort import ledger
from scaffolder.cohort.course import rules
from scaffolder.cohort.course.assignments import Assignment
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import Checked, Collected, Entry, Facts, Ledger, State
from scaffolder.cohort.remote import fetching, remotes
from scaffolder.cohort.remote.fetching import descends
from scaffolder.cohort.remote.remotes import RemoteError
from scaffolder.cohort.report.checks import COLLECT, History, elsewhere
from scaffolder.cohort.work import steps
from scaffolder.cohort.work.checking import Checker
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.errors import ScaffolderError, TargetError, shown
from scaffolder.project import locks, store

CHECK = "check"
DUE = "due"
"""Given in place of a time: the time of the collection that counts, which may differ from project to project."""
_MOST_BRANCHES = 200  # that are looked at
_BY = f"Checked by scaffolder {__version__}"


@dataclass(frozen=True)
class Job(steps.Job):
    """A repository to collect from its remote, or from itself if it has none, and to check.

    It is checked as it was at the time `at`, "" for now; `last` is its last snapshot until then. `checked` is the
    commit that need not be checked again, "" for none.
    """

    last: Collected | None
    checked: str
    at: str


class WhenError(ScaffolderError):
    """A time for which nothing can be checked."""


def moment(text: str) -> str:
    """The time in `text`, as the ledger writes it, or `DUE`; raises `WhenError` if it is not one or in the future."""
    if text == DUE:
        return DUE
    try:
        found = rules.due(text)
    except ValueError as error:
        raise WhenError(f"{shown(text)} {error}.") from None
    if found > ledger.now():
        raise WhenError(f"{shown(text)} is in the future, so nobody knows what will have been collected by then.")
    return found


def due(wanted: Iterable[Assignment]) -> list[Assignment]:
    """The assignments that are past their due dates; raises `WhenError` if none is."""
    now = ledger.now()
    found = [each for each in wanted if each.due and each.due < now]
    if not found:
        raise WhenError("None of these projects is past a due date, so nothing counts yet.")
    return found


def as_of(entry: Entry | None) -> str:
    """The time that `--at` gave to the check that ended with `entry`; "" if it gave none."""
    return entry.facts.as_of if entry else ""


def check(
    cohort: Cohort,
    book: Ledger,
    wanted: Sequence[Assignment],
    where: str,
    work: Work,
    *,
    at: str = "",
    again: bool = False,
) -> Iterator[list[Outcome]]:
    """Collect and check the assignments `wanted`; yield outcomes once the ledger has them.

    With `at`, a time from `moment`, nothing is collected, and each is checked as it was last collected until then;
    with `DUE`, as it was at the collection that counts, so all must be past their due dates.
    A commit that this version has already checked is checked again only with `again`.
    """
    jobs = list(_jobs(cohort, book, wanted, where, at, again=again))
    yield from steps.run(task, jobs, CHECK, book, work)


def _jobs(
    cohort: Cohort, book: Ledger, wanted: Iterable[Assignment], where: str, at: str, *, again: bool
) -> Iterator[Job]:
    found = remotes.of(where, cohort.assignments)
    snapshots, before = cache(book.snapshots), {} if again else book.latest(CHECK)
    for each in wanted:
        key, place = each.key, str(cohort.repository(*each.key))
        time = _counting(book, each) if at == DUE else at
        known = _by_us(before.get(key))
        yield Job(*key, place, found[key], snapshots(time).get(key), known, time)


def _counting(book: Ledger, assignment: Assignment) -> str:
    """The time of the collection that counts, or the due date if there was no collection since."""
    first = History(book.events(*assignment.key)).counting(assignment.due)
    return first.at if first else assignment.due


def _by_us(entry: Entry | None) -> str:
    """The commit that this version of scaffolder has already checked; "" if there is none."""
    return entry.commit if entry and entry.facts.version == __version__ else ""


def task(jobs: Sequence[Job]) -> list[Outcome]:
    """Collect and check some repositories, in a worker; either all of them as of some time, or none."""
    at = any(job.at for job in jobs)
    collect = _as_it_was if at else _collected
    collected = steps.done(collect, jobs, CHECK if at else COLLECT, waiting=any(job.remote.url for job in jobs))
    with closing(Checker()) as checker:
        found = [_checked(checker, job, outcome) for job, outcome in zip(jobs, collected, strict=True)]
    return [_marked(job.at, each) for job, each in zip(jobs, found, strict=True)] if at else found


def _marked(at: str, outcome: Outcome) -> Outcome:
    """The outcome of a check as of the time `at`, which its entries say."""
    entries = (
        replace(entry, detail=f"As of {at}: {entry.detail}", facts=replace(entry.facts, as_of=at))
        for entry in outcome.entries
    )
    return outcome._replace(entries=tuple(entries))


def _as_it_was(job: Job) -> Outcome:
    """The snapshot to check, as the `collected` of an outcome, although the ledger has it already."""
    if job.last is None:
        raise WhenError("nothing had been collected by then. 'scaffolder cohort check' collects what is there now.")
    steps.repository(job.repository)
    return Outcome((), collected=job.last)


def _collected(job: Job) -> Outcome:
    """Fetch the student's `main` as it is now, and keep it here."""
    repo = steps.repository(job.repository)
    locks.release(Path(repo.path))
    began = ledger.now()  # what is pushed during the fetch may only be seen by the next collection
    fetched = fetching.look(repo, job.remote)
    if not fetched and (job.remote.url or job.remote.problem):
        raise RemoteError("It was never pushed, so the student cannot have it: 'scaffolder cohort push' does that.")
    commit = fetched.main if fetched else store.commit_of(repo, store.MAIN)
    if commit is None:
        raise TargetError("The repository has no branch 'main'.")
    fetching.keep(repo, commit)
    rewritten = job.last is not None and not descends(repo, commit, job.last.commit)
    rewritten = rewritten or (fetched is not None and fetched.rewritten)
    facts = Facts(branches=_others(repo, fetched) if fetched else (), rewritten=rewritten)
    said = ["The student has rewritten 'main': what was there before is kept here."] if rewritten else []
    detail = " ".join(filter(None, (*said, elsewhere(facts.branches))))
    same = job.last is not None and job.last.commit == commit
    entry = steps.ended(job, COLLECT, State.UNCHANGED if same else State.DONE, detail, commit, facts)
    now = job.last if same else Collected(job.student, job.project, commit, began)
    return Outcome((replace(entry, at=began),), collected=now)


def _others(repo: pygit2.Repository, fetched: fetching.Fetched) -> tuple[str, ...]:
    """The remote's branches, apart from ours, with commits that its `main` does not have.

    A branch that is the same here is left out: it was pushed from here, such as one with a teacher's feedback. On our
    own `scaffold`, only what a student has pushed is of others.
    """
    scaffold = store.commit_of(repo, store.SCAFFOLD)
    return tuple(
        name
        for name, tip in sorted(fetched.there.items())[:_MOST_BRANCHES]
        if name != "main"
        and not name.startswith(fetching.OFFER)
        and store.commit_of(repo, f"refs/heads/{name}") != tip
        and not descends(repo, fetched.main, tip)
        and not (name == "scaffold" and scaffold and descends(repo, scaffold, tip))
    )


def _checked(checker: Checker, job: Job, outcome: Outcome) -> Outcome:
    """Add the check of its snapshot to an outcome; an outcome without a snapshot stays as it is."""
    snapshot = outcome.collected
    if snapshot is None:
        return outcome
    new = None if snapshot == job.last else snapshot
    by_us = Facts(version=__version__)
    if snapshot.commit == job.checked:
        entry = steps.ended(job, CHECK, State.UNCHANGED, f"{_BY} before.", snapshot.commit, by_us)
        return Outcome((*outcome.entries, entry), collected=new)
    try:
        report = checker.report(Path(job.repository), snapshot.commit, job.project)
    except ScaffolderError as error:
        failed = steps.failure(CHECK, job, error)
        return failed._replace(entries=(*outcome.entries, *failed.entries), collected=new)
    entry = steps.ended(job, CHECK, State.DONE, f"{_BY}: {_level(report)}.", snapshot.commit, by_us)
    checked = Checked(job.student, job.project, snapshot.commit, snapshot.at, report, version=__version__)
    return Outcome((*outcome.entries, entry), collected=new, checked=checked)


def _level(report: Mapping[str, Any]) -> str:
    """The level in a report, whoever has reviewed it."""
    return "not rated" if report["unrated"] else report["level"] or "none yet"

"""Runs a step for many students' projects: chooses them, does the jobs, and records in the ledger how each ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scaffolder.cohort.course.assignments import Assignment, Choice, StudentError
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import NO_FACTS, Checked, Collected, Entry, Facts, Ledger, State
from scaffolder.cohort.remote.remotes import Remote
from scaffolder.cohort.work import executor
from scaffolder.errors import OutsideError, ScaffolderError, TargetError, shown
from scaffolder.project import store

if TYPE_CHECKING:
    import pygit2

FINE, THEIRS, OUTSIDE = 0, 1, 3
"""Exit codes by who is responsible for how a step ended: all is well, the student, or something outside."""
MADE = "new"  # the step that makes repositories
_LONGEST = 600  # characters of a sentence in the ledger
_THREADS = 4  # in each process, which wait for remotes at the same time


@dataclass(frozen=True)
class Job:
    """A step's work for one student's project; `repository` is a path."""

    student: str
    project: str
    repository: str
    remote: Remote


Task = TypeVar("Task", bound=Job)


class Outcome(NamedTuple):
    """How steps ended for one project; `code` is one of the above, the rest is for the ledger."""

    entries: tuple[Entry, ...]
    code: int = FINE
    collected: Collected | None = None
    checked: Checked | None = None

    @property
    def last(self) -> Entry:
        """The entry of the last of the steps."""
        return self.entries[-1]


@dataclass(frozen=True)
class Work:
    """How to run a step: on the Dask scheduler `executor` or, if that is "", in `workers` processes."""

    executor: str = ""
    workers: int | None = None


def chosen(choice: Choice, cohort: Cohort, ledger: Ledger, names: Iterable[str]) -> list[Assignment]:
    """The assignments of the `choice` that 'cohort new' has made, also if they are gone.

    `names` are the steps of which one must have failed, if the choice is of those that failed.

    Raises a `ScaffolderError` if there is no such student or project.
    """
    choice.refuse_unknown(cohort.roster.students, cohort.course.projects)
    ends = (entry for name in names for entry in ledger.latest(name).values()) if choice.failed else ()
    failed = {entry.key for entry in ends if entry.state in (State.FAILED, State.CONFLICT)}
    made = {key for key, entry in ledger.latest(MADE).items() if entry.state is State.DONE}
    found = (
        each
        for each in cohort.assignments
        if choice.takes(each)
        and (not choice.failed or each.key in failed)
        and (each.key in made or cohort.repository(*each.key).is_dir())
    )
    return list(islice(found, choice.limit))


def repository(place: str) -> pygit2.Repository:
    """The repository of a student in the folder `place`; raises `OutsideError` if it is gone or damaged."""
    folder = Path(place)
    name = shown("/".join(folder.parts[-3:]), 200)
    if not folder.is_dir():
        if os.path.lexists(folder):
            raise OutsideError(f"{name} is a file: move it away, and put the repository back.")
        raise OutsideError(
            f"{name} is gone. If it was pushed, put a clone of the remote in its place ('git clone --bare') and run "
            "'scaffolder cohort push'. If it never was, 'scaffolder cohort new' makes it anew."
        )
    try:
        repo = store.opened(folder)
    except TargetError as error:
        raise OutsideError(str(error)) from error
    if not repo.is_bare:
        raise OutsideError(f"{name} has a work tree: put a clone by 'git clone --bare' in its place.")
    return repo


def run(
    task: Callable[[Sequence[Task]], list[Outcome]],
    jobs: Sequence[Task],
    step: str,
    ledger: Ledger | None,
    work: Work,
) -> Iterator[list[Outcome]]:
    """Do `jobs`; yield the outcomes of each chunk once they are recorded in the ledger, if there is one."""
    for outcomes in executor.run(
        task,
        jobs,
        executor=work.executor,
        workers=work.workers,
        on_error=lambda job, error: failure(job, step, error),
    ):
        if ledger:
            ledger.record(
                (entry for each in outcomes for entry in each.entries),
                (each.collected for each in outcomes if each.collected),
                (each.checked for each in outcomes if each.checked),
            )
        yield outcomes


def done(do: Callable[[Task], Outcome], jobs: Sequence[Task], step: str, *, waiting: bool) -> list[Outcome]:
    """Do jobs one after the other, or some at the same time if they are `waiting` for remotes most of the time."""
    if not waiting:
        return [attempt(do, job, step) for job in jobs]
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(lambda job: attempt(do, job, step), jobs))


def attempt(do: Callable[[Task], Outcome], job: Task, step: str) -> Outcome:
    """Do a job; an error becomes its outcome."""
    try:
        with store.failures("The repository cannot be used"):
            return do(job)
    except ScaffolderError as error:
        return failure(job, step, error)


def ended(job: Job, step: str, state: State, detail: str = "", commit: str = "", facts: Facts = NO_FACTS) -> Entry:
    """The ledger's entry for the end of a step."""
    return Entry(job.student, job.project, step, state, detail[:_LONGEST], commit, facts=facts)


def failure(job: Job, step: str, error: Exception) -> Outcome:
    """The outcome of a job that failed."""
    outside = isinstance(error, OutsideError) or getattr(error, "code", OUTSIDE) == OUTSIDE
    facts = Facts(for_student=isinstance(error, StudentError))
    return Outcome((ended(job, step, State.FAILED, str(error), facts=facts),), OUTSIDE if outside else THEIRS)

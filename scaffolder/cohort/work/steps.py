"""Runs a step for many students' projects: chooses them, does the jobs, and records in the ledger how each ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import pygit2

from scaffolder.cohort.course.assignments import Assignment, Choice, StudentError
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import NO_FACTS, Checked, Collected, Entry, Facts, Ledger, State
from scaffolder.cohort.remote.remotes import Remote
from scaffolder.cohort.work import executor
from scaffolder.errors import OutsideError, ScaffolderError, TargetError, one_line, shown
from scaffolder.project import store

FINE, THEIRS, OUTSIDE = 0, 1, 3
"""Exit codes by who is responsible for how a step ended: all is well, the student, or something outside."""
MADE = "new"  # the step that makes repositories
_LONGEST = 1_000  # characters of a sentence in the ledger
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


def chosen(choice: Choice, cohort: Cohort, ledger: Ledger) -> list[Assignment]:
    """The assignments of the `choice` that 'cohort new' has made, also if they are gone.

    Raises a `ScaffolderError` if there is no such student or project.
    """
    made = {key for key, entry in ledger.latest(MADE).items() if entry.state is State.DONE}
    return [each for each in cohort.chosen(choice) if each.key in made or cohort.repository(*each.key).is_dir()]


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
    failed = partial(failure, step)
    for outcomes in executor.run(task, jobs, failed, executor=work.executor, workers=work.workers):
        if ledger:
            ledger.record(
                (entry for each in outcomes for entry in each.entries),
                (each.collected for each in outcomes if each.collected),
                (each.checked for each in outcomes if each.checked),
            )
        yield outcomes


def done(do: Callable[[Task], Outcome], jobs: Sequence[Task], step: str, *, waiting: bool) -> list[Outcome]:
    """Do jobs one after the other, or some at the same time if they are `waiting` for remotes most of the time.

    An error becomes the outcome of its job.
    """

    def attempt(job: Task) -> Outcome:
        try:
            with store.failures("The repository cannot be used"):
                return do(job)
        except Exception as error:
            return failure(step, job, error)

    with ThreadPoolExecutor(_THREADS if waiting else 1) as threads:
        return list(threads.map(attempt, jobs))


def ended(job: Job, step: str, state: State, detail: str = "", commit: str = "", facts: Facts = NO_FACTS) -> Entry:
    """The ledger's entry for the end of a step."""
    return Entry(job.student, job.project, step, state, detail[:_LONGEST], commit, facts=facts)


def failure(step: str, job: Job, error: Exception) -> Outcome:
    """The outcome of a job that failed, perhaps because of a bug of ours."""
    code = OUTSIDE if getattr(error, "code", OUTSIDE) == OUTSIDE else THEIRS
    said = str(error)
    if not isinstance(error, ScaffolderError):
        said = f"This is a bug of scaffolder: {type(error).__name__}: {one_line(said)[:300].rstrip('.')}."
    facts = Facts(for_student=isinstance(error, StudentError))
    return Outcome((ended(job, step, State.FAILED, said, facts=facts),), code)

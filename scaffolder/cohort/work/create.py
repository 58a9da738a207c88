"""`cohort new`: makes a repository for each student's project in a hidden folder, and puts it in place in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from scaffolder import __version__, safe
from scaffolder.cohort import ledger
from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course import home, own_data
from scaffolder.cohort.course.assignments import Assignment, Choice, Course
from scaffolder.cohort.ledger import Entry, Key, Ledger, State
from scaffolder.cohort.remote.remotes import Remote
from scaffolder.cohort.roster.roster import Roster
from scaffolder.cohort.work import rendering, steps
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.errors import ScaffolderError, TargetError, shown, unwritable
from scaffolder.project import store
from scaffolder.template.answers import Data
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer
from scaffolder.tree import Tree

STEP = steps.MADE


@dataclass(frozen=True)
class Given:
    """A valid course and the `folder` of its cohort; `data` is the content of the roster's file."""

    folder: Path
    course: Course
    data: bytes
    roster: Roster
    templates: Mapping[str, Opened]


@dataclass(frozen=True)
class Plan:
    """The plan of a run: it makes those `todo`; those `done` are there, and the limit leaves so many for `later`.

    The repositories that have `gone` from course or roster are left as they are.
    """

    given: Given
    todo: tuple[Assignment, ...]
    done: tuple[Key, ...]
    later: int
    gone: tuple[Key, ...]


@dataclass(frozen=True)
class Job(steps.Job):
    """A repository to make."""

    answers: Mapping[str, Answer]
    data: Data | None
    exercises: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class RunSettings:
    """The values that all jobs of a run share. `when` is the time of the commits, in seconds since 1970."""

    work: Path
    templates: Mapping[str, rendering.Copy]
    when: int


def known(folder: Path) -> dict[Key, Entry]:
    """The ledger's last entry for each repository that was made in `folder`; nothing is written."""
    path = folder / ledger.NAME
    if not os.path.isfile(path) or not os.path.getsize(path):
        return {}
    with ledger.opened(folder) as book:
        return book.latest(STEP)


def plan(given: Given, entries: Mapping[Key, Entry], choice: Choice) -> Plan:
    """Plan a run, given the ledger's `entries`; raises a `ScaffolderError` for a wrong `choice`."""
    choice.refuse_unknown(given.roster.students, given.course.projects)
    for project in given.course.projects:
        rendering.exercises(given.templates[project.name], project)
    every = {each.key: each for each in courses.assignments(given.course, given.roster)}
    chosen = [each for each in every.values() if choice.takes(each)]
    done = {each.key for each in chosen if _is_done(given.folder, entries.get(each.key), each.key)}
    broken = {key for key, entry in entries.items() if entry.state is State.FAILED}
    waiting = [each for each in chosen if each.key not in done and (not choice.failed or each.key in broken)]
    todo = waiting if choice.limit is None else waiting[: choice.limit]
    return Plan(
        given,
        tuple(todo),
        tuple(each.key for each in chosen if each.key in done),
        len(waiting) - len(todo),
        tuple(sorted(key for key, entry in entries.items() if key not in every and entry.state is State.DONE)),
    )


def _is_done(folder: Path, entry: Entry | None, key: Key) -> bool:
    """Whether the repository was made and is still there."""
    return entry is not None and entry.state is State.DONE and home.repository(folder, *key).is_dir()


def carry_out(planned: Plan, book: Ledger, work: Work) -> Iterator[list[Outcome]]:
    """Carry out a plan chunk by chunk; yield the outcomes of each chunk once the ledger `book` has them.

    A student's failure is an outcome. Raises `OutsideError` if the course cannot be written, or the cluster is lost.
    """
    given = planned.given
    with rendering.workspace(given.folder) as folder:
        _keep(given)
        when = int(datetime.fromisoformat(book.meta("created", ledger.now())).timestamp())
        settings = RunSettings(folder, rendering.copied(given.templates, folder), when)
        found = own_data.read(planned.todo, given.templates)
        if found.problems:
            outcomes = [
                steps.failure(steps.Job(*key, "", Remote()), STEP, error) for key, error in found.problems.items()
            ]
            book.record(outcome.last for outcome in outcomes)
            yield outcomes
        jobs = [_job(given, each, found.data.get(each.key)) for each in found.assignments]
        yield from steps.run(partial(make, settings), jobs, STEP, book, work)


def _job(given: Given, each: Assignment, data: Data | None) -> Job:
    exercises = rendering.exercises(given.templates[each.project.name], each.project, each.student)
    repository = str(home.repository(given.folder, *each.key))
    return Job(*each.key, repository, Remote(), dict(each.answers), data, exercises)


def _keep(given: Given) -> None:
    """Write roster and course into the cohort's folder; a cohort.toml that describes this course is left as it is."""
    files = {home.ROSTER: given.data}
    if not _says_the_same(given):
        files[home.COURSE] = courses.text_of(given.course).encode()
    try:
        for name, data in files.items():
            safe.replace_file(given.folder / name, data)
    except OSError as error:
        raise unwritable(given.folder, error) from error


def replaced(given: Given) -> list[str]:
    """The names of the cohort's own files that are there, and that a run replaces by other content."""
    same = {home.COURSE: _says_the_same(given), home.ROSTER: _is_the_same(given)}
    return [name for name, is_same in same.items() if not is_same and (given.folder / name).is_file()]


def _is_the_same(given: Given) -> bool:
    try:
        return home.read(given.folder / home.ROSTER) == given.data
    except ScaffolderError:
        return False


def _says_the_same(given: Given) -> bool:
    """Whether the cohort.toml that is there describes this course, maybe with paths that are relative to it."""
    try:
        found = courses.read(home.read(given.folder / home.COURSE).decode("utf-8", "replace"))
    except ScaffolderError:
        return False
    placed = (home.placed_in(each, given.folder) for each in found.projects)
    return replace(found, projects=tuple(placed)) == given.course


def make(settings: RunSettings, jobs: Sequence[Job]) -> list[Outcome]:
    """Make repositories, in a worker."""
    rendering.refuse_unseen(settings.work)
    with rendering.opened(settings.templates) as templates:
        return steps.done(lambda job: _outcome(settings, templates[job.project], job), jobs, STEP, waiting=False)


def _outcome(settings: RunSettings, opened: Opened, job: Job) -> Outcome:
    commit = _made(settings, opened, job)
    return Outcome((steps.ended(job, STEP, State.DONE, ", ".join(job.exercises), commit),))


def _made(settings: RunSettings, opened: Opened, job: Job) -> str:
    """Make a repository, unless a killed run has made it without telling the ledger; returns its first commit."""
    place = Path(job.repository)
    if os.path.lexists(place):
        return _found(place)
    tree = rendering.render(opened, job.answers, job.data, job.exercises)
    message = f"Start from {opened.template.name} (scaffolder {__version__})"
    hidden = rendering.fresh(settings.work)
    try:
        with store.failures(f"{shown(place, 200)} cannot be made"):
            commit = _written(hidden, tree, message, settings.when)
            place.parent.mkdir(parents=True, exist_ok=True)
            return commit if _moved(hidden, place) else _found(place)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _moved(made: Path, place: Path) -> bool:
    """Put a repository in its place; False if another worker, which was thought to be dead, has just done that."""
    try:
        os.rename(made, place)
    except OSError:
        if not place.is_dir():
            raise
        return False
    return True


def _found(place: Path) -> str:
    commit = store.commit_of(store.opened(place), store.SCAFFOLD)
    if commit is None:
        raise TargetError(f"{shown(place, 200)} is there, but 'cohort new' has not made it: move it away.")
    return commit


def _written(folder: Path, tree: Tree, message: str, when: int) -> str:
    """Write a repository with one commit of `tree` on `main` and `scaffold`."""
    import pygit2

    repo = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    repo.set_ident(*store.SCAFFOLDER)
    commit = store.commit(repo, store.write_tree(repo, tree), (), message, when=when)
    for branch in (store.MAIN, store.SCAFFOLD):
        store.move(repo, branch, None, commit)
    return commit

"""`cohort new`: makes a repository for each student's project in a hidden folder, and puts it in place in one step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

import pygit2

from scaffolder import __version__, safe
from scaffolder.cohort import ledger
from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course import home
from scaffolder.cohort.course.assignments import Assignment, Choice, Project
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import Entry, Key, Ledger, State
from scaffolder.cohort.remote.remotes import Remote
from scaffolder.cohort.work import rendering, steps
from scaffolder.cohort.work.steps import Outcome, Work
from scaffolder.errors import ScaffolderError, TargetError, shown, unwritable
from scaffolder.project import store
from scaffolder.template.answers import Data
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer
from scaffolder.tree import Tree

STEP = steps.MADE
DataReader = Callable[[Project, str], tuple[Data | None, Mapping[str, Answer]]]
"""The data of a student's project, None for the template's own, and the answers that they imply."""


@dataclass(frozen=True)
class Plan:
    """The plan of a run: it makes those `todo`; those `done` are there.

    The repositories that have `gone` from course or roster are left as they are.
    """

    cohort: Cohort
    todo: tuple[Assignment, ...]
    done: tuple[Key, ...]
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


def plan(cohort: Cohort, entries: Mapping[Key, Entry], choice: Choice) -> Plan:
    """Plan a run, given the ledger's `entries`; raises a `ScaffolderError` for a wrong `choice`."""
    chosen = cohort.chosen(choice)
    for project in cohort.course.projects:
        rendering.exercises(cohort.templates[project.name], project)
    made = {key for key, entry in entries.items() if entry.state is State.DONE}
    done = {each.key for each in chosen if each.key in made and cohort.repository(*each.key).is_dir()}
    todo = tuple(each for each in chosen if each.key not in done)
    return Plan(cohort, todo, tuple(done), tuple(sorted(made - {each.key for each in cohort.assignments})))


def carry_out(planned: Plan, book: Ledger, work: Work) -> Iterator[list[Outcome]]:
    """Carry out a plan chunk by chunk; yield the outcomes of each chunk once the ledger `book` has them.

    A student's failure is an outcome. Raises `OutsideError` if the course cannot be written, or the cluster is lost.
    """
    cohort = planned.cohort
    with rendering.workspace(cohort.folder) as folder:
        _keep(cohort)
        when = int(datetime.fromisoformat(book.meta("created", ledger.now())).timestamp())
        settings = RunSettings(folder, rendering.copied(cohort.templates, folder), when)
        data_of = data_reader(cohort.templates)
        jobs: list[Job] = []
        failures: list[Outcome] = []
        for assignment in planned.todo:
            try:
                jobs.append(_job(cohort, assignment, data_of))
            except ScaffolderError as error:
                failures.append(steps.failure(STEP, steps.Job(*assignment.key, "", Remote()), error))
        book.record(outcome.last for outcome in failures)
        yield failures
        yield from steps.run(partial(make, settings), jobs, STEP, book, work)


def _job(cohort: Cohort, assignment: Assignment, data_of: DataReader) -> Job:
    """Raises a `ScaffolderError` if the student's data cannot be used."""
    project, student = assignment.project, assignment.student
    data, implied = data_of(project, student.id)
    exercises = rendering.exercises(cohort.templates[project.name], project, student)
    repository = str(cohort.repository(*assignment.key))
    return Job(*assignment.key, repository, Remote(), {**assignment.answers, **implied}, data, exercises)


def _keep(cohort: Cohort) -> None:
    """Write roster and course into the cohort's folder; a cohort.toml that describes this course is left as it is."""
    files = {home.ROSTER: cohort.roster.data}
    if not _says_the_same(cohort):
        files[home.COURSE] = courses.text_of(cohort.course).encode()
    try:
        for name, data in files.items():
            safe.replace_file(cohort.folder / name, data)
    except OSError as error:
        raise unwritable(cohort.folder, error) from error


def replaced(cohort: Cohort) -> list[str]:
    """The names of the cohort's own files that are there, and that a run replaces by other content."""
    roster = cohort.folder / home.ROSTER
    same = {
        home.COURSE: _says_the_same(cohort),
        home.ROSTER: roster.is_file() and home.read(roster) == cohort.roster.data,
    }
    return [name for name, is_same in same.items() if not is_same and (cohort.folder / name).is_file()]


def _says_the_same(cohort: Cohort) -> bool:
    """Whether the cohort.toml that is there describes this course, maybe with paths that are relative to it."""
    try:
        kept = home.course_in(cohort.folder)
    except ScaffolderError:
        return False
    placed = (home.placed_in(project, cohort.folder) for project in kept.projects)
    return replace(kept, projects=tuple(placed)) == cohort.course


def make(settings: RunSettings, jobs: Sequence[Job]) -> list[Outcome]:
    """Make repositories, in a worker."""
    rendering.refuse_unseen(settings.work)
    with rendering.opened(settings.templates) as templates:
        return steps.done(lambda job: _made(settings, templates[job.project], job), jobs, STEP, waiting=False)


def _made(settings: RunSettings, opened: Opened, job: Job) -> Outcome:
    """Make a repository, unless a killed run has made it without telling the ledger."""
    place, commit = Path(job.repository), ""
    if not os.path.lexists(place):
        tree = rendering.render(opened, job.answers, job.data, job.exercises)
        message = f"Start from {opened.template.name} (scaffolder {__version__})"
        hidden = rendering.fresh(settings.work)
        try:
            with store.failures(f"{shown(place, 200)} cannot be made"):
                written = _written(hidden, tree, message, settings.when)
                place.parent.mkdir(parents=True, exist_ok=True)
                commit = written if _moved(hidden, place) else ""
        finally:
            shutil.rmtree(hidden, ignore_errors=True)
    return Outcome((steps.ended(job, STEP, State.DONE, ", ".join(job.exercises), commit or _found(place)),))


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
    repo = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    repo.set_ident(*store.SCAFFOLDER)
    commit = store.commit(repo, store.write_tree(repo, tree), (), message, when=when)
    for branch in (store.MAIN, store.SCAFFOLD):
        store.move(repo, branch, None, commit)
    return commit


def data_reader(templates: Mapping[str, Opened]) -> DataReader:
    """Reads data; a file that several students share is read once. Raises a `ScaffolderError` if it cannot be used."""
    from scaffolder.adopt import kinds  # DuckDB and its readers are loaded only where data are read
    from scaffolder.adopt.kind import Options

    projects: dict[str, Project] = {}

    @cache
    def adopted(name: str, path: str) -> tuple[Data, Mapping[str, Answer]]:
        template, data = templates[name].template, projects[name].data
        files = {key: Path(data[key]) for key in ("questions", "documents") if key in data}
        options = Options(**{key: value for key, value in data.items() if key != "path"} | files)
        return kinds.adopt(template, Path(path), options).data, kinds.wanted(template).answers

    def read(project: Project, student: str) -> tuple[Data | None, Mapping[str, Answer]]:
        if not project.data:
            return None, {}
        projects[project.name] = project
        return adopted(project.name, project.data["path"].replace("{student}", student))

    return read

"""The templates of a course for workers: other processes, or other machines that see the cohort's folder."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scaffolder.cohort.course.assignments import Project, Student
from scaffolder.cohort.course.home import HIDDEN
from scaffolder.errors import OutsideError, shown
from scaffolder.exercises.declared import among, declared, lacked
from scaffolder.exercises.declared import chosen as chosen_exercises
from scaffolder.project import store
from scaffolder.project.plan import rendered
from scaffolder.template import catalog
from scaffolder.template.answers import Data, chosen, complete
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer
from scaffolder.tree import Tree

NEW = "new"  # in the hidden folder: unfinished work
_IGNORED = shutil.ignore_patterns(".git")


@dataclass(frozen=True)
class Copy:
    """The data with which a worker opens a template; `folder` is "" for a bundled one, which each worker has.

    `exercises` are those that were added.
    """

    name: str
    folder: str
    private: Mapping[str, Any]
    source: Mapping[str, Any]
    exercises: Mapping[str, Any]


@contextmanager
def workspace(cohort: Path) -> Iterator[Path]:
    """A folder for unfinished work, empty at first and removed afterwards; the caller holds the ledger's lock."""
    folder = cohort / HIDDEN / NEW
    shutil.rmtree(folder, ignore_errors=True)  # a killed run may have left something
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_unseen(work: Path) -> None:
    """Raise `OutsideError` if a worker does not see the folder `work`, as on a machine that does not share the disk."""
    if not work.is_dir():
        raise OutsideError(f"The worker does not see {shown(work, 200)}: it needs the cohort's folder at that path.")


def fresh(folder: Path) -> Path:
    """A path in `folder` that does not exist."""
    return folder / secrets.token_hex(8)


def copied(opened: Mapping[str, Opened], work: Path) -> dict[str, Copy]:
    """`opened` for workers, by project; templates that are not bundled are copied into the folder `work`."""
    copies = {}
    for project, (template, source) in opened.items():
        folder = ""
        if template.trust is not Trust.BUNDLED:
            with store.failures(f"The template {shown(template.name)} cannot be copied into {shown(work, 200)}"):
                folder = shutil.copytree(template.folder, fresh(work), ignore=_IGNORED).as_posix()
        copies[project] = Copy(template.name, folder, template.private, source, template.exercises)
    return copies


@contextmanager
def opened(copies: Mapping[str, Copy]) -> Iterator[Mapping[str, Opened]]:
    """The templates in a worker. One that is not bundled has a child process as long as the block runs."""
    with ExitStack() as stack:
        yield {project: Opened(stack.enter_context(_opened(copy)), copy.source) for project, copy in copies.items()}


@contextmanager
def _opened(copy: Copy) -> Iterator[Template]:
    from scaffolder.template.sandbox import Worker

    if not copy.folder:
        yield replace(catalog.bundled(copy.name), exercises=copy.exercises)
        return
    template = catalog.read(Path(copy.folder), copy.name, Trust.SANDBOXED, copy.private)
    with closing(Worker(template)) as worker:
        yield replace(template, worker=worker, exercises=copy.exercises)


def render(
    opened: Opened,
    answers: Mapping[str, Answer],
    data: Data | None = None,
    exercises: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Tree:
    """The files of a project with these answers, perhaps about its owner's data or a starter, and its record."""
    complete_answers = complete(opened.template, chosen(answers), data=data)
    return rendered(opened.template, replace(complete_answers, exercises=exercises), opened.source)


def exercises(opened: Opened, project: Project, student: Student | None = None) -> dict[str, tuple[str, ...]]:
    """The exercises that a student solves in a project: by id, the names that a new starter lacks.

    Of what the roster wants of a student, each of the student's projects has its part. Raises `AnswerError` if the
    course wants an exercise that its project does not have.
    """
    known = declared(opened.template)
    if student and student.starter:
        return lacked(known, among(known, student.starter))
    return lacked(known, chosen_exercises(known, project.starter)) if project.starter else {}

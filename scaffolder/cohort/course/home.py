"""The folder of a cohort: the places of its files, and its course, roster and assignments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scaffolder import safe
from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course.assignments import Assignment, Choice, Course, Project
from scaffolder.cohort.roster import roster as rosters
from scaffolder.cohort.roster.roster import Roster
from scaffolder.cohort.roster.table import MOST_BYTES
from scaffolder.errors import AnswerError, shown, suggestion
from scaffolder.exercises import declared
from scaffolder.template import foreign
from scaffolder.template.foreign import Opened, Request
from scaffolder.template.questions import Answer

COURSE, ROSTER, REPOSITORIES, FEEDBACK, HIDDEN = "cohort.toml", "roster.csv", "repositories", "feedback", ".scaffolder"


@dataclass(frozen=True)
class Cohort:
    """The cohort in `folder`; its `templates` are open while the block of `opened` runs.

    Without templates, the roster's answers are not read.
    """

    folder: Path
    course: Course
    roster: Roster
    templates: Mapping[str, Opened]

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """The projects of each student, in the roster's order; the student's answers override the project's."""
        return tuple(
            Assignment(student, project, {**project.answers, **student.answers.get(project.name, {})})
            for student in self.roster.students
            for project in self.course.projects
            if not student.templates or project.name in student.templates
        )

    def chosen(self, choice: Choice) -> list[Assignment]:
        """The assignments of a `choice`; raises a `ScaffolderError` if it has an unknown name."""
        return choice.of(self.course, self.roster.students, self.assignments)

    def repository(self, student: str, project: str) -> Path:
        """The bare repository of a student's project."""
        return repository(self.folder, student, project)


def repository(folder: Path, student: str, project: str) -> Path:
    """See `Cohort.repository`."""
    return folder / REPOSITORIES / student / f"{project}.git"


def course_in(folder: Path) -> Course:
    """The course of the cohort in `folder`; raises a `ScaffolderError` if it cannot be used."""
    return courses.read(read(folder / COURSE).decode("utf-8", "replace"))


@contextmanager
def opened(folder: Path, *, with_templates: bool = False) -> Iterator[Cohort]:
    """The cohort in `folder`; raises a `ScaffolderError` if its course or roster cannot be used."""
    course = course_in(folder)
    with templates(course.projects if with_templates else (), folder) as found:
        known = {name: each.template for name, each in found.items()} if with_templates else None
        yield Cohort(folder, course, rosters.read(read(folder / ROSTER), ROSTER, course, known), found)


@contextmanager
def templates(projects: tuple[Project, ...], folder: Path = Path()) -> Iterator[Mapping[str, Opened]]:
    """The template of each project, by the project's name; relative paths are relative to `folder`.

    Records keep only the last part of a template's path: the rest is private to the teacher's machine.
    """
    with ExitStack() as stack:
        found: dict[str, Opened] = {}
        for each in projects:
            request = Request(placed(each.template, folder), each.checkout or None, each.directory or None)
            template, source = stack.enter_context(foreign.opened(request))
            if each.exercises:
                template = declared.from_folder(template, folder / os.path.expanduser(each.exercises))
            if source["kind"] == "path":
                source = {**source, "path": Path(str(source["path"])).name}
            found[each.name] = Opened(template, source)
        yield found


def refuse_unknown(answers: Mapping[str, Answer], templates: Mapping[str, Opened]) -> None:
    """Raise `AnswerError` if no template asks for one of the `answers`."""
    known = {name for each in templates.values() for name in each.template.questions}
    for name in answers:
        if name not in known:
            raise AnswerError(f"No template of the course asks for {shown(name)}: {suggestion(name, sorted(known))}")


def placed(template: str, folder: Path) -> str:
    """`template` in a form that is valid in any folder: a path, which is relative to `folder`, becomes absolute."""
    if foreign.repository_address(Request(template)) or not foreign.is_path(template, folder):
        return template
    return absolute(template, folder)


def placed_in(project: Project, folder: Path) -> Project:
    """`project` with paths that are valid in any folder; those it has are relative to `folder`."""
    given = {key: project.data[key] for key in ("path", "questions", "documents") if key in project.data}
    paths = {key: absolute(path, folder) for key, path in given.items()}
    exercises = absolute(project.exercises, folder) if project.exercises else ""
    return replace(
        project, template=placed(project.template, folder), data={**project.data, **paths}, exercises=exercises
    )


def absolute(path: str, folder: Path) -> str:
    """A `path` of the teacher's, which is relative to `folder`, as an absolute one."""
    return os.path.abspath(folder / os.path.expanduser(path))


def read(path: Path) -> bytes:
    """The bytes of a course or roster that a person gave; raises `TargetError` if they cannot be read."""
    return safe.read_given(path, MOST_BYTES)

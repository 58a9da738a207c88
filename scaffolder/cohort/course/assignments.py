"""A course: its students, its projects, and which student works on which project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scaffolder.errors import ScaffolderError, shown, suggestion
from scaffolder.template.questions import Answer


class StudentError(ScaffolderError):
    """A problem that the student can mend, so that the student is told of it."""


@dataclass(frozen=True)
class Student:
    """A row of the roster. `id` is a safe name of a folder, unique ignoring case.

    `due` is ISO 8601 in UTC, "" for the project's own; `templates` are names of the course's projects, empty for all;
    `starter` says which exercises the student solves, "" for those of the project; `answers` are those of the roster's
    own columns, by project and question; `row` is the line of the file, from 1.
    """

    id: str
    name: str = ""
    username: str = ""
    group: str = ""
    due: str = ""
    templates: tuple[str, ...] = ()
    starter: str = ""
    answers: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True)
class Project:
    """A project of the course: `template` is a bundled name, a path or a Git address, as `scaffolder new` takes it.

    `data` has the `path` of the data that the project is about, and the options that go with them; in the path,
    {student} is the student's id. It is empty for the template's own data. `starter` says which exercises the students
    solve, as `scaffolder new` takes it; "" for a finished project. `exercises` is the path of a folder with further
    ones.
    """

    name: str
    template: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    due: str = ""
    checkout: str = ""
    directory: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    starter: str = ""
    exercises: str = ""


@dataclass(frozen=True)
class Course:
    """The course of a cohort. `remote` is a pattern such as https://host/{student}/{project}.git, "" for none yet.

    `ignore` are the titles of the roster's columns that are ignored.
    """

    projects: tuple[Project, ...]
    remote: str = ""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """A student's project; `answers` are the project's, overridden by the student's."""

    student: Student
    project: Project
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """The key in the ledger: the student's id and the project's name."""
        return self.student.id, self.project.name

    @property
    def due(self) -> str:
        """The due date, as ISO 8601 in UTC, or ""."""
        return self.student.due or self.project.due


@dataclass(frozen=True)
class Choice:
    """The assignments that a command is for: all, or those of some `students` or of a `project`."""

    students: tuple[str, ...] = ()
    project: str = ""

    def of(self, course: Course, students: Sequence[Student], assignments: Iterable[Assignment]) -> list[Assignment]:
        """The chosen assignments; raises a `ScaffolderError` if a name is not that of a student or project."""
        for name in self.students:
            _refuse_unknown("student", name, [student.id for student in students])
        if self.project:
            _refuse_unknown("project", self.project, [project.name for project in course.projects])
        return [
            each
            for each in assignments
            if (not self.students or each.student.id in self.students) and self.project in ("", each.project.name)
        ]


def _refuse_unknown(kind: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise ScaffolderError(f"There is no {kind} {shown(name)} in the cohort: {suggestion(name, names)}")

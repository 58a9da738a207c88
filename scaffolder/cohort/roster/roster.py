"""The roster of a course, read from a CSV file and validated as a whole before anything is made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from scaffolder.cohort.course import rules
from scaffolder.cohort.course.assignments import Course, Student
from scaffolder.cohort.course.rules import Problem, Problems, RosterError
from scaffolder.cohort.roster import roster_file
from scaffolder.cohort.roster.answer_columns import Column, columns, completed
from scaffolder.cohort.roster.roster_file import Entry, Layout, Table
from scaffolder.errors import AnswerError, shown, suggestion
from scaffolder.exercises.declared import chosen, declared
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer

__all__ = ["Layout", "Problem", "Roster", "RosterError", "read"]


@dataclass(frozen=True)
class Roster:
    """The students, in the order of the file; `data` is the file, `table` what it says, which a gradebook repeats."""

    students: tuple[Student, ...]
    layout: Layout
    table: Table
    data: bytes


def read(data: bytes, source: str, course: Course, templates: Mapping[str, Template] | None) -> Roster:
    """The roster in `data`, the content of the file `source`; `templates` has the template of each project, by name.

    Without templates, columns of answers are not looked at. Raises `RosterError` with all problems.
    """
    problems = Problems(f"The roster {shown(source)}", RosterError)
    found = roster_file.read(data, problems)
    layout = roster_file.layout_of(found.header)
    has_ids = layout is not Layout.OWN or "id" in roster_file.columns(layout, found.header)
    if not has_ids:
        problems.add(found.top, "", "there is no column 'id', and it is no export of Canvas or Moodle")
    asked = columns(found, layout, templates, problems, course.ignore) if templates is not None else []
    if not has_ids:
        problems.finish()
    students = _Students(course, templates, asked, problems)
    entries = roster_file.entries(layout, found)
    if not entries:
        problems.stop(0, "", "there are no students in it")
    made = tuple(students.made(entry) for entry in entries)
    problems.finish()
    return Roster(made, layout, found, data)


class _Students:
    """Makes a student from each entry, and notes the entry's problems."""

    def __init__(
        self,
        course: Course,
        templates: Mapping[str, Template] | None,
        asked: Sequence[Column],
        problems: Problems,
    ) -> None:
        self._projects = {project.name.casefold(): project for project in course.projects}
        self._remote, self._asked, self._problems = course.remote, asked, problems
        self._seen: dict[tuple[str, str], int] = {}
        known = templates or {}
        self._completed = {  # cached, since many students give the same answers
            project.name: cache(partial(completed, project, known[project.name]))
            for project in course.projects
            if project.name in known
        }
        self._exercises = {name: declared(template) for name, template in known.items()}

    def made(self, entry: Entry) -> Student:
        """The student of an entry, whose problems are noted."""
        projects = self._templates(entry)
        return Student(
            id=self._text(entry, "id", rules.id_problem, unique=True),
            name=self._text(entry, "name", rules.text_problem),
            username=self._text(entry, "username", rules.username_problem, unique=True),
            group=self._text(entry, "group", _in_an_address if "{group}" in self._remote else rules.text_problem),
            due=self._due(entry),
            templates=projects,
            starter=self._starter(entry, projects or tuple(self._completed)),
            answers=self._answered(entry, projects or tuple(self._completed)),
            row=entry.row.number,
        )

    def _text(self, entry: Entry, field: str, rule: rules.Rule, *, unique: bool = False) -> str:
        """The text in the column `field`, which must follow a `rule` and, if `unique`, differ in each row."""
        text, column = entry.fields.get(field, ("", field))
        text = " ".join(text.split()) if field in ("name", "group") else text
        needed = field == "id" or f"{{{field}}}" in self._remote
        if not text and needed:
            reason = "" if field == "id" else f", and the course's remote has {{{field}}} in it"
            self._problems.add(entry.row.number, column, f"it is empty{reason}")
        elif text and (problem := rule(text)):
            self._problems.add(entry.row.number, column, f"{shown(text)} {problem}")
        elif text and unique:
            first = self._seen.setdefault((field, text.casefold()), entry.row.number)
            if first != entry.row.number:
                self._problems.add(entry.row.number, column, f"{shown(text)} is in row {first} too")
        return text

    def _due(self, entry: Entry) -> str:
        text, column = entry.fields.get("due", ("", ""))
        try:
            return rules.due(text) if text else ""
        except ValueError as error:
            self._problems.add(entry.row.number, column, f"{shown(text)} {error}")
            return ""

    def _templates(self, entry: Entry) -> tuple[str, ...]:
        """The names of a student's projects; empty for all projects."""
        text, column = entry.fields.get("templates", ("", ""))
        names: list[str] = []
        for word in filter(None, re.split(r"[\s,;]+", text)):
            project = self._projects.get(word.casefold())
            if project is None:
                hint = suggestion(word, [project.name for project in self._projects.values()])
                self._problems.add(entry.row.number, column, f"the course has no project {shown(word)}: {hint}")
            else:
                names.append(project.name)
        return tuple(dict.fromkeys(names))

    def _starter(self, entry: Entry, projects: Iterable[str]) -> str:
        """The exercises that a student solves: sets or ids, each of which one of the student's projects has."""
        text, column = entry.fields.get("starter", ("", ""))
        if text and self._exercises:
            known = {name: one for project in projects for name, one in self._exercises[project].items()}
            try:
                chosen(known, text)
            except AnswerError as error:
                self._problems.add(entry.row.number, column, str(error))
        return text

    def _answered(self, entry: Entry, projects: Iterable[str]) -> dict[str, Mapping[str, Answer]]:
        """The row's answers, by project and question, without the empty cells."""
        if not self._completed:
            return {}
        given: dict[str, dict[str, tuple[str, str]]] = {project: {} for project in projects}
        for column in self._asked:
            text = entry.row.cell(column.place)
            for project, question in column.targets if text else ():
                if project in given:
                    given[project][question] = (text, column.title)
                elif column.single:
                    self._problems.add(entry.row.number, column.title, f"this student has no project {project}")
        answers: dict[str, Mapping[str, Answer]] = {}
        for project, cells in given.items():
            found, fault = self._completed[project](tuple((name, text) for name, (text, _) in cells.items()))
            if fault:
                _, title = cells.get(fault.question, ("", self._title(project, fault.question)))
                of_course = fault.question in self._projects[project.casefold()].answers and fault.question not in cells
                row = 0 if of_course else entry.row.number
                self._problems.add(row, "" if of_course else title, f"project {project}: {fault.message}")
            if found:
                answers[project] = found
        return answers

    def _title(self, project: str, question: str) -> str:
        """The title of the column for an answer that a row leaves to the template, "" if there is none."""
        titles = [column.title for column in self._asked if (project, question) in column.targets]
        return titles[-1] if titles else ""


def _in_an_address(group: str) -> str | None:
    """Why a group cannot be part of an address; None if it can."""
    problem = rules.id_problem(group)
    return problem and f"{problem}; the remote has {{group}} in it: rename the group, or take {{group}} out"

"""The columns of a roster that answer the questions of the course's templates, and whether their answers are valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scaffolder.cohort.course.assignments import Project
from scaffolder.cohort.course.rules import Problems, fold
from scaffolder.cohort.roster import roster_file
from scaffolder.cohort.roster.roster_file import OWN, Layout, Table
from scaffolder.errors import AnswerError, ScaffolderError, shown, suggestion
from scaffolder.template.answers import complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

_Targets = tuple[tuple[str, str], ...]


class Column(NamedTuple):
    """A column of answers: its place in a row, and the questions that it answers, as (project, question).

    `single` says that its title names the project, as in PROJECT.use_case.
    """

    place: int
    title: str
    targets: _Targets
    single: bool


class Fault(NamedTuple):
    """A question with an invalid answer, and why it is invalid."""

    question: str
    message: str


def columns(
    found: Table, layout: Layout, templates: Mapping[str, Template], problems: Problems, ignore: Iterable[str] = ()
) -> list[Column]:
    """The columns of answers, those for a single project last, because they override the others.

    `templates` has the template of each project; columns in `ignore` are left out. Titles that name no question, or the
    same one as another title, are added to `problems`.
    """
    known = _known(templates)
    who = roster_file.columns(layout, found.header)
    questions = dict.fromkeys(name for template in templates.values() for name in template.questions)
    ignored = {fold(title) for title in ignore}
    seen: dict[str, str] = {}
    made: list[Column] = []
    for place in range(len(found.header)):
        title = found.title(place)
        folded, is_field = fold(title), place in who.values()
        targets = () if is_field else known.get(folded, ())
        if folded in ignored and not is_field:
            continue
        if folded in seen and place != who.get("own") and (is_field or targets or layout is Layout.OWN):
            problems.add(found.top, title, f"there is a column {shown(seen[folded])} already")
        elif targets:
            made.append(Column(place, title, targets, folded not in map(fold, questions)))
        elif not is_field and layout is Layout.OWN:
            hint = suggestion(title, [*OWN, *questions])
            problems.add(found.top, title, f"no question has this name: {hint} To leave it out, use --ignore.")
        seen.setdefault(folded, title)
    return sorted(made, key=lambda column: column.single)


def _known(templates: Mapping[str, Template]) -> dict[str, _Targets]:
    """The questions that a column answers, by its title as `fold` has it."""
    known: dict[str, _Targets] = {}
    for project, template in templates.items():
        for question in template.questions:
            for name in map(fold, (question, f"{project}.{question}")):
                known[name] = (*known.get(name, ()), (project, question))
    return known


def completed(
    project: Project, template: Template, given: tuple[tuple[str, str], ...]
) -> tuple[Mapping[str, Answer], Fault | None]:
    """A student's answers as the template takes them, checked together with all that follows; or the first fault."""
    every = {**project.answers, **dict(given)}
    unknown = next((name for name in every if name not in template.questions), None)
    if unknown is not None:
        return {}, Fault(unknown, f"there is no question {shown(unknown)}: {suggestion(unknown, template.questions)}")
    last = ""

    def choose(question: Question) -> Answer:
        nonlocal last
        last = question.name
        value = every.get(last, question.default)
        return question.check(value) if last in every or question.pattern else value

    try:
        public = complete(template, choose).public
    except ScaffolderError as error:
        follows = last not in every and isinstance(error, AnswerError)
        return {}, Fault(last, f"{error}{' It follows from other answers: give one for it.' * follows}")
    return {name: public[name] for name, _ in given}, None

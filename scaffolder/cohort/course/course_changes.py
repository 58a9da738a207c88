"""The changes that `cohort new` makes in a cohort's files, and the repositories that would now be made differently."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course import home
from scaffolder.cohort.ledger import Key
from scaffolder.cohort.model import Assignment, Course, Project, Student
from scaffolder.cohort.roster import roster as rosters
from scaffolder.cohort.work import create, rendering
from scaffolder.cohort.work.create import Given, Plan
from scaffolder.errors import ScaffolderError, shown
from scaffolder.project import store, update
from scaffolder.project.record import Record
from scaffolder.template.answers import chosen, complete
from scaffolder.template.questions import Answer

_REPLACED = ("it cannot be read as it is, and is replaced",)
_OF_PROJECT = ("template", "due", "checkout", "directory", "starter", "exercises")
_OF_STUDENT = ("name", "email", "username", "group", "due", "templates", "starter")


class News(NamedTuple):
    """The changes in the cohort's own `course` and `roster`, in words, and the `outdated` answers in repositories.

    These are the names of questions, by assignment. `starters` are the repositories that were made with other exercises
    than course and roster name now, with a word on those.
    """

    course: tuple[str, ...] = ()
    roster: tuple[str, ...] = ()
    outdated: Mapping[Key, Sequence[str]] = {}
    starters: Mapping[Key, str] = {}


def of(plan: Plan) -> News:
    """The changes that a run of `plan` would make beside new repositories. Nothing is written."""
    given, done = plan.given, set(plan.done)
    before = [each for each in courses.assignments(given.course, given.roster) if each.key in done]
    outdated, starters = dict(_outdated(given, before)), dict(_other_starters(given, before))
    return News(_of_course(given), _of_roster(given), outdated, starters)


def _of_course(given: Given) -> tuple[str, ...]:
    path = given.folder / home.COURSE
    if not path.is_file():
        return ()
    try:
        old = courses.read(home.read(path).decode("utf-8", "replace"))
    except ScaffolderError:
        return _REPLACED
    return tuple(_course_changes(old, given))


def _course_changes(old: Course, given: Given) -> Iterator[str]:
    new = given.course
    if old.remote != new.remote:
        yield f"remote: {_value(old.remote)} becomes {_value(new.remote)}"
    if old.ignore != new.ignore:
        yield f"ignore: {_value(', '.join(old.ignore))} becomes {_value(', '.join(new.ignore))}"
    if old.mine != new.mine:
        yield f"mine: {str(old.mine).lower()} becomes {str(new.mine).lower()}"
    before, after = ({project.name: project for project in course.projects} for course in (old, new))
    for name in {**before, **after}:
        if name not in after:
            yield f"project {name} is left out"
        elif name not in before:
            yield f"project {name} is added"
        else:
            yield from (f"project {name}: {each}" for each in _project_changes(before[name], after[name], given))


def _project_changes(old: Project, new: Project, given: Given) -> Iterator[str]:
    for key in _OF_PROJECT:
        before, after = getattr(old, key), getattr(new, key)
        if key in ("template", "exercises") and before:  # it may be a path relative to the file
            before = (home.placed if key == "template" else home.absolute)(before, given.folder)
        if before != after:
            yield f"{key} {_value(before)} becomes {_value(after)}"
    for name in {**old.answers, **new.answers}:
        if old.answers.get(name) != new.answers.get(name):
            yield f"answer {name} {_value(old.answers.get(name))} becomes {_value(new.answers.get(name))}"


def _value(value: object) -> str:
    return shown(value, 100) if value not in (None, "") else "(none)"


def _of_roster(given: Given) -> tuple[str, ...]:
    path = given.folder / home.ROSTER
    if not path.is_file():
        return ()
    try:
        data = home.read(path)
        if data == given.data:
            return ()
        templates = {name: each.template for name, each in given.templates.items()}
        old = rosters.read(data, home.ROSTER, given.course, templates).students
    except ScaffolderError:
        return _REPLACED
    found = tuple(_student_changes(old, given.roster.students))
    return found or ("the students are the same, and the file is written in another way",)


def _student_changes(old: Sequence[Student], new: Sequence[Student]) -> Iterator[str]:
    """The students who are added, left out or changed, by id; without names and addresses, which are private."""
    before, after = ({student.id: student for student in students} for students in (old, new))
    yield from (f"{name} is left out" for name in before if name not in after)
    yield from (f"{name} is added" for name in after if name not in before)
    for name in (each for each in after if each in before):
        fields = [field for field in _OF_STUDENT if getattr(before[name], field) != getattr(after[name], field)]
        fields += _questions(before[name], after[name])
        if fields:
            yield f"{name}: another value in {', '.join(fields)}"


def _questions(old: Student, new: Student) -> list[str]:
    """The questions that the two rosters answer differently for a student, sorted by name."""
    found = set()
    for project in {*old.answers, *new.answers}:
        before, after = old.answers.get(project, {}), new.answers.get(project, {})
        found |= {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return sorted(found)


def _outdated(given: Given, assignments: Sequence[Assignment]) -> Iterator[tuple[Key, list[str]]]:
    """The questions, by assignment, that course and roster answer differently from the last render.

    An answer that they no longer give is not among them: 'cohort update' leaves it, too.
    """
    known: dict[str, Mapping[str, Answer]] = {}
    for each in assignments:
        with suppress(ScaffolderError, OSError):
            recorded = _recorded(given, each.key)
            wanted = _wanted(given, each, known)
            names = [name for name in each.answers if name in wanted and recorded.get(name) != wanted[name]]
            if names:
                yield each.key, names


def _other_starters(given: Given, assignments: Sequence[Assignment]) -> Iterator[tuple[Key, str]]:
    """The exercises, by assignment, that a repository was made with, where course and roster now name others."""
    entries = create.known(given.folder)
    for each in assignments:
        wanted = rendering.exercises(given.templates[each.project.name], each.project, each.student)
        with suppress(ScaffolderError, OSError):
            made = _record(given, each.key, entries[each.key].commit).exercises
            if set(made) != set(wanted):
                yield each.key, ", ".join(made) or "none"


def _recorded(given: Given, key: Key) -> Mapping[str, Answer]:
    """The answers of the render that a repository has on its branch `scaffold`."""
    return _record(given, key).answers


def _record(given: Given, key: Key, commit: str | None = None) -> Record:
    """The record in a commit of a repository, by default the tip of its branch `scaffold`; an empty one without it."""
    with store.failures("The repository cannot be read"):
        repo = store.opened(home.repository(given.folder, *key))
        commit = commit or store.commit_of(repo, store.SCAFFOLD)
        return update.record_of(repo, commit) if commit else Record()


def _wanted(given: Given, assignment: Assignment, known: dict[str, Mapping[str, Answer]]) -> Mapping[str, Answer]:
    """All answers that follow from those given; `known` caches them, since many assignments give the same."""
    key = json.dumps([assignment.project.name, assignment.answers], sort_keys=True)
    if key not in known:
        template = given.templates[assignment.project.name].template
        known[key] = complete(template, chosen(assignment.answers)).public
    return known[key]

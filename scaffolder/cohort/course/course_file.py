"""The course of a cohort, as cohort.toml describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from scaffolder.cohort.course import rules
from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.cohort.course.problems import CourseError, Problems
from scaffolder.errors import shown, suggestion
from scaffolder.formats.json import as_json
from scaffolder.formats.toml import TomlError, as_toml, load_toml
from scaffolder.template.foreign import last_part

ROSTER = "roster.csv"
_KEYS = ("roster", "remote", "ignore", "projects")
_TEXTS = ("template", "name", "checkout", "directory", "starter", "exercises")
_DATA_TEXTS = ("path", "target", "positive", "time", "group", "dates", "task", "questions", "documents")
_MOST_PROJECTS = 100
_MOST_IGNORED = 1_000  # columns of the roster
_MOST_CHARACTERS = 1_000  # of a text, such as a path
_BARE = re.compile(r"[A-Za-z0-9_-]{1,100}")


class CourseFile(NamedTuple):
    """The content of cohort.toml: the course, and the path of its roster as it is written there, "" if none is."""

    course: Course
    roster: str


def read(text: str) -> Course:
    """The course in the `text` of a cohort.toml; raises `CourseError` with all that is wrong."""
    return parse(text).course


def parse(text: str) -> CourseFile:
    """Like `read`, with the path of the roster."""
    problems = Problems("cohort.toml", CourseError)
    try:
        content = load_toml(text.removeprefix("\ufeff"))
    except TomlError as error:
        problems.stop(0, "", f"it is not TOML: {error}")
    _check_keys(content, _KEYS, "", problems)
    projects = tuple(_projects(content.get("projects"), problems))
    roster, remote = (_text(content, key, "", problems) for key in ("roster", "remote"))
    if remote and (problem := rules.remote_problem(remote, len(projects))):
        problems.add(0, "", f"remote: {shown(rules.without_password(remote), 100)} {problem}")
    ignore = _ignored(content.get("ignore", []), problems)
    problems.finish()
    return CourseFile(Course(projects, remote, ignore), roster)


def _projects(tables: Any, problems: Problems) -> Iterator[Project]:
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        problems.stop(0, "", "projects: write [[projects]] before each project, and a template below it")
    if len(tables) > _MOST_PROJECTS:
        problems.stop(0, "", f"projects: there are more than {_MOST_PROJECTS}")
    seen: set[str] = set()
    for number, table in enumerate(tables, 1):
        place = f"project {number}, "
        project = _project(table, place, problems)
        if project.name and project.name.casefold() in seen:
            problems.add(0, "", f"{place}name: another project is called {shown(project.name)} too")
        seen.add(project.name.casefold())
        yield project


def _project(table: Mapping[str, Any], place: str, problems: Problems) -> Project:
    _check_keys(table, (*_TEXTS, "due", "answers", "data"), place, problems)
    texts = {key: _text(table, key, place, problems) for key in _TEXTS}
    template, name = texts["template"], texts["name"] or last_part(texts["directory"] or texts["template"])
    if "template" not in table or (not template and isinstance(table["template"], str)):
        problems.add(0, "", f"{place}template: it is missing")
    elif template and (problem := rules.id_problem(name)):
        problems.add(0, "", f"{place}name: {shown(name)} {problem}")
    try:
        answers = dict(as_json(_table(table, "answers", place, problems)))
    except ValueError as error:
        answers = {}
        problems.add(0, "", f"{place}answers: there is {error}")
    due, data = _due(table, place, problems), _data(_table(table, "data", place, problems), place, problems)
    return Project(**{**texts, "name": name}, answers=answers, due=due, data=data)


def _ignored(value: Any, problems: Problems) -> tuple[str, ...]:
    """The titles of the roster's columns that are ignored."""
    if isinstance(value, list) and len(value) <= _MOST_IGNORED and all(isinstance(each, str) for each in value):
        return tuple(dict.fromkeys(each.strip() for each in value))
    problems.add(0, "", 'ignore: it must be a list of titles of columns, such as ["Semester"]')
    return ()


def _data(data: Mapping[str, Any], place: str, problems: Problems) -> dict[str, Any]:
    """The data that a project is about: their path, options as `scaffolder new` takes them, and the table `about`."""
    place = f"{place}data, "
    _check_keys(data, (*_DATA_TEXTS, "about"), place, problems)
    texts = {key: _text(data, key, place, problems) for key in _DATA_TEXTS if key in data}
    about = _table(data, "about", place, problems)
    told = {key: _text(about, key, f"{place}about, ", problems) for key in about}
    if data and not texts.get("path"):
        problems.add(0, "", f"{place}path: it is missing")
    return {**texts, **({"about": told} if told else {})}


def _table(table: Mapping[str, Any], key: str, place: str, problems: Problems) -> Mapping[str, Any]:
    """The table of a key, empty if it is absent; any other value is added to `problems`."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        problems.add(0, "", f"{place}{key}: it must be a table")
        return {}
    return value


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], place: str, problems: Problems) -> None:
    for key in table:
        if key not in known:
            problems.add(0, "", f"{place}{shown(key)} is not known: {suggestion(key, known)}")


def _text(table: Mapping[str, Any], key: str, place: str, problems: Problems) -> str:
    """The text of a key, "" if it is absent; any other value is added to `problems`."""
    value = table.get(key, "")
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS or not value.isprintable():
        problems.add(0, "", f"{place}{key}: it must be a text of one line, at most {_MOST_CHARACTERS:,} characters")
        return ""
    return value.strip()


def _due(table: Mapping[str, Any], place: str, problems: Problems) -> str:
    value = table.get("due", "")
    text = value.isoformat() if isinstance(value, date) else value  # a datetime is a date
    try:
        return rules.due(str(text)) if text != "" else ""
    except ValueError as error:
        problems.add(0, "", f"{place}due: {shown(text)} {error}")
        return ""


def text_of(course: Course, roster: str = ROSTER) -> str:
    """The cohort.toml of a course; `parse` reads the same course from it."""
    head = {"roster": roster, "remote": course.remote, "ignore": list(course.ignore)}
    lines = _pairs({key: value for key, value in head.items() if value})
    for project in course.projects:
        keys = {key: getattr(project, key) for key in (*_TEXTS, "due")}
        lines += ["", "[[projects]]", *_pairs({key: value for key, value in keys.items() if value})]
        for key, table in (("data", project.data), ("answers", project.answers)):
            lines += [f"[projects.{key}]", *_pairs(table)] if table else []
    return "\n".join(lines).lstrip("\n") + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    """The lines, or the parts, `key = value` of a table; TOML has no null, so a key with that value is left out."""
    return [
        f"{key if _BARE.fullmatch(key) else _toml(key)} = {_toml(value)}"
        for key, value in table.items()
        if value is not None
    ]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(_pairs(value))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(each) for each in value if each is not None)}]"
    return repr(value) if isinstance(value, float) else as_toml(value)

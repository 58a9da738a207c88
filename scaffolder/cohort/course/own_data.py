"""The data that the projects of a cohort are about, where these are not the template's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.cohort.course.assignments import Assignment, Project
from scaffolder.cohort.ledger import Key
from scaffolder.errors import ScaffolderError
from scaffolder.template.answers import Data
from scaffolder.template.foreign import Opened

if TYPE_CHECKING:  # DuckDB and its readers are loaded only where data are read
    from scaffolder.adopt.kind import Options


class Found(NamedTuple):
    """Assignments whose answers fit their data, the data by assignment, and why those of others cannot be used."""

    assignments: tuple[Assignment, ...]
    data: Mapping[Key, Data]
    problems: Mapping[Key, ScaffolderError]


def read(assignments: Iterable[Assignment], templates: Mapping[str, Opened]) -> Found:
    """Read the data of each assignment; a file that several students share is read once."""
    from scaffolder.adopt import kinds

    projects = {each.project.name: each.project for each in assignments if each.project.data}

    @cache
    def adopted(project: str, path: str) -> Data:
        return kinds.adopt(templates[project].template, Path(path), _options(projects[project])).data

    ready: list[Assignment] = []
    data: dict[Key, Data] = {}
    problems: dict[Key, ScaffolderError] = {}
    for each in assignments:
        if not each.project.data:
            ready.append(each)
            continue
        try:
            path = each.project.data["path"].replace("{student}", each.student.id)
            data[each.key] = adopted(each.project.name, path)
            implied = kinds.wanted(templates[each.project.name].template).answers
            ready.append(replace(each, answers={**each.answers, **implied}))
        except ScaffolderError as error:
            problems[each.key] = error
    return Found(tuple(ready), data, problems)


def _options(project: Project) -> Options:
    from scaffolder.adopt.kind import Options

    files = {key: Path(project.data[key]) for key in ("questions", "documents") if key in project.data}
    return Options(**{key: value for key, value in project.data.items() if key != "path"} | files)

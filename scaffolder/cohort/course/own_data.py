"""The data that the projects of a cohort are about, where these are not the template's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.cohort.course.assignments import Project
from scaffolder.template.answers import Data
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer

if TYPE_CHECKING:  # DuckDB and its readers are loaded only where data are read
    from scaffolder.adopt.kind import Options


Reader = Callable[[Project, str], tuple[Data | None, Mapping[str, Answer]]]
"""The data of a student's project, None for the template's own, and the answers that they imply."""


def reader(templates: Mapping[str, Opened]) -> Reader:
    """Reads data; a file that several students share is read once. Raises a `ScaffolderError` if it cannot be used."""
    from scaffolder.adopt import kinds

    projects: dict[str, Project] = {}

    @cache
    def adopted(name: str, path: str) -> tuple[Data, Mapping[str, Answer]]:
        template = templates[name].template
        data = kinds.adopt(template, Path(path), _options(projects[name])).data
        return data, kinds.wanted(template).answers

    def read(project: Project, student: str) -> tuple[Data | None, Mapping[str, Answer]]:
        if not project.data:
            return None, {}
        projects[project.name] = project
        return adopted(project.name, project.data["path"].replace("{student}", student))

    return read


def _options(project: Project) -> Options:
    from scaffolder.adopt.kind import Options

    files = {key: Path(project.data[key]) for key in ("questions", "documents") if key in project.data}
    return Options(**{key: value for key, value in project.data.items() if key != "path"} | files)

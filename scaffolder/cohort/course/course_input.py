"""The input of `cohort new`: a folder, and a cohort.toml or a roster and options."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scaffolder.cohort import ledger
from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course import home, rules
from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.errors import ScaffolderError, TargetError, shown
from scaffolder.template import foreign
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer


class Source(NamedTuple):
    """The course, the file of its roster, and the files that it was read from."""

    course: Course
    roster: Path
    files: tuple[Path, ...]


class OptionError(ScaffolderError):
    """An option that does not fit the others."""


def check_folder(folder: Path, given: Iterable[Path] = ()) -> Path:
    """`folder` as an absolute path; raises `TargetError` unless it is a cohort, or one can be made in it.

    The files `given`, from which the cohort is made, may lie in it.
    """
    folder = Path(os.path.abspath(folder))
    above = next(parent for parent in [folder, *folder.parents] if os.path.lexists(parent))
    if not above.is_dir():
        raise TargetError(f"{shown(above, 200)} is not a folder, so no cohort can be made in it.")
    if above == folder and not is_cohort(folder):
        own = {os.path.abspath(path) for path in given}
        others = sorted(path.name for path in folder.iterdir() if str(path) not in own)
        if others:
            raise TargetError(
                f"{shown(folder, 200)} is no cohort, and not empty: it has {shown(others[0])}. Choose another --output."
            )
    return folder


def is_cohort(folder: Path) -> bool:
    """Whether `cohort new` has begun a cohort in `folder`."""
    return os.path.isfile(folder / ledger.NAME) or os.path.isfile(folder / home.HIDDEN / "lock")


def found(source: Path, output: Path | None) -> tuple[Path, Path]:
    """The file that a cohort is made from, and the cohort's folder.

    `source` may be a cohort's folder. Without an `output`, the folder is the one that a cohort.toml is in, and for a
    roster the working folder.
    """
    source = source / home.COURSE if source.is_dir() else source
    if not source.is_file():
        raise TargetError(f"There is no file {shown(source, 200)}.")
    return source, output or (source.parent if source.name == home.COURSE else Path())


def from_file(path: Path) -> Source:
    """The course that a cohort.toml describes; paths in it are relative to it. Raises `CourseError`.

    In a cohort's own folder, the roster is the one that is kept there, whatever `roster` says.
    """
    found = courses.parse(home.read(path).decode("utf-8", "replace"))
    roster = path.parent / home.ROSTER
    if not (path.name == home.COURSE and is_cohort(path.parent) and roster.is_file()):
        roster = path.parent / (found.roster or home.ROSTER)
    projects = tuple(home.placed_in(each, path.parent) for each in found.course.projects)
    for each in projects:
        foreign.refuse_bare(Path(each.template), each.template)
    return Source(replace(found.course, projects=projects), roster, (path, roster))


def from_options(
    roster: Path,
    templates: Sequence[str],
    remote: str | None,
    folder: Path,
    ignore: Sequence[str] = (),
    starter: str = "",
) -> Source:
    """The course of these `templates`; if there is a cohort in `folder`, its other projects and settings stay.

    With `starter`, their projects are starters with these exercises.
    """
    kept = folder / home.COURSE
    earlier = from_file(kept).course if os.path.isfile(kept) else Course(())
    projects = {project.name: project for project in earlier.projects}
    named = [_project(template) for template in templates]
    if repeated := [
        each.name for number, each in enumerate(named) if each.name in {one.name for one in named[:number]}
    ]:
        raise OptionError(f"Two templates make a project {shown(repeated[0])}: name the projects in a cohort.toml.")
    for each in named:
        known = projects.get(each.name, each)
        found = known if known.template == each.template else each
        projects[each.name] = replace(found, starter=starter) if starter else found
    if not projects:
        raise OptionError(
            "Say which template the projects are made from: --template NAME; 'scaffolder list' names them."
        )
    pattern = earlier.remote if remote is None else remote
    if pattern and (problem := rules.remote_problem(pattern, len(projects))):
        raise OptionError(f"The remote {shown(pattern, 200)} {problem}.")
    ignored = tuple(dict.fromkeys([*earlier.ignore, *ignore]))
    course = replace(earlier, projects=tuple(projects.values()), remote=pattern, ignore=ignored)
    return Source(course, roster, (roster,))


def _project(template: str) -> Project:
    place = home.placed(template, Path())
    foreign.refuse_bare(Path(place), place)
    name = foreign.last_part(place)
    if problem := rules.id_problem(name):
        raise OptionError(f"The template {shown(template)} gives no name to a project: {shown(name)} {problem}.")
    return Project(name, place)


def with_answers(course: Course, given: Mapping[str, Answer], templates: Mapping[str, Opened]) -> Course:
    """The course with the answers `given` added to each project whose template asks for them."""
    home.refuse_unknown(given, templates)
    return replace(course, projects=tuple(_answered(each, given, templates[each.name]) for each in course.projects))


def _answered(project: Project, given: Mapping[str, Answer], opened: Opened) -> Project:
    fitting = {name: value for name, value in given.items() if name in opened.template.questions}
    return replace(project, answers={**project.answers, **fitting})

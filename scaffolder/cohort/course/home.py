"""The folder of a cohort: its course, roster and assignments, and the input that `cohort new` makes it from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from scaffolder import safe
from scaffolder.cohort import ledger
from scaffolder.cohort.course import course_file as courses
from scaffolder.cohort.course import rules
from scaffolder.cohort.course.assignments import Assignment, Choice, Course, Project
from scaffolder.cohort.roster import roster as rosters
from scaffolder.cohort.roster.roster import Roster
from scaffolder.cohort.roster.roster_file import MOST_BYTES
from scaffolder.errors import AnswerError, ScaffolderError, TargetError, shown, suggestion
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


class Source(NamedTuple):
    """The course, the file of its roster, and the files that it was read from."""

    course: Course
    roster: Path
    files: tuple[Path, ...]


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
    return os.path.isfile(folder / ledger.NAME) or os.path.isfile(folder / HIDDEN / "lock")


def source_and_folder(source: Path, output: Path | None) -> tuple[Path, Path]:
    """The file that a cohort is made from, and the cohort's folder.

    `source` may be a cohort's folder. Without an `output`, the folder is the one that a cohort.toml is in, and for a
    roster the working folder.
    """
    source = source / COURSE if source.is_dir() else source
    if not source.is_file():
        raise TargetError(f"There is no file {shown(source, 200)}.")
    return source, output or (source.parent if source.name == COURSE else Path())


def from_file(path: Path) -> Source:
    """The course that a cohort.toml describes; paths in it are relative to it. Raises `CourseError`.

    In a cohort's own folder, the roster is the one that is kept there, whatever `roster` says.
    """
    found = courses.parse(read(path).decode("utf-8", "replace"))
    roster = path.parent / ROSTER
    if not (path.name == COURSE and is_cohort(path.parent) and roster.is_file()):
        roster = path.parent / (found.roster or ROSTER)
    projects = tuple(placed_in(each, path.parent) for each in found.course.projects)
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
    kept = folder / COURSE
    earlier = from_file(kept).course if os.path.isfile(kept) else Course(())
    projects = {project.name: project for project in earlier.projects}
    named = [_project(template) for template in templates]
    if repeated := [
        each.name for number, each in enumerate(named) if each.name in {one.name for one in named[:number]}
    ]:
        raise ScaffolderError(f"Two templates make a project {shown(repeated[0])}: name the projects in a cohort.toml.")
    for each in named:
        known = projects.get(each.name, each)
        found = known if known.template == each.template else each
        projects[each.name] = replace(found, starter=starter) if starter else found
    if not projects:
        raise ScaffolderError(
            "Say which template the projects are made from: --template NAME; 'scaffolder list' names them."
        )
    pattern = earlier.remote if remote is None else remote
    if pattern and (problem := rules.remote_problem(pattern, len(projects))):
        raise ScaffolderError(f"The remote {shown(pattern, 200)} {problem}.")
    ignored = tuple(dict.fromkeys([*earlier.ignore, *ignore]))
    course = replace(earlier, projects=tuple(projects.values()), remote=pattern, ignore=ignored)
    return Source(course, roster, (roster,))


def _project(template: str) -> Project:
    place = placed(template, Path())
    foreign.refuse_bare(Path(place), place)
    name = foreign.last_part(place)
    if problem := rules.id_problem(name):
        raise ScaffolderError(f"The template {shown(template)} gives no name to a project: {shown(name)} {problem}.")
    return Project(name, place)


def with_answers(course: Course, given: Mapping[str, Answer], templates: Mapping[str, Opened]) -> Course:
    """The course with the answers `given` added to each project whose template asks for them."""
    refuse_unknown(given, templates)
    projects = []
    for project in course.projects:
        questions = templates[project.name].template.questions
        fitting = {name: value for name, value in given.items() if name in questions}
        projects.append(replace(project, answers={**project.answers, **fitting}))
    return replace(course, projects=tuple(projects))

"""Proves the exercises of a template: what they name is there, and starters can be made.

With the Python of an environment, their tests are run, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scaffolder.errors import ScaffolderError, shown
from scaffolder.exercises import judging
from scaffolder.exercises.declared import FOLDER, Exercise, declared, from_folder
from scaffolder.exercises.starter import TESTS, applicable, starter
from scaffolder.exercises.stubs import SourceError, defines, parsed, source_of
from scaffolder.template.lint import Problem, opened, told
from scaffolder.template.lint_renders import limited, projects
from scaffolder.tree import File, Tree

_REMEDY = "docs/template-author.md of scaffolder says what an exercise consists of."
_JUDGE_BEHAVIOUR = "The tests must judge behaviour: whatever is right passes, and what is wrong fails."


def problems(folder: Path, further: Path | None = None, python: Path | None = None) -> tuple[Problem, ...]:
    """The problems of the exercises of the template in `folder`, or of `further` ones that would be added to it.

    With a `python` that has what the projects need, their tests are run. Raises `TemplateError` if there is no
    template.
    """
    template = opened(folder)
    place = further or template.folder / FOLDER
    try:
        template = from_folder(template, further) if further else template
        exercises = declared(template)
    except ScaffolderError as error:
        return (Problem(place.name, None, str(error), _REMEDY),)
    if not exercises:
        return ()
    with limited(template) as runs:
        trees = [project.tree for project in projects(runs) if not project.problem]
    wanted = [exercise for exercise in exercises.values() if not further or exercise.id in template.exercises]
    found = [*_unmade(place.name, [*exercises.values()], trees)]
    found = found or [problem for exercise in wanted for problem in _of_exercise(exercise, place.name, trees)]
    if python and not found:
        found += _misjudging(exercises, {exercise.id: place / exercise.id for exercise in wanted}, trees, python)
    return told(found)


def _unmade(place: str, exercises: list[Exercise], trees: list[Tree]) -> Iterator[Problem]:
    """The reasons why no starter can be made of a project."""
    for tree in trees:
        try:
            starter(tree, exercises)
        except ScaffolderError as error:
            yield Problem(place, None, str(error), _REMEDY)


def _of_exercise(one: Exercise, folder: str, trees: list[Tree]) -> Iterator[Problem]:
    place = f"{folder}/{one.id}"
    try:
        parsed(one.test)
    except SourceError as error:
        yield Problem(f"{place}/test_{one.id}.py", None, f"Of the tests, {error}.", "Correct it.")
    having = [tree for tree in trees if one.file in tree]
    if trees and not having:
        yield Problem(f"{place}/exercise.toml", None, f"No project has {one.file}.", "Correct `file`.")
    for tree in [tree for tree in having if applicable(tree, [one])] or having:  # it may be for some choices only
        text = tree[one.file].data.decode()
        functions = (f"has no function {shown(name)}" for name in one.functions if not defines(text, [name]))
        others = (f"does not define {name}, which is in `without`" for name in one.without if not source_of(text, name))
        for said in (*functions, *others):
            yield Problem(f"{place}/exercise.toml", None, f"{one.file} {said}.", _REMEDY)


class _Case(NamedTuple):
    """A module with an exercise solved in one way; `name` says in which."""

    name: str
    right: bool
    module: bytes


def _misjudging(
    exercises: Mapping[str, Exercise], places: Mapping[str, Path], trees: Sequence[Tree], python: Path
) -> Iterator[Problem]:
    """The solutions that the tests misjudge, of the exercises that lie in the folders `places`.

    Each exercise is tried in the first of the finished projects that has its file, with those before it solved.
    """
    for name, place in places.items():
        one = exercises[name]
        project = next((tree for tree in trees if one.file in tree), None)
        if project is not None:
            yield from _misjudged_cases(one, exercises, place, project, python)


def _misjudged_cases(
    one: Exercise, exercises: Mapping[str, Exercise], place: Path, project: Tree, python: Path
) -> Iterator[Problem]:
    solved = _before(exercises, one.id)
    left = [each for each in exercises.values() if each.id not in solved]
    begun = starter(project, left)
    ours = starter(project, [each for each in left if each is not one])
    for case in _cases(place, begun[one.file].data, ours[one.file].data):
        if said := _misjudged(one, case, begun, python):
            path = f"{place.parent.name}/{one.id}/{case.name if '/' in case.name else f'test_{one.id}.py'}"
            yield Problem(path, None, said, _JUDGE_BEHAVIOUR)


def _before(exercises: Mapping[str, Exercise], name: str) -> set[str]:
    """The exercises that come before another one."""
    return {one for each in exercises[name].after for one in (each, *_before(exercises, each))}


def _cases(place: Path, begun: bytes, ours: bytes) -> Iterator[_Case]:
    yield _Case("what is not written", False, begun)
    yield _Case("the template's solution", True, ours)
    for kind in ("right", "wrong"):  # such a solution stands behind the text of the starter's module
        for file in sorted((place / kind).glob("*.py")):
            yield _Case(f"{kind}/{file.name}", kind == "right", begun + b"\n\n" + file.read_bytes())


def _misjudged(one: Exercise, case: _Case, begun: Tree, python: Path) -> str:
    """A sentence on a case that the tests misjudge; empty if they judge it right."""
    with TemporaryDirectory(prefix="scaffolder-") as temporary:
        folder = Path(temporary)
        for path, file in {**begun, one.file: File(case.module)}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(file.data)
        verdict = judging.judged(python, folder, [f"{TESTS}/test_{one.id}.py"])
    if not verdict.ran:
        return f"Its tests cannot be run: pytest ended with code {verdict.code}, {shown(verdict.last, 200)}."
    if verdict.broken:
        return f"With {case.name}, the program is not complete, so that its tests judge nothing."
    if case.right == (verdict.code == judging.PASSED):
        return ""
    if not case.right:
        return f"Its tests accept {case.name}."
    return f"Its tests refuse {case.name}{f': {shown(verdict.why, 200)}' if verdict.why else ''}."

"""Proves the exercises of a template: what they name is there, and starters can be made.

With the Python of an environment, their tests are run, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scaffolder.errors import ScaffolderError
from scaffolder.exercises import added, proof
from scaffolder.exercises.declared import FOLDER, Exercise, declared
from scaffolder.exercises.starter import starter
from scaffolder.exercises.stubs import SourceError, defines, definition_of, parsed, stubbed
from scaffolder.template.lint import Problem, opened, told
from scaffolder.template.lint_renders import limited, projects
from scaffolder.tree import Tree

_REMEDY = "docs/template-author.md of scaffolder says what an exercise consists of."


def problems(folder: Path, further: Path | None = None, python: Path | None = None) -> tuple[Problem, ...]:
    """The problems of the exercises of the template in `folder`, or of `further` ones that would be added to it.

    With a `python` that has what the projects need, their tests are run. Raises `TemplateError` if there is no
    template.
    """
    template = opened(folder)
    place = further or template.folder / FOLDER
    try:
        template = added.from_folder(template, further) if further else template
        exercises = declared(template)
    except ScaffolderError as error:
        return (Problem(place.name, None, str(error), _REMEDY),)
    if not exercises:
        return ()
    with limited(template) as runs:
        trees = [project.tree for project in projects(runs) if not project.problem]
    wanted = [exercise for exercise in exercises.values() if not further or exercise.id in template.exercises]
    found = [*(problem for exercise in wanted for problem in _of_exercise(exercise, place.name, trees))]
    found += _unmade(place.name, [*exercises.values()], trees)
    if python and not found:
        found += proof.problems(exercises, {exercise.id: place / exercise.id for exercise in wanted}, trees, python)
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
    texts = {tree[one.file].data for tree in trees if one.file in tree}
    if trees and not texts:
        yield Problem(f"{place}/exercise.toml", None, f"No project has {one.file}.", "Correct `file`.")
    for text in [text for text in texts if _has_all(one, text)] or texts:  # it may be for some choices only
        yield from (Problem(f"{place}/exercise.toml", None, said, _REMEDY) for said in _misfits(one, text))


def _has_all(one: Exercise, data: bytes) -> bool:
    try:
        return defines(data.decode(), one.functions)
    except (SourceError, UnicodeDecodeError):
        return False


def _misfits(one: Exercise, data: bytes) -> Iterator[str]:
    """The sentences on what an exercise names and its file does not have."""
    try:
        text = data.decode()
        stubbed(text, one.id, one.functions, one.without)
    except (SourceError, UnicodeDecodeError) as error:
        yield f"{one.file} is not as `functions` says: {error}."
        return
    for name in one.without:
        if not definition_of(text, name):
            yield f"{one.file} does not define {name}, which is in `without`."

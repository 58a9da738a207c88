"""Proves that the tests of exercises refuse what is not written or wrong, and accept what is right, by running them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from scaffolder.errors import shown
from scaffolder.exercises import judging
from scaffolder.exercises.declared import Exercise
from scaffolder.exercises.starter import TESTS, starter
from scaffolder.template.lint import Problem
from scaffolder.tree import File, Tree

_REMEDY = "The tests must judge behaviour: whatever is right passes, and what is wrong fails."


class _Case(NamedTuple):
    """A module with an exercise solved in one way; `name` says in which."""

    name: str
    right: bool
    module: bytes


def problems(
    exercises: Mapping[str, Exercise], places: Mapping[str, Path], trees: Sequence[Tree], python: Path
) -> Iterator[Problem]:
    """The solutions that the tests misjudge, of the exercises that lie in the folders `places`.

    Each exercise is tried in the first of the finished projects that has its file, with those before it solved.
    """
    for name, place in places.items():
        one = exercises[name]
        project = next((tree for tree in trees if one.file in tree), None)
        if project is not None:
            yield from _of_exercise(one, exercises, place, project, python)


def _of_exercise(
    one: Exercise, exercises: Mapping[str, Exercise], place: Path, project: Tree, python: Path
) -> Iterator[Problem]:
    solved = _before(exercises, one.id)
    left = [each for each in exercises.values() if each.id not in solved]
    begun = starter(project, left)
    ours = starter(project, [each for each in left if each is not one])
    for case in _cases(place, begun[one.file].data, ours[one.file].data):
        if said := _misjudged(one, case, begun, python):
            path = f"{place.parent.name}/{one.id}/{case.name if '/' in case.name else f'test_{one.id}.py'}"
            yield Problem(path, None, said, _REMEDY)


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

"""The exercises of our own templates: their tests refuse a stub and each wrong solution, and accept each right one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest
from support import combinations

from scaffolder.exercises import starter, stubs
from scaffolder.exercises.declared import Exercise, declared
from scaffolder.project import checkout, plan, solving
from scaffolder.template import catalog
from scaffolder.template.answers import chosen as answered
from scaffolder.template.answers import complete
from scaffolder.template.render import render
from scaffolder.tree import Tree

TEMPLATES = [name for name in catalog.names() if declared(catalog.bundled(name))]
EXERCISES = [(name, exercise) for name in TEMPLATES for exercise in declared(catalog.bundled(name))]
NOTHING, OURS = "nothing", "ours"
PASSED, FAILED = 0, 1


class Case(NamedTuple):
    """An exercise with one solution: `NOTHING`, `OURS`, or a file."""

    exercise: str
    solution: str
    right: bool


def folder(template: str, exercise: str) -> Path:
    return catalog.bundled(template).folder / "exercises" / exercise


def cases(template: str) -> Iterator[Case]:
    for exercise in declared(catalog.bundled(template)):
        yield Case(exercise, NOTHING, False)
        yield Case(exercise, OURS, True)
        for kind in ("right", "wrong"):
            for file in sorted((folder(template, exercise) / kind).glob("*.py")):
                yield Case(exercise, str(file), kind == "right")


@cache
def project(template: str, **answers: str) -> Tree:
    kind = catalog.bundled(template)
    return render(kind, complete(kind, answered(answers)))


def started(template: str, ids: tuple[str, ...] = (), **answers: str) -> Tree:
    every = declared(catalog.bundled(template))
    return starter.starter(project(template, **answers), starter.by_id(every, ids or tuple(every)))


@pytest.mark.parametrize("template", TEMPLATES)
def test_tests_accept_right_solutions_and_refuse_stubs_and_wrong_ones(template: str, tmp_path: Path) -> None:
    every, asked = declared(catalog.bundled(template)), list(cases(template))
    plan.write(started(template), tmp_path)
    told = [request(every, case, tmp_path, template) for case in asked]
    judge = [sys.executable, str(Path(__file__).with_name("judge.py"))]
    done = subprocess.run(judge, cwd=tmp_path, input=json.dumps(told), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    codes = dict(zip(asked, json.loads(done.stdout), strict=True))
    assert {case: code for case, code in codes.items() if code != (PASSED if case.right else FAILED)} == {}


@pytest.mark.parametrize(("template", "exercise"), EXERCISES)
def test_each_exercise_has_another_right_solution_and_three_wrong_ones(template: str, exercise: str) -> None:
    found = [case.right for case in cases(template) if case.exercise == exercise]
    assert found.count(True) >= 2, "ours, and one that is written differently"
    assert found.count(False) >= 4, "a stub, and three that people really write"


def request(every: Mapping[str, Exercise], case: Case, place: Path, template: str) -> dict[str, Any]:
    """A case as the judge takes it; the exercises that come before are solved as we have it."""
    solved = {name: place / f"{name}.solution" for name in (*before(every, case.exercise), case.exercise)}
    for name, file in solved.items():
        file.write_bytes(project(template)[every[name].file].data)
    if case.solution == NOTHING:
        del solved[case.exercise]
    elif case.solution != OURS:
        solved[case.exercise] = Path(case.solution)
    solutions = [(module(every[name]), str(file)) for name, file in solved.items()]
    return {"test": f"tests/exercises/test_{case.exercise}.py", "solutions": solutions}


def before(every: Mapping[str, Exercise], name: str) -> list[str]:
    """The exercises that come before another one, the first first."""
    return list(dict.fromkeys(one for each in every[name].after for one in (*before(every, each), each)))


def module(exercise: Exercise) -> str:
    return ".".join(PurePosixPath(exercise.file).with_suffix("").parts[1:])


@pytest.mark.parametrize(("template", "answers"), [(name, one) for name in TEMPLATES for one in combinations(name)])
def test_a_starter_lacks_what_its_owner_writes_and_nothing_else(template: str, answers: dict[str, str]) -> None:
    finished, tree = project(template, **answers), started(template, **answers)
    every = list(declared(catalog.bundled(template)).values())
    files = {one.file for one in every}
    entry = {path for path in tree if path.endswith("__init__.py") and finished.get(path, tree[path]) != tree[path]}
    assert {path for path in finished if tree[path] != finished[path]} == files | entry | {starter.AGENTS}
    assert len(entry) == 1
    assert b"do not write them" in tree[starter.AGENTS].data
    for one in every:
        left = [stub for stub in stubs.open_stubs(tree[one.file].data.decode()) if stub.exercise == one.id]
        assert [stub.function for stub in left] == [name.rpartition(".")[2] for name in in_text(one, finished)]
        assert not [name for name in one.without if name in tree[one.file].data.decode()], "nothing names what is gone"


def in_text(exercise: Exercise, finished: Tree) -> list[str]:
    """The functions of an exercise in the order of its file."""
    text = finished[exercise.file].data.decode()
    return sorted(exercise.functions, key=lambda name: text.index(f"def {name.rpartition('.')[2]}("))


@pytest.mark.parametrize("template", TEMPLATES)
def test_ruff_has_nothing_against_a_starter(template: str, tmp_path: Path) -> None:
    tree = started(template)
    files = {path: file for path, file in tree.items() if path.endswith((".py", "pyproject.toml"))}
    plan.write(files, tmp_path)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("template", TEMPLATES)
def test_all_solutions_give_the_finished_file_byte_for_byte(template: str, tmp_path: Path) -> None:
    every, finished = list(declared(catalog.bundled(template)).values()), project(template)
    plan.write(started(template), tmp_path)
    for number, one in enumerate(every):
        checkout.write(tmp_path, solving.applied(tmp_path, finished, one, every))
        assert [not each.left for each in solving.standings(tmp_path, every)] == [
            place <= number for place in range(len(every))
        ]
    written = {path: (tmp_path / path).read_bytes() for path in {one.file for one in every}}
    assert written == {path: finished[path].data for path in written}


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_page_names_each_task_function_and_test(template: str) -> None:
    tree = started(template)
    page = tree[starter.PAGE].data.decode()
    for one in declared(catalog.bundled(template)).values():
        assert f"## {one.id}\n" in page
        assert {name for name in one.functions if f"`{name}`" not in page} == set()
        assert f"tests/exercises/test_{one.id}.py" in page
        assert f"tests/exercises/test_{one.id}.py" in tree

"""The exercises of our own templates: their tests refuse a stub and each wrong solution, and accept each right one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from judging import TEMPLATES, absent, cases, misjudged, project, started
from support import combinations

from scaffolder.exercises import starter, stubs
from scaffolder.exercises.declared import Exercise, declared
from scaffolder.project import checkout, plan, solving
from scaffolder.template import catalog
from scaffolder.tree import Tree

EXERCISES = [(name, exercise) for name in TEMPLATES for exercise in declared(catalog.bundled(name))]


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_tests_accept_right_solutions_and_refuse_stubs_and_wrong_ones(template: str, tmp_path: Path) -> None:
    if missing := absent(template):
        pytest.skip(f"{', '.join(missing)}: tests/slow/test_exercises.py has the project's own environment")
    assert misjudged(template, tmp_path, sys.executable) == {}


@pytest.mark.parametrize(("template", "exercise"), EXERCISES)
def test_each_exercise_has_another_right_solution_and_three_wrong_ones(template: str, exercise: str) -> None:
    found = [case.right for case in cases(template) if case.exercise == exercise]
    assert found.count(True) >= 2, "ours, and one that is written differently"
    assert found.count(False) >= 4, "a stub, and three that people really write"


@pytest.mark.parametrize(("template", "answers"), [(name, one) for name in TEMPLATES for one in combinations(name)])
def test_a_starter_lacks_what_its_owner_writes_and_nothing_else(template: str, answers: dict[str, str]) -> None:
    finished, tree = project(template, **answers), started(template, **answers)
    declared_here = list(declared(catalog.bundled(template)).values())
    every = starter.applicable(finished, declared_here)
    missing = [one for one in declared_here if one not in every]
    assert not [one.id for one in missing if f"tests/exercises/test_{one.id}.py" in tree]
    files = {one.file for one in every}
    entry = {path for path in tree if path.endswith("__init__.py") and finished.get(path, tree[path]) != tree[path]}
    workflow = ".github/workflows/ci.yml"
    assert {path for path in finished if tree[path] != finished[path]} == files | entry | {starter.AGENTS, workflow}
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
def test_in_ci_what_is_not_written_is_no_failure_and_what_needs_all_waits(template: str, tmp_path: Path) -> None:
    plan.write({path: file for path, file in started(template).items() if path.startswith(".github/")}, tmp_path)
    found = yaml.safe_load((tmp_path / ".github/workflows/ci.yml").read_text())
    assert found["env"] == {"EXERCISES_LEFT": "skip"}
    assert "if" not in found["jobs"]["check"], "lint, types and tests"
    assert found["jobs"]["quality"]["if"] == "vars.EXERCISES == 'solved'"
    assert yaml.safe_load(project(template)[".github/workflows/ci.yml"].data)["jobs"]["quality"].get("if") is None
    command = [str(Path(sys.executable).with_name("actionlint")), ".github/workflows/ci.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


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

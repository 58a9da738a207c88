"""Starters of our own templates, each in the environment of its finished project."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from judging import absent, misjudged
from projects import Finished, Make, environment, free_ports
from selection import Chosen, named, of, picked, thorough

from scaffolder.exercises import starter
from scaffolder.exercises.declared import Exercise, declared
from scaffolder.project import plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import Tree

WITH_EXERCISES = [name for name in catalog.names() if declared(catalog.bundled(name))]
SOME = picked(WITH_EXERCISES, 1, *WITH_EXERCISES)  # a project of each takes minutes
TAKEN = [of(name)[0] for name in WITH_EXERCISES if name in SOME or thorough(name)]
VECTORS = "artifacts/vectors"  # of texts, by their content: a minute's work that no exercise has a part in
JUDGED = [of(name)[0] for name in WITH_EXERCISES if absent(name)]


class Starter:
    """A starter with all exercises beside the finished project, whose environment it uses."""

    def __init__(self, finished: Finished, folder: Path) -> None:
        kind = catalog.bundled(finished.template)
        self.name = finished.template
        self.folder, self.python = folder, finished.project.path / ".venv/bin/python"
        self.exercises: list[Exercise] = list(declared(kind).values())
        self.template = kind.folder
        self.finished: Tree = render(kind, complete(kind, chosen(finished.answers)))
        plan.write(starter.starter(self.finished, self.exercises), folder)
        (folder / ".venv").symlink_to(finished.project.path / ".venv")
        known = finished.project.path / VECTORS
        if known.exists():
            shutil.copytree(known, folder / VECTORS)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**environment(), "PYTHONPATH": str(self.folder / "src")}
        return subprocess.run(
            [str(self.python), "-m", *arguments], cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    def make(self, target: str) -> subprocess.CompletedProcess[str]:
        """Run a target as its owner does, without installing anything."""
        command = ["make", target, f"ROUTER_PORT={free_ports(3)}"]
        env = {**environment(), "PYTHONPATH": str(self.folder / "src")}
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(params=TAKEN, ids=named)
def begun(request: pytest.FixtureRequest, make_finished: Make, tmp_path: Path) -> Starter:
    given: Chosen = request.param
    return Starter(make_finished(*given), tmp_path / "starter")


@pytest.mark.long
@pytest.mark.parametrize("begun", JUDGED, indirect=True, ids=named)
def test_tests_accept_right_solutions_and_refuse_stubs_and_wrong_ones(begun: Starter, tmp_path: Path) -> None:
    """Those of the other templates are proven in `tests/exercises/test_bundled.py`."""
    assert misjudged(begun.name, tmp_path / "judged", str(begun.python)) == {}


@pytest.mark.long
def test_with_nothing_written_only_the_exercises_fail(begun: Starter) -> None:
    done = begun.make("test")
    assert done.returncode == 2, "make's code for a target that failed"
    summary = re.search(r"^(.*) in [\d.]+s", done.stdout, re.MULTILINE)
    assert summary
    assert re.search(r"\d+ passed, \d+ skipped.*, \d+ not written", summary[1]), summary[1]
    assert "failed" not in summary[1]
    assert "error" not in summary[1]
    first = begun.exercises[0]
    assert done.stdout.endswith(f"0 of {len(begun.exercises)} exercises solved; next: {first.id}, {first.file}\n")


def test_the_types_of_a_starter_are_right(begun: Starter) -> None:
    done = begun.run("mypy")
    assert done.returncode == 0, done.stdout


def test_a_demo_names_the_function_that_is_missing(begun: Starter) -> None:
    done = begun.make("demo")
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    named = r"^Not written yet: \w+ in src/\S+\.py, line \d+\. .* -m pytest tests/exercises/test_\w+\.py judges it\.$"
    assert re.search(named, done.stderr, re.MULTILINE), done.stderr


@pytest.mark.long
def test_with_other_right_solutions_the_whole_project_passes(begun: Starter) -> None:
    for one in begun.exercises:
        (solution,) = sorted((begun.template / "exercises" / one.id / "right").glob("*.py"))[:1]
        file = begun.folder / one.file
        file.write_bytes(file.read_bytes() + b"\n\n" + solution.read_bytes())
    done = begun.make("test")
    assert done.returncode == 0, done.stdout[-4_000:]
    assert done.stdout.endswith(f"{len(begun.exercises)} of {len(begun.exercises)} exercises solved\n")
    demo = begun.make("demo")
    assert demo.returncode == 0, demo.stderr[-4_000:]

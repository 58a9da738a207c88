"""What is the owner's in a starter: their own solution of an exercise, and never ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, commit

from scaffolder.project.mine.sources import solved_modules
from scaffolder.template.catalog import templates_folder

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CODE = "src/capstone/policy.py"
RIGHT = templates_folder() / "domain-capstone/exercises/policy/right/step_by_step.py"


@pytest.fixture
def project(scaffolder: Run, tmp_path: Path) -> Path:
    """A starter of a template that comes with the tool, with nothing written."""
    assert scaffolder("new", "domain-capstone", "mine", "--yes", "--git", "--starter", "policy").code == 0
    return tmp_path / "mine"


def own(project: Path, scaffolder: Run) -> dict[str, int]:
    """The number of the owner's lines of each file that has some."""
    commit(project)
    found = json.loads(scaffolder("mine", project, "--json").out)
    return {one["path"]: one["owner"] for one in found["files"] if one["owner"]}


def test_whoever_takes_our_solution_has_written_nothing(project: Path, scaffolder: Run) -> None:
    assert scaffolder("exercise", project, "--solution", "policy", "--apply").code == 0
    assert own(project, scaffolder) == {}
    code = (project / CODE).read_text()
    (project / CODE).write_text(f"{code}\n\ndef halved(limit: float) -> float:\n    return limit / 2\n")
    assert own(project, scaffolder) == {CODE: 2}


def test_another_solution_is_its_owners(project: Path, scaffolder: Run) -> None:
    with (project / CODE).open("a") as file:
        file.write(RIGHT.read_text())
    assert own(project, scaffolder)[CODE] > 20


@pytest.mark.parametrize(
    "said",
    [
        {"exercises": {"gone": ["f"]}},
        {"exercises": {}},
        {"template": "gone"},
        {"answers": {"domain": "{{ 1 }}"}},
        {"source": {"kind": "path", "path": "/"}},
        {"own_exercises": {"policy": {"file": 1}}},
        {"data": {"kind": "table", "facts": {"inputs": 3}}},
    ],
)
def test_a_record_that_does_not_fit_the_template_tells_of_no_solution(said: dict[str, object]) -> None:
    known = {"template": "domain-capstone", "answers": {}, "exercises": {"policy": ["choose_limit"]}}
    assert list(solved_modules(json.dumps(known).encode())) == [CODE]
    assert solved_modules(json.dumps({**known, **said}).encode()) == {}


def test_a_damaged_record_tells_of_no_solution() -> None:
    assert solved_modules(b"{") == {}

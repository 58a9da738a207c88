"""The composite action and the pre-commit hook, as files; `tests/slow` runs the action's steps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffolder.cli.app import run

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_nothing_is_interpolated_into_a_shell() -> None:
    assert not [step["run"] for step in STEPS if "${{" in step.get("run", "")]


def test_other_actions_are_pinned_by_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) for name in used)


def test_uses_the_inputs_it_offers() -> None:
    assert set(re.findall(r"\$\{\{ inputs\.(\w+) }}", str(STEPS))) == set(ACTION["inputs"])


def test_the_hook_runs_a_command_that_exists(capfd: pytest.CaptureFixture[str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *arguments = hook["entry"].split()
    assert (program, hook["language"], hook["pass_filenames"]) == ("scaffolder", "python", False)
    assert run([*arguments, "--format", "json"]) == 0
    assert '"findings"' in capfd.readouterr().out

"""The composite action and the pre-commit hook, as files; `tests/slow` runs the action's steps."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffolder.cli.app import run

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


def test_uses_the_inputs_it_offers() -> None:
    assert set(re.findall(r"\$\{\{ inputs\.(\w+) }}", str(STEPS))) == set(ACTION["inputs"])


def test_reviewed_is_a_flag_and_a_bug_of_ours_does_not_hide_the_annotations(tmp_path: Path) -> None:
    (script,) = [step["run"] for step in STEPS if step.get("name") == "Check"]
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$*" >> calls\nexit ${CODE:-0}\n')
    python.chmod(0o755)

    def calls(**variables: str) -> tuple[int, list[str]]:
        (tmp_path / "calls").unlink(missing_ok=True)
        given = {"PYTHON": str(python), "RUNNER_TEMP": ".", "GITHUB_STEP_SUMMARY": "summary.md", "CHECK_PATH": "a b"}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, **given, **variables}, check=False)
        return done.returncode, (tmp_path / "calls").read_text().splitlines()

    start = "-P -m scaffolder check --format"
    summary, plain = f"{start} markdown -- a b", f"{start} github -- a b"
    assert calls(CHECK_LEVEL="", CHECK_REVIEWED="false") == (0, [summary, plain])
    gated = f"{start} github --level deployer --reviewed -- a b"
    assert calls(CHECK_LEVEL="deployer", CHECK_REVIEWED="true") == (0, [summary, gated])
    assert calls(CHECK_LEVEL="", CHECK_REVIEWED="", CODE="3") == (3, [summary, plain])
    assert calls(CHECK_LEVEL="", CHECK_REVIEWED="", CODE="2") == (2, [summary])


def test_nobody_is_sent_to_the_stranger_of_the_same_name() -> None:
    pages = [ROOT / "docs/check-in-ci.md", ROOT / "docs/review.md"]
    for page in pages:
        assert not re.search(r"(pip|pipx|uv)\b[^\n]* install [^\n]*(?<![-/\w])scaffolder", page.read_text("utf-8"))


def test_the_hook_runs_a_command_that_exists(capfd: pytest.CaptureFixture[str]) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *arguments = hook["entry"].split()
    assert (program, hook["language"], hook["pass_filenames"]) == ("scaffolder", "python", False)
    assert run([*arguments, "--format", "json"]) == 0
    assert '"findings"' in capfd.readouterr().out

"""The adapter under the real repo-review."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from reviewable import GRACE
from support import ROOT, commit_all

from scaffolder import repo_review
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.check.review_session import ReviewSession
from scaffolder.results.finding import State
from scaffolder.results.report import Report

if os.environ.get("CI") != "true":
    pytest.importorskip("repo_review")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "README.md").write_text("# Stranger\n\n## Problem\n\nTODO(problem): <b>who</b>?\n")
    return folder


def review(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-m", "repo_review", str(folder), "--format", "json", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    output = subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout
    checks: dict[str, dict[str, object]] = json.loads(output)["checks"]
    return checks


def _with(state: State, reason: str = "") -> Report:
    finding = replace(
        repo_review.scaffolder_report(Path()).findings[0], item="problem", state=state, reason=reason, remedy="Do it."
    )
    return Report("r", "", "", (finding,))


def test_shows_each_item_in_the_family_of_its_level(folder: Path) -> None:
    checks = review(folder)
    assert {f"scaffolder-{item.id}" for item in ITEMS} <= set(checks)
    for item in ITEMS:
        found = checks[f"scaffolder-{item.id}"]
        assert found["family"] == f"scaffolder-{item.level}"
        assert str(found["description"]).startswith(item.title())


def test_a_failure_says_what_to_do_and_where(folder: Path) -> None:
    found = review(folder, "--select", "scaffolder-problem")["scaffolder-problem"]
    assert found["result"] is False
    assert "README.md:5" in str(found["err_msg"])
    assert "<b>" not in str(found["err_msg"])


def test_what_is_written_passes_and_says_whether_it_is_reviewed(folder: Path) -> None:
    (folder / "README.md").write_text("# S\n\n## Problem\n\nForty customers leave each week, and each costs 420 €.\n")
    commit_all(folder)
    found = review(folder, "--select", "scaffolder-problem")["scaffolder-problem"]
    assert found["result"] is True
    assert str(found["description"]).endswith(" (written, not reviewed)")
    session = ReviewSession(folder)
    session.keep(session.review("problem", GRACE, 3, ""))
    found = review(folder, "--select", "scaffolder-problem")["scaffolder-problem"]
    assert str(found["description"]).endswith(" (written and reviewed)")


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (State.DONE, True),
        (State.WRITTEN, True),
        (State.NOT_APPLICABLE, None),
        (State.UNVERIFIED, None),
        (State.PLACEHOLDER, "Do it."),
        (State.MISSING, "Do it."),
    ],
)
def test_each_state_has_its_result(state: State, result: object) -> None:
    found = repo_review.Check(BY_ID["problem"]).check(_with(state))
    assert found is result if result is None or result is True else str(found).startswith(str(result))


def test_a_bug_of_ours_is_loud() -> None:
    with pytest.raises(RuntimeError, match="problem: it broke"):
        repo_review.Check(BY_ID["problem"]).check(_with(State.ERROR, "it broke"))


def test_reads_a_tree_that_is_no_folder(folder: Path) -> None:
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.write(folder / "README.md", "README.md")
        file.writestr("docs/node_modules/x/README.md", "never read")
    inside = repo_review.scaffolder_report(zipfile.Path(archive))
    assert inside.findings == repo_review.scaffolder_report(folder).findings

"""The adapter under the real repo-review."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scaffolder import repo_review
from scaffolder.check.items import ITEMS

if os.environ.get("CI") != "true":
    pytest.importorskip("repo_review")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "README.md").write_text("# Stranger\n\n## Deployment\n\nTODO(deployment): <b>where</b>?\n")
    return folder


def review(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-m", "repo_review", str(folder), "--format", "json", *options]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    checks: dict[str, dict[str, object]] = json.loads(output)["checks"]
    return checks


def test_shows_each_item_in_the_family_of_its_level(folder: Path) -> None:
    checks = review(folder)
    assert {f"scaffolder-{item.id}" for item in ITEMS} <= set(checks)
    for item in ITEMS:
        found = checks[f"scaffolder-{item.id}"]
        assert found["family"] == f"scaffolder-{item.level}"
        assert found["description"] == item.title()


def test_a_failure_says_what_to_do_and_where(folder: Path) -> None:
    found = review(folder, "--select", "scaffolder-deployment")["scaffolder-deployment"]
    assert found["result"] is False
    assert "README.md:5" in str(found["err_msg"])
    assert "<b>" not in str(found["err_msg"])


def test_reads_a_tree_that_is_no_folder(folder: Path) -> None:
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.write(folder / "README.md", "README.md")
        file.writestr("docs/node_modules/x/README.md", "never read")
    inside = repo_review.scaffolder_report(zipfile.Path(archive))
    assert inside.findings == repo_review.scaffolder_report(folder).findings

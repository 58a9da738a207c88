"""What runs elsewhere is linted here, without a network: workflows, Dockerfiles and compose files of every template."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rotation import Answers, Chosen, named, of_all

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

WORKFLOWS = ".github/workflows/*.yml"
LINTERS = {
    "zizmor": ("zizmor", "--offline", "--quiet", "--persona", "auditor", WORKFLOWS),
    "actionlint": ("actionlint", WORKFLOWS),
    "workflow schema": ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOWS),
    "compose schema": ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"),
    "hadolint": ("hadolint", "**/Dockerfile"),
}
CI, CD = ".github/workflows/ci.yml", ".github/workflows/cd.yml"
FAULTS = [  # a linter, a file, a fault in it, and what the linter says of it
    ("zizmor", CI, "persist-credentials: false", "persist-credentials: true", "artipacked"),
    ("zizmor", CD, "persist-credentials: false", "persist-credentials: true", "artipacked"),
    ("zizmor", CD, 'echo "$TOKEN"', "echo ${{ github.head_ref }}", "template-injection"),
    ("actionlint", CI, "github.ref ", "github.reff ", '"reff" is not defined'),
    ("actionlint", CD, "needs: image", "needs: picture", '"picture"'),
    ("workflow schema", CI, "runs-on:", "run-on:", "run-on"),
    ("workflow schema", CD, "timeout-minutes: 10", "timeout-minutes: ten", "ten"),
    ("compose schema", "compose.yaml", "read_only: true", "readonly: true", "readonly"),
    ("hadolint", "Dockerfile", "FROM python:3.13-slim AS build", "FROM python AS build", "DL3006"),
    ("hadolint", "mlflow/Dockerfile", "FROM python:3.13-slim AS build", "FROM python AS build", "DL3006"),
]


def generated(folder: Path, name: str, given: Answers) -> Path:
    template = catalog.bundled(name)
    folder.mkdir()
    write(render(template, complete(template, chosen(given))), folder)
    return folder


def lint(linter: str, folder: Path) -> tuple[int, str]:
    """Exit code and output of the linter on all files that it is for."""
    program, *words = LINTERS[linter]
    files = sorted(folder.glob(words.pop()))
    assert files, f"{folder} has no file for {linter}"
    command = [Path(sys.executable).with_name(program), *words, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("taken", of_all(), ids=named)
def test_linters_find_nothing(tmp_path: Path, taken: Chosen) -> None:
    project = generated(tmp_path / "project", *taken)
    said = {linter: lint(linter, project) for linter in LINTERS}
    assert {linter: output for linter, (code, output) in said.items() if code} == {}


@pytest.mark.parametrize(("linter", "file", "right", "wrong", "says"), FAULTS)
def test_linters_find_a_planted_fault(
    tmp_path: Path, linter: str, file: str, right: str, wrong: str, says: str
) -> None:
    project = generated(tmp_path / "project", "mlops-deploy", {})
    text = (project / file).read_text("utf-8")
    assert right in text
    (project / file).write_text(text.replace(right, wrong), "utf-8")
    code, output = lint(linter, project)
    assert code, output
    assert says in output

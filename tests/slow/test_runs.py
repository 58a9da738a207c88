"""Each use case with each model: generated, installed, run, tested, linted."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from projects import Finished, Project, generate, must_run, pythons, run

DEMO_SECONDS = 60
MEASURED = re.compile(r"<!-- measured:(?P<name>[a-z-]+) -->\n(?P<content>.*?)\n<!-- /measured:(?P=name) -->", re.DOTALL)
NEEDS_LOAD = {"latency"}  # filled by `make load`
TIMED = {"started_at", "seconds"}


def measured(document: str) -> dict[str, str]:
    return {block["name"]: block["content"] for block in MEASURED.finditer(document)}


def test_demo_takes_less_than_a_minute(finished: Finished) -> None:
    assert finished.seconds <= DEMO_SECONDS


def test_demo_fills_the_readme_from_the_metrics(finished: Finished) -> None:
    blocks = measured(finished.project.read("README.md"))
    empty = {name for name, content in blocks.items() if "Not measured yet" in content}
    printed = f"{finished.project.headline['value']:.3f}"
    assert len(blocks) == 9
    assert empty == NEEDS_LOAD
    assert printed in blocks["results"]
    assert printed in blocks["headline"]


def test_demo_fills_the_model_card(finished: Finished) -> None:
    card = finished.project.read("MODEL_CARD.md")
    assert "Not measured yet" not in card
    assert "model-index: []" not in card


def test_what_the_readme_links_to_exists(finished: Finished) -> None:
    for document in ["README.md", "MODEL_CARD.md", "docs/risk-register.md", "docs/monitoring.md"]:
        text = finished.project.read(document)
        links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", text)
        folder = (finished.project.path / document).parent
        assert [link for link in links if not (folder / link).exists()] == [], document


def test_a_synthetic_set_says_so(finished: Finished) -> None:
    for document in ["README.md", "MODEL_CARD.md"]:
        assert ("SYNTHETIC" in finished.project.read(document)) == (finished.use_case == "fraud")


def test_every_gate_passes_and_the_baseline_is_beaten(finished: Finished) -> None:
    metrics = finished.project.metrics
    assert all(gate["passed"] for gate in metrics["gates"])
    trivial = metrics["baseline"][0]["model"]
    headline = next(
        gain
        for gain in metrics["difference"]
        if gain["versus"] == trivial and gain["metric"] == metrics["metrics"][0]["name"]
    )
    low, high = headline["ci95"]
    assert low > 0 or high < 0


def test_its_own_tests_and_linters_pass(finished: Finished) -> None:
    assert " passed" in finished.project.make("test")
    finished.project.make("lint")


def test_two_runs_measure_the_same(churn: Project) -> None:
    before = churn.metrics
    churn.make("train", "evaluate")
    assert timeless(churn.metrics) == timeless(before)


def timeless(metrics: dict[str, Any]) -> dict[str, Any]:
    return {**metrics, "run": {key: value for key, value in metrics["run"].items() if key not in TIMED}}


def test_a_failed_gate_fails_evaluate(churn: Project, tmp_path: Path) -> None:
    copy = Project(tmp_path / "copy", churn.python)
    shutil.copytree(churn.path, copy.path, symlinks=True)
    settings = copy.path / "settings.toml"
    settings.write_text(re.sub(r"^min = 0\.\d+", "min = 0.999", copy.read("settings.toml"), flags=re.MULTILINE))
    output = run(churn.path / ".venv/bin/python", "-m", "predictor", "evaluate", cwd=copy.path, code=1)
    assert "Gate failed" in output


def test_latency_stays_near_that_of_an_empty_endpoint(churn: Project) -> None:
    churn.make("load")
    assert "Not measured yet" not in churn.read("README.md")
    assert json.loads(churn.read("reports/load.json"))


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_pip_installs_what_uv_does(workshop: Path, version: str) -> None:
    """Without uv on the PATH; and the tests pass in a fresh repository, before any demo."""
    python = pythons().get(version) or must_run(f"Python {version} is not installed")
    project = generate(workshop, f"pip-{version.replace('.', '')}", str(python), use_case="risk")
    assert "-m venv" in project.make("setup", uv=False)
    assert "-m venv" not in project.make("setup", uv=False), "set-up is not repeated"
    assert " passed" in project.make("test", uv=False)

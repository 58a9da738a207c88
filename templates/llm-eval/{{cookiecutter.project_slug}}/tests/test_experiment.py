"""An experiment is measured on the dev cases, one system beside another, and says what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bench import benchmark
from bench.__main__ import main
from bench.reporting.metrics import read_json

ROOT = Path(__file__).parents[1]
RESULTS = Path("reports/experiments.json")
SAME = """
classifier.same = { kind = "neighbours", k = 3 }

[experiments.again]
task = "classify"
question = "Is the same better?"
factor = "classifier"
baseline = "neighbours"
candidate = "same"
grid = { classifier = ["neighbours", "same"] }
"""


@pytest.fixture(autouse=True)
def folder(fresh: Path) -> Path:
    for name in ("docs", "experiments"):
        Path(name).mkdir(exist_ok=True)
    shutil.copy(ROOT / "docs/experiments.md", "docs/experiments.md")
    return fresh


def put(text: str) -> None:
    Path("experiments/tried.toml").write_text(text, encoding="utf-8")


def test_the_same_system_under_another_name_gains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    put(SAME)
    assert main(["experiment", "tried"]) == 0
    found: dict[str, Any] = read_json(RESULTS)["tried"]
    assert (found["gain"], found["ci95"]) == (0, [0, 0])
    assert found["measured_on"].endswith(" dev cases")
    assert "docs/decisions/0001-tried.md" in capsys.readouterr().out
    assert "no clear difference" in Path("docs/experiments.md").read_text(encoding="utf-8")
    assert not benchmark.ACCESS_LOG.exists(), "the test cases were read"


WRONG = {
    "[experiments": "experiments/tried.toml is not valid TOML",
    "": "experiments/tried.toml must have one table [experiments.…]",
    SAME.replace("candidate", "candidat"): "experiments/tried.toml: experiments.again.candida",
    SAME.replace('"same"]', '"other"]'): "experiments/tried.toml: experiments.again: classifier: 'other' is not known",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_measured_is_said_in_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(text)
    assert main(["experiment", "tried"]) == 2
    said = capsys.readouterr().err
    assert WRONG[text] in said
    assert said.count("\n") == 1
    assert not RESULTS.exists()
    assert not Path("docs/decisions").exists()


def test_an_unknown_name_lists_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    put(SAME)
    assert main(["experiment", "tired"]) == 2
    assert capsys.readouterr().err.endswith("there is tried.toml\n")

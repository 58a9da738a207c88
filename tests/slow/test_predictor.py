"""Proofs of classical-ml alone: its simple rule and other baselines, its note on synthetic data, its latency."""

from __future__ import annotations

import re
from pathlib import Path

from projects import ROOT, Finished, Project, run

TRAINING_MEGABYTES = 461


def test_a_synthetic_set_says_so(predictor: Finished) -> None:
    for document in ["README.md", "MODEL_CARD.md"]:
        assert ("SYNTHETIC" in predictor.project.read(document)) == (predictor.answers["use_case"] == "fraud")


def test_every_baseline_is_beaten(predictor: Finished) -> None:
    """A baseline is beaten if the whole 95% interval of the paired gain is above zero."""
    metrics, headline = predictor.project.metrics, predictor.project.headline["name"]
    lows = {one["versus"]: one["ci95"][0] for one in metrics["difference"] if one["metric"] == headline}
    baselines = {one["model"] for one in metrics["baseline"]}
    assert baselines
    assert [name for name in baselines if lows[name] <= 0] == []


def test_the_first_lines_say_whether_a_simple_rule_does_as_well(predictor: Finished) -> None:
    """They follow from the interval of the difference in expected cost."""
    metrics, readme = predictor.project.metrics, predictor.project.read("README.md")
    gain = metrics["difference"][0]
    assert (gain["versus"], gain["metric"]) == ("simple rule", "expected_cost")
    said = re.search(r"<!-- measured:headline -->\n(.+?)<!-- /measured:headline -->", readme, re.DOTALL)
    assert said is not None
    assert ("**The best simple rule may do as well" in said[1]) == (gain["ci95"][0] <= 0)
    assert metrics["rule"].replace("<", "&lt;") in said[1].replace("\\", "")


def test_every_number_is_recomputed_by_code_that_is_not_the_projects(predictor: Finished) -> None:
    folder = predictor.project.path
    assert " numbers are equal" in run(folder / ".venv/bin/python", ROOT / "tests/slow/recompute.py", cwd=folder)


def test_what_training_and_serving_need_is_bounded(credit: Project, tmp_path: Path) -> None:
    """The application and its training, without the development tools."""
    wanted = ("-r", "pyproject.toml", "--all-extras", "--constraint", "requirements-dev.lock")
    size = credit.megabytes(tmp_path / "venv", *wanted)
    print(f"training and serving environment: {size:.0f} MB")
    assert size <= TRAINING_MEGABYTES

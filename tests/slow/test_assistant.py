"""Proofs of rag-assistant alone: a first cited answer, better than BM25, fast, with each store and a real model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from projects import Finished, Project, environment, generate, pythons, run

pytestmark = pytest.mark.template("rag-assistant")
# Twelve weights make no difference but by chance: each ranks nearly as its neighbours do. In 400 such benchmarks of 40 and
# of 111 questions: how often the interval of the chosen weight's gain holds 0, how often it claims a gain, and how often
# the same interval would, computed on the questions that chose.
ALIKE = """
import numpy as np
from assistant import bootstrap
from assistant.evaluation.tuning import held_out

random = np.random.default_rng(11)
for count in (40, 111):
    held, claimed, naive = [], [], []
    for seed in range(400):
        scores = random.choice([-0.4, 0.0, 0.4], (12, count), p=[0.05, 0.9, 0.05]).cumsum(axis=0)
        gains = held_out(scores, seed)[1]
        [(low, high)] = bootstrap.intervals(lambda rows: [gains[rows].mean()], len(gains), seed)
        held.append(low <= 0 <= high)
        claimed.append(low > 0)
        best = scores[scores.mean(axis=1).argmax()] - scores[0]
        [(low, _)] = bootstrap.intervals(lambda rows: [best[rows].mean()], count, seed)
        naive.append(low > 0)
    print(np.mean(held), np.mean(claimed), np.mean(naive))
"""


def test_a_new_project_answers_with_a_citation(workshop: Path) -> None:
    project = generate(workshop / "first", "rag-assistant", next(iter(pythons().values())))
    project.make("setup")
    assert re.search(r"\[1\] .+ \(\w+/\w+\)", project.make("ask"))


def test_the_default_ranks_better_than_bm25_alone(library: Project) -> None:
    (versus,) = library.metrics["difference"]
    assert versus["value"] > 0
    assert versus["p"] < 0.05


def test_a_version_that_was_measured_before_the_first_run_is_counted(library: Project) -> None:
    assert library.metrics["looks"][0] == "before 17 questions were added to dev"
    assert f"measured on the test data: {len(library.metrics['looks'])}." in library.read("docs/experiments.md")


def test_a_weight_that_makes_no_difference_gains_as_rarely_as_the_interval_says(library: Project) -> None:
    printed = run(library.path / ".venv/bin/python", "-c", ALIKE, cwd=library.path)
    for held, claimed, naive in (tuple(map(float, line.split())) for line in printed.splitlines()):
        assert held >= 0.93
        assert claimed <= 0.04
        assert naive > 1.5 * claimed


def test_the_answer_lies_in_the_store_that_was_chosen(assistant: Finished) -> None:
    path, postgres = assistant.project.path, assistant.answers["vector_store"] == "postgres"
    assert (path / ".postgres/data").exists() == postgres
    assert (path / "artifacts/index.db").exists() != postgres
    assert "[1]" in assistant.project.make("ask", "Q=When is a finally clause executed?")
    assert assistant.answers["embedding"] in assistant.project.metrics["embedder"].lower()


def test_no_pattern_takes_more_time_than_in_proportion_to_the_text(library: Project) -> None:
    source = Path(__file__).with_name("assistant_patterns.py")
    paths = {**environment(), "PYTHONPATH": str(library.path / "tests")}
    said = run(
        library.path / ".venv/bin/python",
        "-m",
        "pytest",
        "--noconftest",
        "--rootdir",
        library.path,
        source,
        env=paths,
        cwd=library.path,
    )
    assert re.search(r"^\d+ passed", said, re.MULTILINE)


def test_a_real_model_answers_over_http(library: Project) -> None:
    assert re.search(r"^\d+ passed", library.make("test-model"), re.MULTILINE)

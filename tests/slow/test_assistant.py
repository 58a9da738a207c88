"""Proofs of rag-assistant alone: a first cited answer, better than BM25, fast, with each store and a real model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from projects import Finished, Project, generate, pythons

pytestmark = pytest.mark.template("rag-assistant")


def test_a_new_project_answers_with_a_citation(workshop: Path) -> None:
    project = generate(workshop / "first", "rag-assistant", next(iter(pythons().values())))
    project.make("setup")
    assert re.search(r"\[1\] .+ \(\w+/\w+\)", project.make("ask"))


def test_the_default_ranks_better_than_bm25_alone(library: Project) -> None:
    (versus,) = library.metrics["difference"]
    assert versus["value"] > 0
    assert versus["p"] < 0.05


def test_the_answer_lies_in_the_store_that_was_chosen(assistant: Finished) -> None:
    path, postgres = assistant.project.path, assistant.answers["vector_store"] == "postgres"
    assert (path / ".postgres/data").exists() == postgres
    assert (path / "artifacts/index.db").exists() != postgres
    assert "[1]" in assistant.project.make("ask", "Q=When is a finally clause executed?")
    assert assistant.answers["embedding"] in assistant.project.metrics["embedder"].lower()


def test_two_runs_measure_the_same(library: Project) -> None:
    before = library.metrics
    library.make("evaluate")
    assert timeless(library.metrics) == timeless(before)


def timeless(metrics: dict[str, Any]) -> dict[str, Any]:
    return {**metrics, "run": metrics["run"]["data_sha256"]}


def test_the_latency_is_measured(library: Project) -> None:
    assert "Not measured yet" not in library.read("README.md")
    found = json.loads(library.read("reports/latency.json"))
    assert 0 < found["p50"] <= found["p95"]
    assert f"{found['p95']:.2f}" in library.read("docs/monitoring.md")


def test_a_real_model_answers_over_http(library: Project) -> None:
    assert re.search(r"^\d+ passed", library.make("test-model"), re.MULTILINE)

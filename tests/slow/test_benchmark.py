"""Proofs of llm-eval alone: its systems, its verdicts, its gate, an own benchmark, models of this machine."""

from __future__ import annotations

import ast
import csv
import json
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from projects import Project, generate, pythons
from selection import everything, picked

from scaffolder.check.engine.finding import State
from scaffolder.check.report import check

pytestmark = pytest.mark.template("llm-eval")
SYSTEMS = 12  # at least; all of the demo
TIMED = {"p50_ms", "p95_ms"}
ASKED = 40  # notes that a language model is asked about
MODULES = "argparse ipaddress statistics subprocess tarfile turtle".split()
LEFT_OUT = re.compile(r"^\[experiments\.(?:retrievers|chunkers|rerankers)\]\n(?:.+\n)*", re.MULTILINE)


def new(workshop: Path, name: str, **answers: str) -> Project:
    """A new project with an environment of its own."""
    project = generate(workshop / name, "llm-eval", list(pythons().values())[-1], **answers)
    project.make("setup")
    return project


def sizes(project: Project, *boards: str) -> dict[str, int]:
    """Each system that was run, with the number of its cases."""
    found = project.metrics["boards"]
    return {entry["system"]: entry["n"] for board in found for entry in board["entries"] if board["name"] in boards}


def cases_to_test(project: Project, file: str) -> int:
    return sum(json.loads(line)["split"] == "test" for line in project.read(file).splitlines())


def test_a_dozen_systems_answer_every_test_case(bench: Project) -> None:
    searching = sizes(bench, "retrievers", "chunkers", "rerankers")
    classifying = sizes(bench, "classifiers")
    assert len(searching) + len(classifying) >= SYSTEMS
    assert set(searching.values()) == {cases_to_test(bench, "data/benchmark.jsonl")}
    assert set(classifying.values()) == {cases_to_test(bench, "data/notes.jsonl")}


def test_some_differences_are_significant_and_others_are_not(bench: Project) -> None:
    verdicts = [one["verdict"] for board in bench.metrics["boards"] for one in board["comparisons"]]
    assert "better" in verdicts
    assert "undecided" in verdicts


def test_a_second_run_measures_the_same_and_passes_the_gate(bench: Project) -> None:
    before = bench.metrics
    bench.make("baseline", "evaluate")
    assert timeless(bench.metrics) == timeless(before)
    assert "; significantly worse: 0; not measured: 0." in bench.make("gate")
    (bench.path / "reports/runs/baseline.jsonl").unlink()


def timeless(metrics: dict[str, Any]) -> dict[str, Any]:
    boards = [
        {**board, "entries": [{key: entry[key] for key in entry.keys() - TIMED} for entry in board["entries"]]}
        for board in metrics["boards"]
    ]
    return {**metrics, "boards": boards, "run": metrics["run"]["data_sha256"], "accesses": 0}


def docstrings(file: Path) -> None:
    """What some modules of the standard library say of themselves, to be sorted by module."""
    texts: dict[str, tuple[str, str]] = {}
    for module in MODULES:
        source = Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and (said := ast.get_docstring(node)):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                texts.setdefault(" ".join(said.split("\n\n")[0].split()).casefold(), (kind, module))
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([("text", "sort", "label"), *((text, *rest) for text, rest in texts.items())])


def own_cases_in_two_commands(workshop: Path, tmp_path: Path) -> None:
    fresh, cases = new(workshop, "own"), tmp_path / "sayings.csv"
    docstrings(cases)
    fresh.make("adopt", f"BENCHMARK={cases}", "YES=1")
    fresh.make("evaluate", "test")
    measured = sizes(fresh, "classifiers")
    assert measured.keys() >= {"majority", "logistic"}
    assert set(measured.values()) == {cases_to_test(fresh, "data/benchmark.jsonl")}
    found = {finding.item: finding for finding in check(fresh.path).findings}
    assert found["leftovers"].state is State.DONE, found["leftovers"].evidence
    assert found["evaluation-metrics"].state is State.DONE, found["evaluation-metrics"].evidence


def a_language_model_of_this_machine_is_asked_once(workshop: Path, _: Path) -> None:
    project = new(workshop, "asked", compare="prompts")
    project.make("setup-model")
    (project.path / "systems.toml").write_text(LEFT_OUT.sub("", project.read("systems.toml")))
    for calls in (1_000, 0):  # the second time, all answers come from the cache
        settings = re.sub(r"(?<=^most_calls = )\d+", str(calls), project.read("settings.toml"), flags=re.MULTILINE)
        (project.path / "settings.toml").write_text(settings)
        project.make("evaluate")
        assert set(sizes(project, "prompts").values()) == {ASKED}
        assert len(sizes(project, "prompts")) == 2


def three_more_models_are_measured(workshop: Path, _: Path) -> None:
    project = new(workshop, "more")
    project.make("models")
    project.make("demo")
    added = {"bge/headings", "bge-hybrid/headings", "hybrid/headings/colbert", "hybrid/headings/cross-encoder"}
    assert sizes(project, "retrievers", "rerankers").keys() >= added
    assert "bge-logistic" in sizes(project, "classifiers")


PROOFS = picked([own_cases_in_two_commands, a_language_model_of_this_machine_is_asked_once], 1, "llm-eval")
PROOFS += [three_more_models_are_measured] if everything() else []  # it takes long


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__.replace("_", "-"))
def test_a_project_of_its_own(proof: Callable[[Path, Path], None], workshop: Path, tmp_path: Path) -> None:
    proof(workshop, tmp_path)

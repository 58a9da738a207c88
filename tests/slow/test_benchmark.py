"""Proofs of llm-eval alone: its systems, its verdicts, its gate, cases of one's own, models of this machine."""

from __future__ import annotations

import ast
import csv
import json
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from projects import Project, generate, pythons, run, scaffolder
from selection import everything, picked

from scaffolder.check.examine import check
from scaffolder.results.finding import State

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


@pytest.mark.long
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


class Said(NamedTuple):
    """The first paragraph of a docstring, on one line, and where it stands."""

    text: str
    sort: str
    name: str
    module: str


def docstrings() -> list[Said]:
    """The functions and classes of some modules of the standard library describe themselves; each text comes once."""
    found: dict[str, Said] = {}
    for module in MODULES:
        source = Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and (said := ast.get_docstring(node)):
                text = " ".join(said.split("\n\n")[0].split())
                sort = "class" if isinstance(node, ast.ClassDef) else "function"
                found.setdefault(text.casefold(), Said(text, sort, node.name, module))
    return list(found.values())


def write_labelled(file: Path) -> Path:
    """Texts, to be sorted by module."""
    rows = ((said.text.casefold(), said.sort, said.module) for said in docstrings())
    return write_csv(file, ("text", "sort", "label"), rows)


def write_questions(file: Path, folder: Path) -> Path:
    """Questions about documents, one for each module; of the texts, those that are nobody else's part are quoted."""
    every = docstrings()
    whole = "\n".join(said.text for said in every)
    folder.mkdir()
    for module in MODULES:
        parts = (f"## {said.name}\n\n{said.text}\n" for said in every if said.module == module)
        (folder / f"{module}.md").write_text(f"# {module}\n\n" + "\n".join(parts), encoding="utf-8")
    rows = (
        (f"What does {said.name} of {said.module} do?", f"{said.module}.md", said.text, said.sort)
        for said in every
        if whole.count(said.text) == 1
    )
    return write_csv(file, ("question", "document", "quote", "sort"), rows)


def write_csv(file: Path, *rows: Any) -> Path:
    head, body = rows
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([head, *body])
    return file


def own_cases_from_the_first_commit_and_others_later(workshop: Path, tmp_path: Path) -> None:
    cases = write_labelled(tmp_path / "sayings.csv")
    scaffolder("new", "llm-eval", "sayings", "--data", cases, "-o", workshop / "own", "--yes", "--git")
    project = Project(workshop / "own/sayings", list(pythons().values())[-1])
    project.make("demo", "lint", "test")
    measured_on_own_cases(project, "classifiers", {"majority", "neighbours", "logistic"})
    run("git", "add", "--all", cwd=project.path)
    run("git", "-c", "user.name=N", "-c", "user.email=n@x", "commit", "-qm", "Measured", cwd=project.path)
    asked = write_questions(tmp_path / "asked.csv", tmp_path / "docs")
    scaffolder("adopt", project.path, "--data", asked, "--documents", tmp_path / "docs", "--yes")
    assert not (project.path / "reports/metrics.json").exists()
    project.make("evaluate", "test")
    measured_on_own_cases(project, "retrievers", {"bm25/headings", "hybrid/headings"})


def measured_on_own_cases(project: Project, board: str, systems: set[str]) -> None:
    measured = sizes(project, board)
    assert measured.keys() >= systems
    assert set(measured.values()) == {cases_to_test(project, "data/benchmark.jsonl")}
    assert project.metrics["lead"] == board
    found = {finding.item: finding for finding in check(project.path).findings}
    assert found["evaluation-metrics"].state is State.DONE, found["evaluation-metrics"].evidence
    assert found["provenance"].state is State.DONE, found["provenance"].evidence


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


PROOFS = picked(
    [own_cases_from_the_first_commit_and_others_later, a_language_model_of_this_machine_is_asked_once], 1, "llm-eval"
)
PROOFS += [three_more_models_are_measured] if everything() else []  # it takes long


@pytest.mark.long
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__.replace("_", "-"))
def test_a_project_of_its_own(proof: Callable[[Path, Path], None], workshop: Path, tmp_path: Path) -> None:
    proof(workshop, tmp_path)

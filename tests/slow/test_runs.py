"""Each template with each combination of its choices: generated, installed, run, tested, linted."""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
from itertools import cycle
from pathlib import Path

import pytest
from printed import shows
from projects import OPERATED, Finished, Project, environment, generate, must_run, pythons, run
from selection import picked, templates
from support import prose

from scaffolder.check.examine import check
from scaffolder.practice.session import prepare
from scaffolder.results.finding import State
from scaffolder.template import catalog

MEASURED = re.compile(r"<!-- measured:(?P<name>[a-z-]+) -->\n(?P<content>.*?)\n<!-- /measured:(?P=name) -->", re.DOTALL)
GATE = re.compile(r'(\[\[gates\]\]\n(?:experiment = "\w+"\n)?metric = "\w+"\nmin = |\[gates\]\n\w+ = )[\d.]+')
MEASURED_ITEMS = ("evaluation-metrics", "recomputed-metrics", "baseline", "figures", "model-index", "slices")
# An earlier version, alerts and a drift check are their owner's; but for OPERATED.
LEFT_TO_THE_OWNER = {"rollback", "alerts", "drift-check"}
VERSIONS = picked(("3.11", "3.13"), 1, *catalog.names())  # of Python
OWN_WORK = {"own-data-or-experiment", "own-tests"}  # nothing is changed here


def measured(document: str) -> dict[str, str]:
    return {block["name"]: block["content"] for block in MEASURED.finditer(document)}


def test_demo_fills_the_readme_from_the_metrics(finished: Finished) -> None:
    blocks = measured(finished.project.read("README.md"))
    empty = {name for name, content in blocks.items() if "Not measured yet" in content}
    boards = finished.project.metrics.get("boards", [])
    compared = [one["difference"] for board in boards for one in board["comparisons"]]  # a headline may be about these
    values = [finished.project.headline["value"], *compared]
    assert list(blocks) == finished.project.measured_blocks["README.md"]
    assert not empty
    for block in {"headline", *({"results"} & blocks.keys())}:  # mlops-deploy has "drill": test_drill.py
        assert any(shows(blocks[block], value) for value in values if value is not None), blocks[block]


def test_the_checklist_finds_what_was_measured_right(finished: Finished) -> None:
    found = {finding.item: finding for finding in check(finished.project.path).findings}
    assert {item: found[item].evidence for item in MEASURED_ITEMS if found[item].state is not State.DONE} == {}
    assert {item for item, each in found.items() if each.state in (State.ERROR, State.UNVERIFIED)} == set()


def test_with_all_questions_answered_only_what_its_owner_adds_is_open(filled: Project, finished: Finished) -> None:
    open_items = {found.item: found.evidence for found in check(filled.path).findings if not found.state.counts}
    left = set() if finished.template in OPERATED else LEFT_TO_THE_OWNER
    assert open_items.keys() <= left | OWN_WORK | {"provenance"}, open_items  # nobody has committed it


def test_demo_fills_the_model_card(finished: Finished) -> None:
    card = finished.project.read("MODEL_CARD.md")
    assert "Not measured yet" not in card
    assert "model-index: []" not in card


def test_what_the_readme_links_to_exists(finished: Finished) -> None:
    for document in {*finished.project.measured_blocks, "docs/risk-register.md", "docs/monitoring.md"}:
        text = finished.project.read(document)
        links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", text)
        assert links or document != "README.md"
        folder = (finished.project.path / document).parent
        assert [link for link in links if not (folder / link.partition("#")[0]).exists()] == [], document


@pytest.mark.parametrize("default", templates(), indirect=True)
def test_its_owner_can_read_all_of_it(default: Project) -> None:
    files = {path.relative_to(default.path): path for path in default.path.rglob("*.md")}
    own = {path.as_posix(): files[path].read_text("utf-8") for path in files if path.parts[0][0] != "."}
    found = prose(own)
    print(f"{sum(found.values())} words: {found}")
    assert found.keys() >= {"README.md", "AGENTS.md", "MODEL_CARD.md", "data/DATASET.md", "docs/tour.md"}
    assert sum(found.values()) <= 5_000


def test_an_interviewer_can_ask_about_its_numbers(finished: Finished) -> None:
    practice = prepare(finished.project.path)
    assert practice.waiting == 0
    assert [place for question in practice.questions for place in question.gone] == []
    assert any(evidence.path == "reports/metrics.json" for each in practice.questions for evidence in each.found)


def test_its_own_tests_pass(finished: Finished) -> None:
    # Those of mlops-deploy that are slow take five minutes: test_operated.py runs them.
    assert " passed" in finished.project.make("test" if finished.template in OPERATED else "test-all")


@pytest.mark.parametrize("default", templates(), indirect=True)
def test_its_own_linters_pass(default: Project) -> None:
    """That `make lint` runs them; of every project, the fast suite asks Ruff, and `test_types` mypy."""
    default.make("lint")


AGAIN = {"classical-ml": ("train", "evaluate"), "rag-assistant": ("evaluate",)}


@pytest.mark.long
@pytest.mark.parametrize("default", AGAIN, indirect=True)
def test_two_runs_measure_the_same(default: Project) -> None:
    before, template = default.metrics, tomllib.loads(default.read("scaffolder.toml"))["template"]
    default.make(*AGAIN[template])
    assert {**default.metrics, "run": before["run"]} == before


@pytest.mark.parametrize("default", AGAIN, indirect=True)
def test_the_latency_is_measured(default: Project) -> None:
    found = json.loads(default.read("reports/latency.json"))
    assert 0 < found["p50"] <= found["p95"]
    assert f"{found['p95']:.2f}" in default.read("docs/monitoring.md")


def test_every_gate_passes(finished: Finished) -> None:
    assert [gate for gate in finished.project.metrics["gates"] if not gate["passed"]] == []


@pytest.mark.parametrize("default", templates(), indirect=True)
def test_a_failed_gate_fails_evaluate(default: Project, tmp_path: Path) -> None:
    copy = Project(tmp_path / "copy", default.python)
    shutil.copytree(default.path, copy.path, symlinks=True, ignore=shutil.ignore_patterns(".venv"))
    (copy.path / ".venv").symlink_to(default.path / ".venv")
    settings = copy.path / "settings.toml"
    settings.write_text(GATE.sub(r"\g<1>0.999", copy.read("settings.toml")))
    (copy.path / "README.md").write_text(re.sub(r"\bpassed\b|\bkept\b", "not yet", default.read("README.md")))
    assert "Gate failed: " in copy.make("evaluate", code=2)
    gates = measured(copy.read("README.md"))["gates"]
    assert "**" in gates
    assert "not yet" not in gates
    assert copy.read("MODEL_CARD.md").count("Not measured yet") == 0
    assert "Nothing to rewrite" in copy.make("report")


@pytest.mark.long
@pytest.mark.parametrize(
    ("template", "version"),
    [
        pytest.param(name, version, marks=pytest.mark.template(name))
        for name, version in zip(templates(), cycle(VERSIONS), strict=False)
    ],
)
def test_pip_installs_what_uv_does(workshop: Path, version: str, template: str) -> None:
    """Without uv on the PATH. The tests also pass in a new repository, before any demo."""
    python = pythons().get(version) or must_run(f"Python {version} is not installed")
    project = generate(workshop / f"pip-{template}", template, str(python))
    assert "into .venv, with pip" in project.make("setup", uv=False)
    assert project.make("setup", uv=False) == "", "set-up is not repeated"
    assert " passed" in project.make("test", uv=False)


@pytest.mark.long
@pytest.mark.parametrize("template", [pytest.param(name, marks=pytest.mark.template(name)) for name in templates()])
def test_python_alone_does_what_make_does(workshop: Path, template: str, tmp_path: Path) -> None:
    for folder in reversed(environment()["PATH"].split(os.pathsep)):
        for program in Path(folder).glob("*"):
            if program.name not in ("make", "gmake"):
                (tmp_path / program.name).unlink(missing_ok=True)
                (tmp_path / program.name).symlink_to(program)
    project = generate(workshop / f"without-make-{template}", template, next(iter(pythons().values())))
    said = run(
        *(project.python, "tasks.py", "demo", "test"),
        cwd=project.path,
        env={**environment(), "PATH": str(tmp_path)},
    )
    assert " passed" in said
    assert "Not measured yet" not in project.read("README.md")

"""What must be true of this repository, whatever benchmark it has."""

import re
from pathlib import Path

from bench.benchmark import Question, check_frozen, load
from bench.evaluation.evidence import locate
from bench.matrix import load_matrix
from bench.scoring import METRICS
from bench.settings import load_settings
from bench.tasks.classify import TEXT, Classify
from bench.tasks.search import Search

ROOT = Path(__file__).parents[1]
SETTINGS, MATRIX = load_settings(ROOT / "settings.toml"), load_matrix(ROOT / "systems.toml")


def test_the_benchmark_is_the_frozen_one() -> None:
    assert check_frozen(SETTINGS, ROOT) == SETTINGS.data.sha256


def test_the_settings_and_the_experiments_are_about_each_other() -> None:
    assert {*SETTINGS.lead, *(gate.experiment for gate in SETTINGS.gates)} <= MATRIX.experiments.keys()
    assert all(task.headline in METRICS[kind] for kind, task in SETTINGS.tasks.items())
    assert all(gate.metric in METRICS[MATRIX.experiments[gate.experiment].task] for gate in SETTINGS.gates)


def test_the_tour_names_what_there_is() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/bench").rglob("*.py"))
    named = re.findall(r"`(?:[\w.]+\.)(\w+)`", (ROOT / "docs/tour.md").read_text(encoding="utf-8"))
    missing = [name for name in named if not re.search(rf"(?:def|class) {name}\b", code)]
    assert len(named) > 9
    assert missing == []


def test_the_evidence_of_every_question_stands_in_the_documents() -> None:
    if "search" in SETTINGS.tasks:
        found = Search(MATRIX, SETTINGS.tasks["search"], ROOT).documents
        cases = [case for case in load("search", SETTINGS.tasks["search"], ROOT) if isinstance(case, Question)]
        assert all(locate(case.id, one, found) for case in cases for one in case.evidence)


def test_nothing_that_choices_rest_on_holds_a_test_case() -> None:
    prompts = [(ROOT / one["file"]).read_text(encoding="utf-8") for one in MATRIX.prompt.values()]
    for kind, task in SETTINGS.tasks.items():
        cases = load(kind, task, ROOT)
        test = {one.text for one in cases if one.split == "test"}
        seen = {one.text for one in cases if one.split != "test"}
        assert sorted(test & seen) == []
        assert [text for text in test for prompt in prompts if len(text) > 20 and text in prompt] == []
        if kind == "classify":
            fitted = {one.id for one in Classify(MATRIX, cases, SETTINGS.models).train}
            assert fitted == {one.id for one in cases if one.split == "train"}


def test_every_prompt_has_a_place_for_the_text() -> None:
    assert all(TEXT in (ROOT / one["file"]).read_text(encoding="utf-8") for one in MATRIX.prompt.values())

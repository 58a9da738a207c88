"""An experiment is measured on the dev questions, beside the served settings, and says what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant import __main__, wiring
from assistant.evaluation import cases, experiment
from assistant.reporting.metrics import read_json
from assistant.settings import Settings
from toy import open_toy
from toy_benchmark import LINES, repository

ROOT = Path(__file__).parents[1]
RESULTS = Path("reports/experiments.json")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9")  # a language model that cannot be asked
    monkeypatch.setenv("ASSISTANT_LLM_MODEL", "none")
    found = repository(tmp_path)
    monkeypatch.setattr(__main__, "load_settings", lambda: found)
    monkeypatch.chdir(tmp_path)
    for folder in ("docs", "experiments"):
        Path(folder).mkdir()
    shutil.copy(ROOT / "docs/experiments.md", "docs/experiments.md")
    return found


def measured(text: str) -> dict[str, Any]:
    Path("experiments/tried.toml").write_text(text, encoding="utf-8")
    assert __main__.main(["experiment", "tried"]) == 0
    found: dict[str, Any] = read_json(RESULTS)["tried"]
    return found


@pytest.mark.usefixtures("settings")
def test_a_search_that_keeps_its_order_gains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    found = measured("[retrieval]\ncandidates = 200\n")
    dev = sum(one["split"] == "dev" for one in LINES)
    assert (found["gain"], found["measured_on"]) == (0, f"{dev} dev questions")
    assert next(iter(found["measures"])) == "nDCG@10"
    assert "docs/decisions/0001-tried.md" in capsys.readouterr().out
    assert "| [tried](<../experiments/tried.toml>) | nDCG@10 |" in Path("docs/experiments.md").read_text("utf-8")


@pytest.mark.usefixtures("settings")
def test_to_refuse_everything_is_judged_by_what_is_rightly_answered() -> None:
    found = measured("[answering]\nabstain_below = 1.0\n")
    assert next(iter(found["measures"])) == "rightly answered or refused"
    assert found["gain"] < 0
    assert found["measures"]["nDCG@10"][0] == found["measures"]["nDCG@10"][1]


def test_test_questions_have_no_say(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def seen(assistant: Any, questions: Any, benchmark: Any) -> Any:
        asked.extend(one.split for one in questions)
        return cases.ask(assistant, questions, benchmark)

    monkeypatch.setattr(experiment, "ask", seen)
    measured("[retrieval]\ntop_k = 3\n")
    assert {*asked} == {"dev"}


WRONG = {
    "[retrieval": "experiments/tried.toml is not valid TOML",
    "[retrieval]\nmethods = 1\n": "experiments/tried.toml: retrieval.methods: is no setting",
    "[chunking]\nsize = 400\n": "must change [retrieval] or [answering], and nothing else",
    "": "must change [retrieval] or [answering], and nothing else",
}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_measured_is_said_in_one_sentence(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("experiments/tried.toml").write_text(text, encoding="utf-8")
    assert __main__.main(["experiment", "tried"]) == 2
    said = capsys.readouterr().err
    assert WRONG[text] in said
    assert said.count("\n") == 1
    assert not RESULTS.exists()
    assert not Path("docs/decisions").exists()


@pytest.mark.usefixtures("settings")
def test_an_unknown_name_lists_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    Path("experiments/tried.toml").write_text("", encoding="utf-8")
    assert __main__.main(["experiment", "tired"]) == 2
    assert capsys.readouterr().err.endswith("; there is tried.toml\n")

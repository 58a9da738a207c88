"""What a language model costs and how it stands beside the quotation; and what a commit has of what was measured."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from assistant import wiring
from assistant.answering.base import Answer, Usage
from assistant.answering.quotation import Quotation
from assistant.errors import AssistantError
from assistant.evaluation import runner
from assistant.evaluation.scoring import EvaluationReport
from assistant.hits import Hit
from assistant.reporting.metrics import read_report
from assistant.settings import Settings
from toy import open_toy
from toy_benchmark import LINES, repository

TEST = [one for one in LINES if one["split"] == "test"]


@pytest.fixture(scope="module", autouse=True)
def no_model() -> Iterator[None]:
    """Every embedding is the fake one, and no language model is named."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "open_index", open_toy)
        patch.delenv("ASSISTANT_LLM_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> EvaluationReport:
    """The same without a language model."""
    folder = tmp_path_factory.mktemp("repository")
    evaluate(repository(folder), folder)
    return read_report(folder / "reports/metrics.json", EvaluationReport)


def evaluate(settings: Settings, folder: Path, **options: bool) -> EvaluationReport | None:
    with chdir(folder):
        return runner.evaluate(settings, **options)


class Model:
    """Answers like a language model: in its own words, from the first passage."""

    asked: list[str]

    def __init__(self, settings: Settings) -> None:
        self.quotation = Quotation(settings.answering)

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        *_, quoted = self.quotation.stream(question, hits)
        assert isinstance(quoted, Answer)
        if quoted.abstained:
            yield quoted
            return
        self.asked.append(question)
        yield replace(quoted, text="Twice. [1]", model="small", prompt="answer-v1", usage=Usage(10, 2, 0.0))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A language model; returns the questions that it is asked."""
    Model.asked = []
    monkeypatch.setattr(wiring, "make_answerer", Model)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9")
    return Model.asked


def test_generated_answers_stand_beside_the_quotation(
    measured: EvaluationReport, tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    report = evaluate(repository(tmp_path), tmp_path, yes=True)
    assert report is not None
    assert report.answerer == "small"
    assert report.metric("words_shown").value == 1
    quoted = {one.name: one.value for one in report.baseline if one.model == "quotation"}
    assert quoted == {one.name: one.value for one in measured.metrics if one.name in quoted}
    assert set(model) <= {line["question"] for line in TEST}  # dev questions are not sent
    said = capsys.readouterr().out
    assert f"asked {len(model)} questions: about " in said
    assert "for which settings.toml has no price" in said


@pytest.mark.parametrize("reply", ["", "n\n", "what?\n"])
def test_without_a_yes_nothing_is_sent(
    tmp_path: Path, model: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reply: str
) -> None:
    settings = repository(tmp_path)
    prices = {"price_per_million_prompt_tokens": 100.0, "currency": "EUR"}
    dear = settings.model_copy(update={"answering": settings.answering.model_copy(update=prices)})
    terminal = StringIO(reply)
    monkeypatch.setattr("sys.stdin", terminal)
    with pytest.raises(AssistantError, match="YES=1"):
        evaluate(dear, tmp_path)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    with pytest.raises(SystemExit) as left:
        evaluate(dear, tmp_path)
    assert left.value.code == 130
    assert " EUR at the settings' prices" in capsys.readouterr().out
    assert not model
    assert not (tmp_path / "reports").exists()


def test_a_yes_at_the_terminal_is_enough(tmp_path: Path, model: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = StringIO("y\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    assert evaluate(repository(tmp_path), tmp_path) is not None
    assert model


@pytest.fixture
def committed(tmp_path: Path) -> Settings:
    """A repository in which everything that is measured is committed."""
    settings = repository(tmp_path)
    for name in ("settings.toml", "README.md", "pyproject.toml", "src/code.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / ".gitignore").write_text("*.pyc\n*.db\nreports/\nprivate.md\n")
    git(tmp_path, "init")
    git(tmp_path, "config", "status.showUntrackedFiles", "no")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    return settings


def git(folder: Path, *command: str) -> None:
    author = {f"GIT_{who}_{what}": "x@y.z" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, env=os.environ | author)


def changed(settings: Settings, folder: Path) -> bool:
    with chdir(folder):
        return runner.changed(settings)


def test_what_is_not_measured_may_change(committed: Settings, tmp_path: Path) -> None:
    for name in ("README.md", "src/code.pyc"):
        (tmp_path / name).write_text("2")
    assert not changed(committed, tmp_path)


@pytest.mark.parametrize(
    "name", ["settings.toml", "src/new.py", "benchmark.jsonl", "SHA256SUMS", "corpus/new.md", "corpus/private.md"]
)
def test_a_commit_without_what_was_measured_is_noticed(committed: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("2")
    assert changed(committed, tmp_path)


def test_documents_outside_the_repository_are_in_no_commit(
    committed: Settings, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    corpus = committed.corpus.model_copy(update={"folder": str(tmp_path_factory.mktemp("documents"))})
    assert changed(committed.model_copy(update={"corpus": corpus}), tmp_path)


def test_without_a_commit_there_is_none_to_be_wrong_about(tmp_path: Path) -> None:
    assert not changed(repository(tmp_path), tmp_path)

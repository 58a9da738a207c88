"""Questions whose evidence does not stand in the documents are named, not asked, and counted in the documents."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from assistant import __main__, report, wiring
from assistant.evaluation import runner
from assistant.evaluation.benchmark import SUMS
from assistant.evaluation.scoring import EvaluationReport
from assistant.reporting.metrics import read_json, read_report
from assistant.settings import Settings
from toy import open_toy
from toy_benchmark import LINES, line, repository

LOST = line("lost", "test", "Who owns the shelves?", "guides/rooms", "The shelves are of oak.", "oak")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a repository with one such question, in which this process works."""
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.delenv("ASSISTANT_LLM_URL", raising=False)
    found = repository(tmp_path, [*LINES, LOST])
    monkeypatch.setattr(__main__, "load_settings", lambda: found)
    monkeypatch.chdir(tmp_path)
    return found


def test_they_are_named_and_not_asked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.evaluate(settings) is not None
    told = capsys.readouterr().err
    assert told.startswith("Not asked: question lost: the quotation 'The shelves are of oak.' stands in no places of")
    assert told.count("\n") == 1
    assert "\nlost," not in Path("reports/predictions.csv").read_text()
    measured = read_report(kind=EvaluationReport)
    assert measured.run.rows == len(LINES)
    shown = report.render(measured, read_json(Path("reports/data.json")), settings)["data"]
    assert "\n1 more question cannot be asked, since the documents do not have the quoted words, or" in shown


def test_the_others_say_nothing_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = repository(tmp_path / "other")
    with chdir(tmp_path / "other"):
        runner.evaluate(settings)
        shown = report.render(read_report(kind=EvaluationReport), read_json(Path("reports/data.json")), settings)
    assert "cannot be asked" not in shown["data"]
    assert capsys.readouterr().err == ""


def test_the_hashes_are_written_all_the_same(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(SUMS).read_text()
    Path("corpus/guides/new.md").write_text("The shelves are of oak.")
    assert __main__.main(["benchmark"]) == 1
    assert "Wrote SHA256SUMS.\nquestion lost: the quotation" in capsys.readouterr().out
    assert len(Path(SUMS).read_text().splitlines()) == len(before.splitlines()) + 1
    path = Path("benchmark.jsonl")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert __main__.main(["benchmark"]) == 0
    assert capsys.readouterr().out == "Wrote SHA256SUMS.\n"

"""Evaluation as a whole, on the toy corpus: complete, repeatable, and honest where there is little to measure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import chdir
from io import StringIO
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from assistant import wiring
from assistant.errors import StaleIndex
from assistant.evaluation import runner
from assistant.evaluation.benchmark import BenchmarkError
from assistant.evaluation.scoring import BM25, EvaluationReport
from assistant.report import printed
from assistant.reporting.metrics import read_report, write_text
from assistant.settings import Settings, SettingsError
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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything was measured."""
    return tmp_path_factory.mktemp("repository")


@pytest.fixture(scope="module")
def measured(folder: Path) -> EvaluationReport:
    """What was measured there."""
    evaluate(repository(folder), folder)
    return read_report(folder / "reports/metrics.json", EvaluationReport)


def evaluate(settings: Settings, folder: Path, **options: bool) -> EvaluationReport | None:
    with chdir(folder):
        return runner.evaluate(settings, **options)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO((folder / "reports" / name).read_text(encoding="utf-8"), newline="")))


def test_the_report_is_complete(measured: EvaluationReport, folder: Path) -> None:
    assert [metric.name for metric in measured.metrics] == [
        *("ndcg_at_10", "recall_at_5", "recall_at_10", "mrr_at_10"),
        *("abstention_precision", "abstention_recall", "answer_rate", "answer_containment", "answer_precision"),
        *("citation_precision", "words_shown"),
    ]
    assert {one.model for one in measured.baseline} == {BM25}
    assert (measured.answerer, measured.model, measured.run.rows) == ("quotation", "hybrid + sentences", len(LINES))
    assert sum(measured.errors.values()) == len(TEST)
    assert measured.errors["right"] == len(TEST) - len(rows(folder, "errors.csv"))
    assert len(measured.ablation) == len(rows(folder, "ablation.csv")) == 6
    data = json.loads((folder / "reports/data.json").read_text())
    assert data["asked"] == {"dev": 12, "test": len(TEST)}  # counts that the documents print stand in a report
    assert (data["documents"], data["kinds"], data["unmeasured"]) == (3, {"guide": 2, "reference": 1}, "")


def test_predictions_give_the_metrics_again(measured: EvaluationReport, folder: Path) -> None:
    predictions = rows(folder, "predictions.csv")
    assert [row["id"] for row in predictions] == [line["id"] for line in TEST]
    assert len(measured.metrics) > 5
    for metric in measured.metrics:
        values = [float(row[metric.name]) for row in predictions if row[metric.name]]
        assert mean(values) == pytest.approx(metric.value, rel=1e-5), metric.name


def test_the_ablation_measures_what_is_served_as_it_is_served(measured: EvaluationReport) -> None:
    by_model = {row["model"]: row for row in measured.ablation}
    (bm25,) = [one.value for one in measured.baseline if one.name == "ndcg_at_10"]
    assert by_model[measured.model]["test"] == measured.metric("ndcg_at_10").value
    assert by_model["bm25"]["test"] == bm25
    assert {model for model, row in by_model.items() if row["p"] is None} == {measured.model, "bm25"}
    assert measured.difference[0]["value"] == pytest.approx(measured.metric("ndcg_at_10").value - bm25, abs=1e-5)


def test_slices_hold_the_questions_of_their_name(measured: EvaluationReport, folder: Path) -> None:
    assert {one.name: one.n for one in measured.slices} == {"type = fact": 10, "kind = guide": 7}
    fact = next(one for one in measured.slices if (one.name, one.metric) == ("type = fact", "ndcg_at_10"))
    assert fact.value == measured.metric("ndcg_at_10").value


def test_two_runs_write_the_same_apart_from_the_clock(measured: EvaluationReport, folder: Path, tmp_path: Path) -> None:
    evaluate(repository(tmp_path), tmp_path)
    files = sorted((folder / "reports").rglob("*.*"))
    assert len(files) > 5
    for path in files:
        other = tmp_path / path.relative_to(folder)
        if path.name not in ("metrics.json", "latency.json"):
            assert other.read_bytes() == path.read_bytes(), path.name
    again = read_report(tmp_path / "reports/metrics.json", EvaluationReport)
    assert again.model_dump(exclude={"run"}) == measured.model_dump(exclude={"run"})


def test_gates_hold_from_their_bound_on(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [one for one in LINES if one["evidence"] or one["split"] == "dev"]
    settings = repository(tmp_path, lines)
    gates = {"recall_at_10": 0.0, "ndcg_at_10": 1.1, "abstention_recall": 0.5}
    report = evaluate(settings.model_copy(update={"gates": gates}), tmp_path)
    assert report is not None
    assert [(gate.metric, gate.passed) for gate in report.gates] == [("recall_at_10", True), ("ndcg_at_10", False)]
    assert report.unchecked == ["abstention_recall"]  # no test question is unanswerable
    said = printed("summary.jinja", report=report)
    assert "No question measures abstention_recall" in said
    assert "lower the bound in\nsettings.toml only for a reason" in said


def test_a_gate_on_nothing_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    settings = repository(tmp_path).model_copy(update={"gates": {"beauty": 1.0}})
    with pytest.raises(SettingsError, match=r"\[gates\] has beauty; choose from ndcg_at_10, recall"):
        evaluate(settings, tmp_path)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "the benchmark has no questions so far; from 20 on, `make demo` measures them"),
        (LINES[:1], "the benchmark has 1 question so far"),
        (LINES[:12], "the benchmark has 12 questions so far"),
        (
            [one | {"split": "dev"} for one in LINES],
            "24 questions, but none in the test split that the documents answer",
        ),
    ],
)
def test_too_few_questions_are_said_and_old_reports_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: Sequence[dict[str, Any]], said: str
) -> None:
    settings = repository(tmp_path, lines)
    (tmp_path / "reports/figures").mkdir(parents=True)
    for name in ("metrics.json", "errors.csv", "figures/choices.svg", "latency.json"):
        (tmp_path / "reports" / name).write_text("old")
    assert evaluate(settings, tmp_path) is None
    assert said in capsys.readouterr().out
    left = {path.name for path in (tmp_path / "reports").rglob("*.*")}
    assert left == {"data.json"}


def test_an_index_of_other_settings_and_changed_files_are_not_measured(tmp_path: Path) -> None:
    settings = repository(tmp_path)
    other = settings.model_copy(update={"chunking": settings.chunking.model_copy(update={"size": 333})})
    with pytest.raises(StaleIndex, match="make ingest"):
        evaluate(other, tmp_path)
    (tmp_path / "corpus/guides/rooms.md").write_text("No rooms.")
    with pytest.raises(BenchmarkError, match="make benchmark"):
        evaluate(settings, tmp_path)
    assert not (tmp_path / "reports/metrics.json").exists()


@pytest.mark.parametrize("content", [None, "", "one line less"])
def test_questions_that_have_gone_are_missed(tmp_path: Path, content: str | None) -> None:
    settings = repository(tmp_path)
    report = tmp_path / "reports/metrics.json"
    write_text(report, "{}")
    path = Path(settings.evaluation.benchmark)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1] if content else []))
    if content is None:
        path.unlink()
    with pytest.raises(BenchmarkError, match="does not exist" if content is None else "is not as it is listed"):
        evaluate(settings, tmp_path)
    assert report.exists()

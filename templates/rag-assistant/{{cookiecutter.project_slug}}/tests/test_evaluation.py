"""Evaluation as a whole, on the toy corpus: complete, repeatable, honest about failures, blind to test questions."""

from __future__ import annotations

import csv
import json
from contextlib import chdir
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from assistant import narrative, report, wiring
from assistant.documents.ingest import ingest
from assistant.errors import StaleIndex
from assistant.evaluation import evaluate as evaluation
from assistant.evaluation import tuning
from assistant.evaluation.ablation import configurations, named
from assistant.evaluation.benchmark import BenchmarkError
from assistant.evaluation.record import BM25, Configuration, Measured, read_tuning
from assistant.reporting.blocks import BlockError
from assistant.reporting.metrics import ReportError, read_report
from assistant.settings import Answering, Corpus, Evaluation, Gate, Settings, SettingsError, StoreSettings
from assistant.stores.sqlite import SqliteStore
from toy import HashEmbedder, write_corpus
from toy_benchmark import LINES, write_benchmark

README_BLOCKS = (
    *("headline", "data", "results", "ablation", "abstention"),
    *("gates", "errors", "slices", "latency", "provenance"),
)
CARD_BLOCKS = ("model-index", "results", "slices", "data", "provenance")


def toy_settings(folder: Path, lines: list[dict[str, Any]] = LINES) -> Settings:
    """Settings of a repository in `folder` with the toy corpus and its benchmark, and an index of it."""
    write_corpus(folder / "corpus")
    settings = Settings(
        corpus=Corpus(title="House rules", folder="corpus"),
        store=StoreSettings(path="index.db"),
        answering=Answering(abstain_below=0.2),
        evaluation=Evaluation(sha256="0" * 64),
    )
    settings = write_benchmark(folder, settings, lines)
    with chdir(folder):
        store = SqliteStore(settings.store.path, HashEmbedder.dimensions)
        ingest(Path("corpus"), store, HashEmbedder(), settings)
        store.close()
    return settings


@pytest.fixture(scope="module", autouse=True)
def no_model() -> Any:
    """Every embedding is the fake one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "_plain_embedder", lambda _settings: HashEmbedder())
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("repository")


@pytest.fixture(scope="module")
def evaluated(folder: Path) -> Settings:
    settings = toy_settings(folder)
    with chdir(folder):
        evaluation.evaluate(settings)
    return settings


@pytest.fixture
def measured(evaluated: Settings, folder: Path) -> Measured:
    return read_report(folder / "reports/metrics.json", Measured)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "reports" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_report_is_complete(measured: Measured) -> None:
    assert [metric.name for metric in measured.metrics] == [
        *("ndcg_at_10", "recall_at_5", "recall_at_10", "mrr_at_10"),
        *("abstention_precision", "abstention_recall", "answer_rate", "answer_containment", "citation_precision"),
        *("latency_p50_ms", "latency_p95_ms"),
    ]
    assert {one.model for one in measured.baseline} == {BM25}
    assert len(measured.ablation) >= 27
    assert [one.versus for one in measured.difference] == [BM25]
    assert sum(measured.errors.values()) == 5
    assert [gate.metric for gate in measured.gates][-1].startswith("p-value of the nDCG@10 gain")
    assert measured.run.rows == len(LINES)
    assert measured.corpus.kinds == {"guide": 2, "reference": 1}


def test_predictions_give_the_metrics_again(measured: Measured, folder: Path) -> None:
    predictions = rows(folder, "predictions.csv")
    assert [row["id"] for row in predictions] == [line["id"] for line in LINES if line["split"] == "test"]
    for metric in measured.metrics:
        if not metric.name.startswith("latency"):
            values = [float(row[metric.name]) for row in predictions if row[metric.name]]
            assert mean(values) == pytest.approx(metric.value, rel=1e-5), metric.name


def test_the_served_configuration_is_measured_alike_in_memory(measured: Measured) -> None:
    (served,) = [one for one in measured.ablation if one.model == measured.model]
    metric = measured.metric("ndcg_at_10")
    assert (served.scores["ndcg_at_10"].test, served.scores["ndcg_at_10"].ci95) == (metric.value, metric.ci95)
    (bm25,) = [one for one in measured.baseline if one.name == "ndcg_at_10"]
    (alone,) = [one for one in measured.ablation if one.model == "headings · bm25 · none"]
    assert alone.scores["ndcg_at_10"].test == bm25.value


def test_two_runs_give_the_same_files(evaluated: Settings, folder: Path, tmp_path: Path) -> None:
    settings = toy_settings(tmp_path)
    with chdir(tmp_path):
        evaluation.evaluate(settings)
    for name in ("metrics.json", "tuning.json"):
        assert timeless(tmp_path / "reports" / name) == timeless(folder / "reports" / name)
    figures = sorted(path.name for path in (folder / "reports/figures").iterdir())
    for name in ["predictions.csv", "errors.csv", "ablation.csv", *(f"figures/{one}" for one in figures)]:
        if name != "figures/latency.svg":
            assert (tmp_path / "reports" / name).read_bytes() == (folder / "reports" / name).read_bytes(), name


def timeless(path: Path) -> dict[str, Any]:
    """A report as it must be in every run: all of it, but for the clock."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content["run"] |= {"started_at": None, "seconds": None}
    content["metrics"] = [one for one in content.get("metrics", []) if not one["name"].startswith("latency")]
    return content


def test_the_threshold_is_chosen_without_the_test_questions(evaluated: Settings, folder: Path, tmp_path: Path) -> None:
    swapped = [
        line if line["split"] == "dev" else {**line, "question": line["question"][::-1] + " a loan?"} for line in LINES
    ]
    settings = toy_settings(tmp_path, swapped)
    with chdir(tmp_path):
        tuned = tuning.tune(settings)
    assert tuned.threshold == read_tuning(folder / "reports/tuning.json").threshold
    assert tuned.run.command == "python -m assistant tune"
    assert (tmp_path / "reports/figures/tuning.svg").exists()


def test_slices_hold_the_questions_of_their_name(
    evaluated: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(evaluation, "LEAST", 2)
    settings = toy_settings(tmp_path)
    with chdir(tmp_path):
        measured = evaluation.evaluate(settings)
    ranked = {one.name: (one.n, one.value) for one in measured.slices if one.metric == "ndcg_at_10"}
    predictions = {row["id"]: row["ndcg_at_10"] for row in rows(folder, "predictions.csv")}
    guides = mean(float(predictions[name]) for name in ("t1", "t2", "t4"))
    assert ranked["kind = guide"][0] == 3
    assert ranked["kind = guide"][1] == pytest.approx(guides, rel=1e-5)
    assert ranked["type = behaviour"][0] == 4
    assert not [one for one in measured.slices if one.n < 2]


def test_tuning_tells_what_to_change(evaluated: Settings, folder: Path) -> None:
    tuned = read_tuning(folder / "reports/tuning.json")
    told = {
        value: tuning.summary(
            tuned,
            evaluated.model_copy(
                update={"answering": evaluated.answering.model_copy(update={"abstain_below": value})},
            ),
        )
        for value in (tuned.threshold, 0.999)
    }
    assert "nothing to change" in told[tuned.threshold]
    assert f"abstain_below = {tuned.threshold:g}." in told[0.999]


def test_every_mixture_is_tried_on_the_dev_questions(evaluated: Settings, folder: Path, measured: Measured) -> None:
    tuned = read_tuning(folder / "reports/tuning.json")
    assert [one.dense_weight for one in tuned.mixtures] == list(tuning.WEIGHTS)
    (dense,) = [one for one in measured.ablation if one.model == "headings · dense · none"]
    (served,) = [one for one in measured.ablation if one.model == measured.model]
    used = evaluated.retrieval.dense_weight
    assert tuned.mixtures[-1].score == dense.scores["ndcg_at_10"].dev
    assert {one.dense_weight: one.score for one in tuned.mixtures}[used] == served.scores["ndcg_at_10"].dev
    better = tuned.model_copy(update={"mixtures": [tuned.mixtures[0].model_copy(update={"score": 2.0})]})
    assert narrative.mixture(better, evaluated) == ""
    better = tuned.model_copy(update={"mixtures": [*tuned.mixtures, *better.mixtures]})
    assert f"{better.mixtures[-1].dense_weight:g} is better (`make tune`)" in narrative.mixture(better, evaluated)


def test_the_ablation_says_when_another_database_serves(evaluated: Settings) -> None:
    elsewhere = evaluated.model_copy(update={"store": StoreSettings(backend="postgres")})
    assert narrative.where(evaluated) == ""
    assert "SQLite" in narrative.where(elsewhere)


def test_a_gate_on_nothing_is_refused(evaluated: Settings, measured: Measured) -> None:
    strict = evaluated.model_copy(update={"gates": [Gate(metric="beauty", min=1)]})
    with pytest.raises(SettingsError, match="'beauty' is not measured"):
        evaluation.check_gates(measured.metrics, measured.difference, strict)


def test_a_gate_holds_on_its_side_of_the_bound(evaluated: Settings, measured: Measured) -> None:
    gates = [Gate(metric="ndcg_at_10", min=1.1), Gate(metric="ndcg_at_10", max=1.1)]
    found = evaluation.check_gates(measured.metrics, [], evaluated.model_copy(update={"gates": gates}))
    assert [gate.passed for gate in found] == [False, True]


@pytest.mark.parametrize(("value", "p", "passed"), [(0.1, 0.01, True), (0.1, 0.05, False), (-0.1, 0.01, False)])
def test_the_gain_over_bm25_has_to_be_a_gain_and_beyond_chance(
    evaluated: Settings, measured: Measured, value: float, p: float, passed: bool
) -> None:
    versus = measured.difference[0].model_copy(update={"value": value, "p": p})
    assert all(gate.passed for gate in evaluation.check_gates([], [versus], evaluated)) is passed


def test_an_index_of_other_settings_is_not_measured(evaluated: Settings, folder: Path) -> None:
    other = evaluated.model_copy(update={"chunking": evaluated.chunking.model_copy(update={"size": 333})})
    with chdir(folder), pytest.raises(StaleIndex, match="make ingest"):
        evaluation.evaluate(other)


def test_nothing_is_reported_on_a_benchmark_that_changed(evaluated: Settings, folder: Path) -> None:
    before = (folder / "reports/metrics.json").read_bytes()
    other = evaluated.model_copy(
        update={"evaluation": evaluated.evaluation.model_copy(update={"sha256": "1" * 64})},
    )
    with chdir(folder), pytest.raises(BenchmarkError, match="the questions have changed"):
        evaluation.evaluate(other)
    assert (folder / "reports/metrics.json").read_bytes() == before


def test_a_served_configuration_outside_the_grid_is_measured_too(evaluated: Settings) -> None:
    unusual = evaluated.model_copy(
        update={"retrieval": evaluated.retrieval.model_copy(update={"rerank": "endpoint"})},
    )
    assert Configuration.of(unusual) in configurations(unusual)
    assert len(set(configurations(unusual))) == len(configurations(unusual))
    other = Configuration.of(evaluated).model_copy(update={"embedding": "wordllama"})
    assert named(other, evaluated) == "headings · hybrid · none · wordllama"
    assert other.applied(evaluated).embedding.backend == "wordllama"


def documents(folder: Path) -> None:
    mark = "<!-- measured:{0} -->\n_Not measured yet_\n<!-- /measured:{0} -->\n"
    (folder / "README.md").write_text("Mine.\n\n" + "\nMine too.\n\n".join(map(mark.format, README_BLOCKS)))
    card = "---\n# measured:model-index\nmodel-index: []\n# /measured:model-index\n---\n"
    (folder / "MODEL_CARD.md").write_text(card + "\n".join(map(mark.format, CARD_BLOCKS[1:])))


def test_documents_take_the_numbers_and_stay_as_they_are(evaluated: Settings, folder: Path) -> None:
    documents(folder)
    with chdir(folder):
        assert [path.name for path in report.write(evaluated)] == ["README.md", "MODEL_CARD.md"]
        assert report.write(evaluated) == []
    readme, card = (folder / "README.md").read_text(), (folder / "MODEL_CARD.md").read_text()
    assert readme.startswith("Mine.\n\n")
    assert readme.count("Mine too.") == len(README_BLOCKS) - 1
    assert "Not measured yet_" not in readme
    assert readme.count(".svg)") == 6
    assert all((folder / path).exists() for path in shown_figures(readme))
    assert "- type: ndcg_at_10" in card


def shown_figures(text: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split("](")[1:] if part.partition(")")[0].endswith(".svg")]


def test_a_threshold_that_is_not_the_tuned_one_is_told(evaluated: Settings, folder: Path, measured: Measured) -> None:
    tuned = read_tuning(folder / "reports/tuning.json")
    worse = measured.abstention.model_copy(
        update={"answered": 0.9, "refused": 0.5, "tuned_answered": 0.9, "tuned_refused": 0.8}
    )
    assert "does not have the tuned value" in report.abstention(
        measured.model_copy(update={"abstention": worse}), tuned
    )
    good = worse.model_copy(update={"refused": 0.8})
    assert "does not have" not in report.abstention(measured.model_copy(update={"abstention": good}), tuned)


def test_the_headline_claims_no_gain_that_was_not_measured(measured: Measured) -> None:
    def headline(value: float, p: float) -> str:
        versus = measured.difference[0].model_copy(update={"value": value, "p": p})
        return report.headline(measured.model_copy(update={"difference": [versus]}))

    assert "higher than keyword search: " in headline(0.2, 0.001)
    assert "not clearly higher than keyword search" in headline(0.2, 0.2)
    assert "**lower than keyword search**" in headline(-0.2, 0.001)


def test_a_question_cannot_break_the_table_of_errors(evaluated: Settings, folder: Path, measured: Measured) -> None:
    path = folder / "reports/errors.csv"
    before = path.read_text(encoding="utf-8")
    header = before.splitlines()[0]
    path.write_text(f'{header}\nq1,not retrieved,error,"a|b `c` *d* <e>\n__f__",x § y,,z,0.1,no\n', encoding="utf-8")
    try:
        with chdir(folder):
            text = report.errors(measured)
    finally:
        path.write_text(before, encoding="utf-8")
    assert "| q1 | not retrieved | a\\|b `c` \\*d\\* \\<e> \\_\\_f\\_\\_ | x § y | z |" in text


def test_what_is_missing_is_named(evaluated: Settings, tmp_path: Path) -> None:
    with chdir(tmp_path), pytest.raises(ReportError, match="make evaluate"):
        report.write(evaluated)
    with pytest.raises(ReportError, match="make tune"):
        read_tuning(tmp_path / "tuning.json")
    (tmp_path / "tuning.json").write_text("{}")
    with pytest.raises(ReportError, match="make tune"):
        read_tuning(tmp_path / "tuning.json")


def test_a_document_with_wrong_marks_is_left_alone(evaluated: Settings, folder: Path) -> None:
    documents(folder)
    (folder / "MODEL_CARD.md").write_text("no marks")
    before = (folder / "README.md").read_text()
    with chdir(folder), pytest.raises(BlockError, match=r"MODEL_CARD\.md has no block"):
        report.write(evaluated)
    assert (folder / "README.md").read_text() == before

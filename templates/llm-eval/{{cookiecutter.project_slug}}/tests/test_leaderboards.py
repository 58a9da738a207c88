import re
from pathlib import Path

import pytest

from bench import error_analysis, errors, leaderboards, matrix, runner, runs, scoring, settings
from bench.benchmark import AnyCase, Labelled, Question, freeze
from bench.bootstrap import wilson
from bench.reporting.metrics import Metric
from toy import SETTINGS, edit, run

CLASSIFIER = matrix.System(task="classify", parts={"classifier": "x"})
SEARCH = matrix.System(task="search", parts={"retriever": "x"})
EVIDENCE = [{"document": "d", "section": "", "quote": "q"}]


def row(case: str, output: str, confidence: float | None = None, **scores: float) -> runs.Row:
    return runs.Row(system="x", case=case, output=output, scores=scores, confidence=confidence, ms=1)


def scored(system: matrix.System, cases: list[AnyCase], rows: list[runs.Row]) -> list[Metric]:
    header = runs.Header(
        split="test", data_sha256="", experiments={}, systems={"x": system}, options={}, code="", asked=""
    )
    return scoring.metrics(runs.Run(header, rows), system, cases, seed=1)


def measured(system: matrix.System, cases: list[AnyCase], rows: list[runs.Row]) -> dict[str, float]:
    return {one.name: one.value for one in scored(system, cases, rows)}


def boards() -> list[leaderboards.Board]:
    plan = runner.make_plan(settings.load_settings(), matrix.load_matrix(), "test")
    return leaderboards.boards(runs.read(runs.LATEST), settings.load_settings(), plan.cases)


def test_the_metrics_of_labels_are_those_computed_by_hand() -> None:
    labels = {"1": "a", "2": "a", "3": "b", "4": "b"}
    cases: list[AnyCase] = [Labelled(id=one, split="test", text="t", label=label) for one, label in labels.items()]
    rows = [row("1", "a", 0.9, accuracy=1), row("2", "b", 0.8, accuracy=0), row("3", "b", 0.7, accuracy=1)]
    assert measured(CLASSIFIER, cases, [*rows, row("4", "", 0.6, accuracy=0)]) == {
        "accuracy": 0.5,
        "macro_f1": 0.583333,  # of a: 2/3, of b: 1/2
        "calibration_error": 0.45,  # (0.1 + 0.8 + 0.3 + 0.6) / 4
        "confident_half_accuracy": 0.5,
        "abstention_rate": 0.25,
    }


def test_the_metrics_of_rankings_are_means_over_the_questions_that_have_evidence() -> None:
    questions = ({"id": one, "split": "test", "question": "?", "evidence": EVIDENCE * (one > "b")} for one in "abcd")
    cases: list[AnyCase] = [Question.model_validate(one) for one in questions]
    rows = [row("a", "p", 0.5), row("b", "", 0.1), row("c", "p", 0.5, ndcg_at_10=1), row("d", "p", 0.7, ndcg_at_10=0.5)]
    assert measured(SEARCH, cases, rows) == {"ndcg_at_10": 0.75, "answerable_auc": 0.875}  # 3 pairs, and a tie
    assert measured(SEARCH, cases[2:], rows[2:]) == {"ndcg_at_10": 0.75}  # all have an answer


@pytest.mark.parametrize("hits", [0, 3, 32])
def test_a_share_has_an_interval_that_holds_at_the_edges(hits: int) -> None:
    cases: list[AnyCase] = [Labelled(id=str(n), split="test", text="t", label="a") for n in range(32)]
    rows = [row(str(n), "a" if n < hits else "", accuracy=n < hits) for n in range(32)]
    (accuracy,) = (one.ci95 for one in scored(CLASSIFIER, cases, rows) if one.name == "accuracy")
    assert accuracy == pytest.approx(wilson(hits, 32), abs=1e-6)
    assert accuracy is not None
    assert accuracy[0] < accuracy[1]


def test_the_lead_is_the_first_experiment_that_could_be_measured(published: Path) -> None:
    found, given = boards(), settings.load_settings()
    board = leaderboards.lead(found, given)
    assert [one.name for one in found] == ["retrievers", "rerankers", "classifiers"]  # prompts have no model
    assert (board.name, {one.model for one in leaderboards.baselines(board)}) == ("retrievers", {"bm25/headings"})
    with pytest.raises(errors.BenchError, match="none of prompts could be measured"):
        leaderboards.lead(found, given.model_copy(update={"lead": ["prompts"]}))


def test_a_slice_needs_enough_cases_to_which_the_metric_applies(published: Path) -> None:
    found, cases = (
        runs.read(runs.LATEST),
        runner.make_plan(settings.load_settings(), matrix.load_matrix(), "test").cases["search"],
    )
    system = found.header.systems["bm25/headings"]
    (one,) = scoring.slices(found, system, "ndcg_at_10", cases, ["kind", "nothing"], 4, seed=1)
    plain = [row.scores["ndcg_at_10"] for row in found.by_system[system.name] if int(row.case[4:]) % 4 and row.scores]
    assert (one.name, one.n) == ("kind = plain", len(plain)) == ("kind = plain", 7)  # the 3 odd ones are too few
    assert one.value == pytest.approx(sum(plain) / 7, abs=1e-5)


def test_gates_bound_a_metric_of_the_candidate_on_either_side(published: Path) -> None:
    board = leaderboards.lead(boards(), settings.load_settings())
    edit("settings.toml", "min = 0.5", "min = 2\nmax = 1")
    found = leaderboards.gates(board, settings.load_settings())
    assert [(one.bound, one.threshold, one.passed) for one in found] == [("min", 2, False), ("max", 1, True)]
    edit("settings.toml", 'metric = "ndcg_at_10"', 'metric = "ndcg_at_1"')
    with pytest.raises(errors.BenchError, match=r"gates: metric: 'ndcg_at_1' is not known; did you mean 'ndcg_at_10'"):
        leaderboards.gates(board, settings.load_settings())


def test_a_benchmark_may_have_one_task_only(fresh: Path) -> None:
    search = re.search(r"\[tasks.search\].*(?=\[tasks.classify\])", SETTINGS, re.DOTALL)
    edit("settings.toml", search[0] if search else "", "")
    freeze()
    found, plan, _ = run("dev")
    assert [one.name for one in leaderboards.boards(found, settings.load_settings(), plan.cases)] == ["classifiers"]


@pytest.mark.parametrize(
    ("recall", "ndcg", "kind"),
    [
        (0, 0, "not among the first 10"),
        (0.5, 0.6, "only a part found"),
        (1, 0.6, "found, but ranked too low"),
        (1, 1, ""),
    ],
)
def test_the_kind_of_an_error(recall: float, ndcg: float, kind: str) -> None:
    question = Question.model_validate({"id": "q", "split": "test", "question": "?", "evidence": EVIDENCE})
    assert error_analysis.kind_of(row("q", "p", recall_at_10=recall, ndcg_at_10=ndcg), question, "search") == kind
    label, kinds = Labelled(id="q", split="test", text="t", label="A"), ["", "A taken for B", "no label for A"]
    assert [error_analysis.kind_of(row("q", said), label, "classify") for said in ("A", "B", "")] == kinds
    refused = row("q", "").model_copy(update={"failure": "refused by the model"})
    assert error_analysis.kind_of(refused, label, "classify") == "refused by the model"

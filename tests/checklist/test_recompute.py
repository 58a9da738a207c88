"""The formulas equal scikit-learn's; a metric is recomputed from the predictions beside it."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers import formulas
from scaffolder.check.numbers.metrics import metrics
from scaffolder.check.numbers.recompute import Recomputed, recomputed
from scaffolder.check.readers import csv as rows

TRUTH = (1, 0, 1, 1, 0, 0, 1, 0, 0, 1)
SCORES = (0.9, 0.8, 0.7, 0.7, 0.7, 0.2, 0.55, 0.1, 0.3, 0.35)
DECISIONS = (1, 1, 1, 1, 1, 0, 1, 0, 0, 0)
ACTUAL = (3.0, -0.5, 2.0, 7.0, 4.25)
FORECAST = (2.5, 0.0, 2.0, 8.0, 4.0)

# Computed by scikit-learn 1.9.1.
REFERENCE = {
    "roc_auc": 0.72,
    "average_precision": 0.716190476190476,
    "brier": 0.2085,
    "log_loss": 0.5964959256460395,
}


@pytest.mark.parametrize("name", REFERENCE)
def test_scores_of_probabilities_equal_stored_reference_values(name: str) -> None:
    assert getattr(formulas, name)(TRUTH, SCORES) == pytest.approx(REFERENCE[name], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accuracy", 0.7),
        ("precision", 4 / 6),
        ("recall", 0.8),
        ("f1", 8 / 11),
        ("specificity", 0.6),
        ("balanced_accuracy", 0.7),
    ],
)
def test_scores_of_decisions(name: str, value: float) -> None:
    assert getattr(formulas, name)(TRUTH, DECISIONS) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "value"), [("mae", 0.45), ("mse", 0.3125), ("rmse", math.sqrt(0.3125)), ("r2", 0.9491042345276873)]
)
def test_scores_of_forecasts(name: str, value: float) -> None:
    assert getattr(formulas, name)(ACTUAL, FORECAST) == pytest.approx(value, abs=1e-9)


def test_what_does_not_exist() -> None:
    assert formulas.roc_auc((1, 1), (0.1, 0.2)) is None
    assert formulas.average_precision((0, 0), (0.1, 0.2)) is None
    assert formulas.r2((2.0, 2.0), (1.0, 3.0)) is None
    assert formulas.precision((1, 0), (0, 0)) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(0, 10_000), st.integers(1, 6))
def test_equal_to_scikit_learn(count: int, seed: int, digits: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = random.Random(seed)
    scores = [round(rng.uniform(0.001, 0.999), digits) for _ in range(count)]
    truth = [1, 0] + [int(rng.random() < score) for score in scores[2:]]
    decided = [int(score >= 0.5) for score in scores]
    forecast = [rng.gauss(score, 1) for score in scores]
    pairs = [
        (formulas.roc_auc(truth, scores), sklearn.roc_auc_score(truth, scores)),
        (formulas.average_precision(truth, scores), sklearn.average_precision_score(truth, scores)),
        (formulas.brier(truth, scores), sklearn.brier_score_loss(truth, scores)),
        (formulas.log_loss(truth, scores), sklearn.log_loss(truth, scores)),
        (formulas.accuracy(truth, decided), sklearn.accuracy_score(truth, decided)),
        (formulas.precision(truth, decided), sklearn.precision_score(truth, decided, zero_division=0)),
        (formulas.recall(truth, decided), sklearn.recall_score(truth, decided)),
        (formulas.f1(truth, decided), sklearn.f1_score(truth, decided, zero_division=0)),
        (formulas.balanced_accuracy(truth, decided), sklearn.balanced_accuracy_score(truth, decided)),
        (formulas.mae(truth, forecast), sklearn.mean_absolute_error(truth, forecast)),
        (formulas.rmse(truth, forecast), sklearn.root_mean_squared_error(truth, forecast)),
        (formulas.r2(truth, forecast), sklearn.r2_score(truth, forecast)),
    ]
    for own, theirs in pairs:
        assert own == pytest.approx(theirs, abs=1e-9, rel=1e-9)


def again(
    task: str, reported: dict[str, float], table: str, cost: dict[str, float] | None = None, **problem: str
) -> dict[str, Recomputed]:
    report = {"task": task, "metrics": [{"name": name, "value": value} for name, value in reported.items()]}
    snapshot = Snapshot.of_files(
        {"reports/metrics.json": json.dumps(report).encode(), "reports/predictions.csv": table.encode()}
    )
    found = recomputed(metrics(snapshot), rows.predictions(snapshot), {"cost": cost, "problem": problem})
    return {each.metric: each for each in found}


CLASSIFIED = "row,actual,predicted,acts\n" + "".join(
    f"{row},{truth},{score},{acts}\n"
    for row, (truth, score, acts) in enumerate(zip(TRUTH, SCORES, DECISIONS, strict=True))
)


def test_a_classifiers_metrics_are_recomputed() -> None:
    reported = {"roc_auc": 0.72, "brier": 0.2085, "recall": 0.8, "precision": 0.67, "expected_cost": 15.0, "novel": 1.0}
    found = again("tabular-classification", reported, CLASSIFIED, {"false_positive": 25, "false_negative": 100})
    assert {metric: each.same for metric, each in found.items()} == {
        "roc auc": True,
        "brier": True,
        "recall": True,
        "precision": False,
        "expected cost": True,
    }


def test_a_forecasts_metrics_are_recomputed() -> None:
    table = "day,actual,predicted,low,high,planned\n" + "".join(
        f"{day},{actual},{forecast},{forecast - 0.5},{forecast + 0.5},{forecast + 1}\n"
        for day, (actual, forecast) in enumerate(zip(ACTUAL, FORECAST, strict=True))
    )
    reported = {"mae": 0.45, "r2": 0.95, "coverage": 0.8, "expected_cost": 1}
    found = again("tabular-regression", reported, table, {"false_positive": 1, "false_negative": 2})
    assert {metric: each.same for metric, each in found.items()} == {
        "mae": True,
        "r2": False,
        "coverage": True,
        "expected cost": False,
    }


def test_a_mean_over_questions_is_recomputed_from_its_column() -> None:
    table = "id,type,ndcg_at_10,abstention_recall,latency_ms\nq1,fact,1,,3\nq2,fact,0.5,,4\nq3,unanswerable,,1,5\n"
    found = again("question-answering", {"ndcg_at_10": 0.75, "abstention_recall": 0.5, "type": 1.0}, table)
    assert {metric: each.same for metric, each in found.items()} == {"ndcg@10": True, "abstention recall": False}


def test_labels_may_be_words() -> None:
    table = "row,actual,predicted\n" + "".join(
        f"{row},{'Leaves' if truth else 'Stays'},{score}\n"
        for row, (truth, score) in enumerate(zip(TRUTH, SCORES, strict=True))
    )
    assert again("tabular-classification", {"roc_auc": 0.72}, table, positive="Leaves")["roc auc"].same
    assert again("tabular-classification", {"roc_auc": 0.8}, table) == {}


@pytest.mark.parametrize(
    "table",
    [
        "",
        "row,actual,predicted\n",
        "row,actual,predicted\n1,yes,high\n",
        "a,b\n1,2\n",
        "row,actual,predicted\n1,1,nan\n",
        "\0\0",
    ],
)
def test_a_table_that_does_not_suffice_gives_nothing(table: str) -> None:
    assert again("tabular-classification", {"roc_auc": 0.8}, table) == {}

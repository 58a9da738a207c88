"""Numbers in a README, bound to the reports by row and column and by the words of a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.claims import Claim, claims_of
from scaffolder.check.numbers.metric_names import canonical, mentions
from scaffolder.check.numbers.metrics import Metrics, MetricsError, metrics
from scaffolder.check.readers.markdown import Document


def entry(name: str, value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "ci95": [low, high], "split": "test", **more}


REPORT = {
    "task": "tabular-classification",
    "model": "HistGradientBoosting",
    "metrics": [
        entry("roc_auc", 0.851346, 0.83164, 0.872242),
        entry("brier", 0.132006, 0.121647, 0.141822),
        entry("recall", 0.853, 0.818, 0.885),
        entry("precision", 0.48, 0.44, 0.52),
        entry("expected_cost", 10.02, 9.01, 11.02),
        entry("recall_at_5", 0.71, 0.66, 0.76),
    ],
    "baseline": [
        entry("roc_auc", 0.5, 0.5, 0.5, model="average rate"),
        entry("roc_auc", 0.848, 0.83, 0.871, model="logistic regression"),
        entry("recall", 0.818, 0.777, 0.856, model="logistic regression"),
    ],
    "slices": [
        {"name": "contract = One year", "n": 303, "metric": "roc_auc", "value": 0.67, "ci95": [0.577, 0.751]},
        {"name": "contract = Month-to-month", "n": 778, "metric": "recall", "value": 0.936, "ci95": None},
    ],
    "gates": [{"metric": "roc_auc", "threshold": 0.8, "passed": True, "value": 0.851346}],
    "difference": [{"metric": "roc_auc", "versus": "average rate", "value": 0.351346, "ci95": [0.332, 0.372]}],
    "errors": {"false negatives": 55},
}


def measured(report: object = None, **others: object) -> Metrics:
    files = {
        "reports/metrics.json": report or REPORT,
        **{f"reports/{name}.json": part for name, part in others.items()},
    }
    found = metrics(Snapshot.of_files({path: json.dumps(part).encode() for path, part in files.items()}))
    assert found
    return found


def claims(text: str) -> list[Claim]:
    return list(claims_of(Document("README.md", text), measured()))


def outcomes(text: str) -> list[str]:
    return [claim.outcome for claim in claims(text)]


TABLE = """
| Metric | **HistGradientBoosting** (served) | average rate | logistic regression |
| --- | ---: | ---: | ---: |
| `roc_auc` | {0} [{1}, 0.872] | {2} | {3} [0.830, 0.871] |
"""


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        (("0.851", "0.832", "0.500", "0.848"), 0),
        (("0.861", "0.832", "0.500", "0.848"), 1),
        (("0.851", "0.842", "0.500", "0.848"), 1),
        (("0.851", "0.832", "0.600", "0.848"), 1),
        (("0.848", "0.832", "0.500", "0.851"), 2),
    ],
)
def test_a_table_of_metrics_by_model(cells: tuple[str, ...], wrong: int) -> None:
    found = outcomes(TABLE.format(*cells))
    assert (len(found), found.count("differs")) == (3, wrong)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (
            "| Model | AUC | Recall (%) |\n|---|---|---|\n| Ours | 0.85 | 85.3 |\n| Logistic regression | 0.848 | 81.8 |",
            ["equal"] * 4,
        ),
        ("| Model | AUC |\n|---|---|\n| Ours | 0.848 |\n| Logistic regression | 0.851 |", ["differs"] * 2),
        ("| Metric | Value |\n|---|---|\n| ROC-AUC | 0.851 |\n| Accuracy | 0.97 |", ["equal", "unmeasured"]),
        ("| Slice | Rows | `roc_auc` |\n|---|---|---|\n| contract = One year | 303 | 0.680 |", []),
        ("| Slice | Rows | `roc_auc` |\n|---|---|---|\n| contract = One year | 304 | 0.670 |", ["differs"]),
        ("| Slice | `roc_auc` |\n|---|---|\n| all test rows | 0.861 |", ["differs"]),
        ("| Contract | `roc_auc` |\n|---|---|\n| One year | 0.680 |", ["differs"]),
        ("| Gate | Bound | Measured |\n|---|---|---|\n| roc_auc | at least 0.8 | 0.851 |", ["equal"] * 2),
        ("| Gate | Bound | Measured |\n|---|---|---|\n| roc_auc | at least 0.7 | 0.852 |", ["differs"] * 2),
        ("| Metric | Ours | Target |\n|---|---|---|\n| roc_auc | 0.851 | 0.9 |", ["equal"]),
        ("| Metric | Gain over average rate |\n|---|---|\n| roc_auc | 0.351 |", ["equal"]),
        ("| false negatives |\n|---|\n| 55 |", ["equal"]),
        ("| false negatives |\n|---|\n| 56 |", ["differs"]),
        ("| feature | importance |\n|---|---|\n| tenure | 0.31 |", []),
        ("| row | actual | predicted |\n|---|---|---|\n| 12 | 1 | 0.031 |", []),
    ],
)
def test_other_tables(table: str, found: list[str]) -> None:
    assert outcomes(table) == found


@pytest.mark.parametrize(
    "text",
    [
        "ROC AUC 0.851 [0.832, 0.872]",
        "The served model has a `roc_auc` of 0.851 on the test rows.",
        "AUROC of 0.85 (95% CI: 0.83–0.87) was measured.",
        "A recall of 85.3% is enough, at a cost of 25 USD.",
        "It finds 85% recall.",
        "It reaches ROC AUC 0.851 against 0.848 for logistic regression.",
        "The average rate has a roc_auc of 0.500.",
        "HistGradientBoosting has a roc_auc of 0.851; the average rate, which needs no model, has 0.500.",
        "Recall for month-to-month customers is 0.936.",
        "Worst by `roc_auc`: contract = One year (0.670).",
        "The gain in roc_auc over average rate is 0.351 [0.332, 0.372].",
        "The gate fails when roc_auc is below 0.8.",
        "The ROC AUC is above 0.8.",
        "recall@5 is 0.71.",
    ],
)
def test_true_sentences(text: str) -> None:
    assert set(outcomes(text)) <= {"equal"}


@pytest.mark.parametrize(
    "text",
    [
        "ROC AUC 0.861 [0.832, 0.872]",
        "ROC AUC 0.851 [0.832, 0.882]",
        "The served model has a `roc_auc` of 0.951 on the test rows.",
        "Our ROC AUC is above 0.9.",
        "A recall of 86.3% is enough.",
        "It finds 95% recall.",
        "It reaches ROC AUC 0.848 against 0.851 for logistic regression.",
        "HistGradientBoosting has a roc_auc of 0.851; the average rate, which needs no model, has 0.600.",
        "Recall for month-to-month customers is 0.853.",
        "Worst by `roc_auc`: contract = One year (0.770).",
        "The gain in roc_auc over average rate is 0.361.",
        "recall@5 is 0.853.",
    ],
)
def test_false_sentences(text: str) -> None:
    assert "differs" in outcomes(text)


@pytest.mark.parametrize(
    "text", ["It has an accuracy of 97%.", "F1: 0.91", "An R² of 0.98 was measured.", "recall@10 of 0.9"]
)
def test_made_up_metrics(text: str) -> None:
    assert outcomes(text) == ["unmeasured"]


@pytest.mark.parametrize(
    "text",
    [
        "Success would be a recall of 0.95.",
        "Guessing by chance gives an accuracy of 50%.",
        "The threshold of 0.31 was chosen on validation rows.",
        "Recall matters more than precision for 12 customers in January 2024.",
        "We recall that 3 of 5 users left.",
        "Precision at the top 10 rows was not looked at.",
        "Intervals of recall are 95% bootstrap intervals.",
        "## Problem\n\nIt is solved when the roc_auc reaches 0.95.",
        "```\nroc_auc 0.99\n```",
    ],
)
def test_what_claims_nothing(text: str) -> None:
    assert outcomes(text) == []


def test_a_measured_block_holds_only_numbers_of_the_reports() -> None:
    block = "<!-- measured:x -->\nActing pays from 0.{}9 upwards.\n<!-- /measured:x -->\n"
    known = measured(training={"outcome": {"threshold": 0.209111}})
    assert [claim.outcome for claim in claims_of(Document("README.md", block.format("20")), known)] == ["equal"]
    assert [claim.outcome for claim in claims_of(Document("README.md", block.format("21")), known)] == ["differs"]


def test_without_reports_every_number_on_a_known_metric_is_unmeasured() -> None:
    found = claims_of(Document("README.md", "# X\n\nAn AUC of 0.91.\n"), None)
    assert [(claim.metric, claim.line, claim.outcome) for claim in found] == [("roc auc", 3, "unmeasured")]


@pytest.mark.parametrize("name", ["ROC-AUC", "roc_auc", "AUROC", "auc", "Area under the ROC curve"])
def test_synonyms(name: str) -> None:
    assert canonical(name) == "roc auc"
    assert [mention.metric for mention in mentions(f"the {name} is")] == ["roc auc"]


def test_longer_names_win() -> None:
    assert [mention.metric for mention in mentions("average precision and recall@5 and balanced accuracy")] == [
        "average precision",
        "recall@5",
        "balanced accuracy",
    ]


def test_a_flat_file_of_numbers_is_read_too() -> None:
    found = measured({"accuracy": 0.9, "f1": 0.8, "name": "x"})
    assert [(score.metric, str(score.value)) for score in found.scores] == [("accuracy", "0.9"), ("f1", "0.8")]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"metrics": []}', '{"metrics": [{"name": "x", "value": NaN}]}', "[" * 100_000]
)
def test_an_unusable_file_is_an_error(text: str) -> None:
    with pytest.raises(MetricsError, match="reports/metrics"):
        metrics(Snapshot.of_files({"reports/metrics.json": text.encode()}))

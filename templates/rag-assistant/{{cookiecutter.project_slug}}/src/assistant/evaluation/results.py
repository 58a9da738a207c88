"""Write `reports/`: tables as CSV, figures, and last `metrics.json`. The same numbers give the same bytes."""

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..reporting.metrics import METRICS, REPORTS, write_json, write_text
from ..reporting.sections import FIGURES
from ..settings import Settings
from . import figures
from .cases import SCORES, Case
from .scoring import DATA, EvaluationReport

LATENCY = REPORTS / "latency.json"
PREDICTIONS = (
    *("id", "type", "question", "answerable", "abstained", "confidence"),
    *(*SCORES, "answer"),  # a metric is the mean of the column of its name
)
ERRORS = ("id", "failure", "type", "question", "expected", "rank", "came first", "confidence", "answer")


def write(
    report: EvaluationReport, data: Mapping[str, Any], dev: Sequence[Case], test: Sequence[Case], settings: Settings
) -> None:
    """Write everything of a run; `data` are the counts of `scoring.describe`.

    `metrics.json` is the last file: who sees it finds the rest of the same run.
    """
    rows = [row(case, settings.retrieval.top_k) for case in test]
    worst_first = sorted(rows, key=lambda one: (one["abstained"], -float(one["confidence"])))
    write_csv("predictions.csv", rows, PREDICTIONS)
    write_csv("errors.csv", (one for one in worst_first if one["failure"] != "right"), ERRORS)
    write_csv("ablation.csv", report.ablation, report.ablation[0])
    figures.draw(report, dev, test, settings.answering.abstain_below)
    write_json(LATENCY, latency(test))
    write_json(DATA, data)
    write_json(METRICS, report.model_dump(mode="json"))


def withdraw(data: Mapping[str, Any]) -> None:
    """Remove what an earlier run wrote, since nothing can be measured now; print why."""
    for path in (METRICS, LATENCY, *REPORTS.glob("*.csv"), *FIGURES.glob("*.svg")):
        path.unlink(missing_ok=True)
    write_json(DATA, data)
    print(f"Not measured: {data['unmeasured']}.")


def latency(cases: Sequence[Case]) -> dict[str, Any]:
    """How long it took from the question to the whole answer: half of the cases, and 95% of them."""
    p50, p95 = np.quantile([case.milliseconds for case in cases], [0.5, 0.95]).round(3).tolist()
    return {"answers": len(cases), "cpus": os.cpu_count(), "unit": "ms", "p50": p50, "p95": p95}


def row(case: Case, top_k: int) -> dict[str, Any]:
    """The cells of a question in `predictions.csv` and `errors.csv`."""
    asked, answer = case.question, case.answer
    scores = {name: "" if np.isnan(value) else f"{value:.6g}" for name, value in case.scores().items()}
    return scores | {
        "id": asked.id,
        "type": asked.type,
        "question": asked.question,
        "answerable": int(asked.answerable),
        "abstained": int(answer.abstained),
        "confidence": f"{answer.confidence:.6g}",
        "answer": answer.text,
        "failure": case.failure(top_k),
        "expected": "; ".join(
            f"{places[0].document} § {one.section or one.quote}"
            for one, places in zip(asked.evidence, case.passages, strict=True)
        ),
        "rank": min((rank for rank in case.ranks if rank is not None), default=""),
        "came first": case.first,
    }


def write_csv(name: str, rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(REPORTS / name, text.getvalue())

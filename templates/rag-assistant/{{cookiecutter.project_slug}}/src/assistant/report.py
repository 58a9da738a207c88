"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

import csv
import json
import shlex
from pathlib import Path
from typing import Any

from .evaluation.cases import MEANING
from .evaluation.results import LATENCY
from .evaluation.scoring import BM25, DATA, EvaluationReport
from .reporting import blocks, experiments, markdown, metrics, sections
from .settings import Settings

TEMPLATES = sections.environment(Path(__file__).parent)
# What stands in a block, before the reason, as long as nothing is measured.
UNMEASURED = {
    "model-index": "# Not measured",
    "results": "There are no scores",
    "errors": "No errors are known",
    "gates": "No gate is checked",
    "latency": "Nobody was timed",
    "scores": "No table of scores",
    "rows": "No number stands on any row",
    "quoted": "Nobody has compared how much to quote",
    "ablation": "No way to search has been compared with another",
    "outcomes": "No outcome has been counted",
    "slices": "No part of the questions has scores of its own",
    "worst": "There are no worst questions to show",
    "provenance": "There is no run to describe",
}
SHOWN = ("id", "failure", "question", "expected", "came first")  # columns of errors.csv


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing.
        ReportError: a document's marks are wrong; then no document is changed.
    """
    data = metrics.read_json(DATA)
    report = None if data["unmeasured"] else metrics.read_report(metrics.METRICS, EvaluationReport)
    return blocks.update(render(report, data, settings))


def render(report: EvaluationReport | None, data: dict[str, Any], settings: Settings) -> dict[str, str]:
    """The content of every block; `report` is None if nothing was measured, and `data` says why."""
    instead = {} if report else {name: f"{words}: {data['unmeasured']}." for name, words in UNMEASURED.items()}
    return sections.render(TEMPLATES.get_template("report.jinja"), facts(report, data, settings), instead)


def printed(template: str, **known: Any) -> str:
    """What a command prints of its results, by summary.jinja or tuning.jinja."""
    return TEMPLATES.get_template(template).render(known)


def facts(report: EvaluationReport | None, data: dict[str, Any], settings: Settings) -> dict[str, Any]:
    common = {
        "report": report,
        "data": data,
        "settings": settings,
        "curl": shlex.quote(json.dumps({"question": settings.corpus.example}, ensure_ascii=False)),
        "count": lambda number, noun: f"{number:,} {noun}{'' if number == 1 else 's'}",
        "percent": lambda share: f"{100 * share:.0f}%",
        "listed": lambda counts: ", ".join(
            f"{count} {markdown.cell(name or 'of no kind')}" for name, count in counts.items()
        ),
        "meaning": MEANING,
        "experiments": experiments.listed(experiments.measured()),
    }
    if report is None:
        return common
    with (metrics.REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        wrong = list(csv.DictReader(file))[:6]
    return common | {
        "score": report.metric(report.headline),
        "bm25": next(one for one in report.baseline if (one.model, one.name) == (BM25, report.headline)),
        "gain": report.difference[0],
        "test": {one.name: one.value for one in report.metrics},
        "quoted": {passages: {one.name: one for one in scores} for passages, scores in report.quoted.items()},
        "latency": metrics.read_json(LATENCY),
        "in_words": lambda name: sections.tables.slice({}, ["kind", "type"], name),
        "worse": [one for one in report.slices if sections.clearly_worse(one, report)],
        "worst": markdown.table(
            SHOWN, [[markdown.cell(row[name]) for name in SHOWN] for row in wrong], left=len(SHOWN)
        ),
    }

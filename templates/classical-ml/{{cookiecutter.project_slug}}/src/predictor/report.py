"""Write the measured blocks of the documents. Every number comes from `reports/`, every sentence from report.jinja."""

import csv
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from . import artifacts, bootstrap, evaluation
from .reporting import blocks, sections
from .reporting.markdown import number
from .reporting.metrics import METRICS, REPORTS, failures, read_json, read_report
from .scoring import EvaluationReport
from .settings import Settings
from .task import Task

SCREENSHOT = Path("docs/screenshot.png")
WORST = 3  # rows of each kind of mistake that are shown
MOST_KINDS = 6  # kinds of mistakes that are shown
SHOWN_INPUTS = 4  # the most important ones, in the table of errors


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing, or the settings have changed since the training.
        BlockError: a document's marks are wrong; then no document is changed.
    """
    return blocks.update(render(read_report(METRICS, EvaluationReport), artifacts.read_record(settings), settings))


def render(report: EvaluationReport, record: Any, settings: Settings) -> dict[str, str]:
    """The content of every block."""
    environment, known = sections.environment(Path(__file__).parent), facts(report, record, settings)
    sentences = environment.get_template("task.jinja").make_module(known)  # those about this kind of target
    return sections.render(environment.get_template("report.jinja"), {**known, "sentences": sentences})


def facts(report: EvaluationReport, record: Any, settings: Settings) -> dict[str, Any]:
    """What the sentences are about."""
    task, headline = Task(settings), report.metric(settings.training.headline)
    gain = report.difference[0]  # over the simple rule, in expected cost
    rule = [one for one in report.baseline if one.model == gain.versus]
    clean = [one for one in report.baseline if one.model == evaluation.without(settings)]

    def scores(all: bool) -> str:
        if all:
            return sections.tables.scores(report, report.model)
        metrics = [one for one in report.metrics if one.name not in task.minor or one.name == headline.name]
        return sections.tables.scores(report.model_copy(update={"metrics": metrics, "baseline": rule + clean}), report.model)

    drawn = {name: text for name, text in task.figures.items() if (sections.FIGURES / f"{name}.svg").exists()}
    folder = f"../{sections.FIGURES.as_posix()}"
    inputs = [one["feature"] for one in record["importance"][:SHOWN_INPUTS]]
    columns = ["row", "mistake", "actual", "predicted", *inputs]
    commands = [record["run"]["command"], report.run.command]
    parity = ["ONNX against the pipeline, largest difference", f"{record['parity']:.1e}"]
    return {
        "report": report,
        "record": record,
        "settings": settings,
        "problem": settings.problem,
        "cost": settings.cost,
        "task": task,
        "facts": read_json(REPORTS / "data.json"),
        "headline": headline,
        "gain": gain,
        "theirs": {one.name: one for one in rule},
        "clean": {one.name: one for one in clean},
        "timed_blocks": settings.data.time and task.block > 1,
        "most_rows": bootstrap.MOST_ROWS,
        "screenshot": SCREENSHOT.exists(),
        "per_hundred": lambda name: round(100 * report.metric(name).value),
        "parameters": _parameters,
        "scores": scores,
        "figures": "\n\n".join(f"![{text}]({folder}/{one}.svg)\n\n*{text}.*" for one, text in drawn.items()),
        "slices": sections.tables.slices(report, "rows"),
        "worse": [one for one in report.slices if sections.clearly_worse(one, report)],
        "worst_columns": columns,
        "worst": worst_rows(columns),
        "kinds_shown": MOST_KINDS,
        "kinds": [number(int(value) if value == int(value) else value) for value in report.errors.values()],
        "failed": failures(report.gates),
        "gates": sections.tables.gates(report),
        "latency": read_json(REPORTS / "latency.json"),
        "provenance": sections.tables.provenance(report.run, commands, "training and evaluation", [parity]),
        "model_index": sections.tables.model_index(report, settings.title, settings.data.file, "tabular"),
    }


def worst_rows(columns: list[str]) -> list[list[str]]:
    with (REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        kinds = groupby(csv.DictReader(file), key=itemgetter("mistake"))
        rows = [row for _, group in islice(kinds, MOST_KINDS) for row in islice(group, WORST)]
    known, inputs = columns[:4], columns[4:]  # an input may be called like a known column
    return [
        [*(_shown(row[name]) for name in known), *(_shown(row.get(f"{name} (input)", row[name])) for name in inputs)]
        for row in rows
    ]


def _parameters(finalist: Any) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in finalist["parameters"].items())


def _shown(value: str) -> str:
    """A value from a CSV file, with as many digits as a reader needs."""
    if not value:
        return "missing"
    try:
        return value if value.lstrip("-").isdigit() else f"{float(value):.4g}"
    except ValueError:
        return value

"""The measured blocks of README.md and MODEL_CARD.md, every number of them from `reports/`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from . import narrative
from .record import Measured, Record, read_record
from .reporting import blocks
from .reporting.markdown import estimate, image, metric_row, number, table
from .reporting.metrics import METRICS, REPORTS, Metric, ReportError, read_report
from .settings import Settings
from .wording import CAPTIONS

README, CARD = Path("README.md"), Path("MODEL_CARD.md")
FIGURES = REPORTS / "figures"
WORST = 5  # rows of errors.csv that are shown
SHOWN_INPUTS = 4  # the most important ones, in the table of errors
NOT_MEASURED = "_Not measured yet: run `make load`._"


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks; returns the documents that changed.

    Raises:
        ReportError: a report is missing.
        BlockError: a document's marks are wrong; then none is changed.
    """
    report, record = read_report(METRICS, Measured), read_record()
    return blocks.update({README: readme(report, record, settings), CARD: card(report, record, settings)})


def readme(report: Measured, record: Record, settings: Settings) -> dict[str, str]:
    return {
        "headline": headline(report, settings),
        "data": data(),
        "selection": narrative.selection(record, report),
        "results": results(report, record, settings),
        "errors": errors(report),
        "slices": slices(report, settings),
        "gates": gates(report),
        "latency": latency(),
        "provenance": provenance(report, record),
    }


def card(report: Measured, record: Record, settings: Settings) -> dict[str, str]:
    return {
        "model-index": model_index(report, settings),
        "training": narrative.training(record),
        "results": results(report, record, settings),
        "slices": slices(report, settings),
        "data": data(),
        "provenance": provenance(report, record),
    }


def headline(report: Measured, settings: Settings) -> str:
    """One sentence and one picture."""
    return f"{narrative.headline(report, settings)}\n\n{_figure(next(iter(CAPTIONS)))}"


def data() -> str:
    facts = _read_json(REPORTS / "data.json")
    outcome = "share positive" if facts["positive"] else f"mean {facts['target']}"
    rows = [
        [name, f"{part['rows']:,}", number(part["outcome"]), *(_day(part[end]) for end in ("first", "last"))]
        for name, part in facts["splits"].items()
    ]
    timed = facts["divided_by"] == "time"
    headers = ["Split", "Rows", outcome, *(["First", "Last"] if timed else [])]
    missing = ", ".join(f"`{name}` {count:,}" for name, count in facts["missing"].items()) or "none"
    return "\n\n".join(
        [
            f"`{facts['file']}`: {facts['rows']:,} rows, {facts['features']} features; "
            f"divided by {facts['divided_by']}.",
            table(headers, [row[: len(headers)] for row in rows]),
            f"Missing values: {missing}. Rows with the same features as an earlier one: "
            f"{facts['duplicates']:,}. Rows in no split (repeats across time, labels not known in time): "
            f"{facts['left_out']:,}.",
        ]
    )


def results(report: Measured, record: Record, settings: Settings) -> str:
    """Scores of every model, what the served one gains, and the figures."""
    parts = [
        f"Measured on {record.rows['test']:,} test rows, which neither training nor any choice has seen; "
        f"in brackets 95% bootstrap intervals{narrative.drawn_together(settings)}.",
        _scores(report),
        narrative.ceiling(report),
        narrative.gains(report, settings),
        narrative.decision(record, settings),
        *(_figure(name) for name in CAPTIONS),
    ]
    return "\n\n".join(part for part in parts if part)


def errors(report: Measured) -> str:
    """What kinds of errors there are, and the worst of them."""
    inputs = [one.feature for one in report.importance[:SHOWN_INPUTS]]
    with (REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        worst = list(csv.DictReader(file))[:WORST]
    known = ["row", "actual", "predicted"]
    return "\n\n".join(
        [
            table(list(report.errors), [[_count_or_number(value) for value in report.errors.values()]], left=0),
            f"The {len(worst)} worst answers on the test rows, with the inputs that matter most; "
            "more in [reports/errors.csv](reports/errors.csv).",
            table([*known, *inputs], [[_shown(row[name]) for name in [*known, *inputs]] for row in worst]),
        ]
    )


def slices(report: Measured, settings: Settings) -> str:
    """One line for each slice, one column for each score."""
    names = list(dict.fromkeys(one.metric for one in report.slices))
    lines: dict[str, dict[str, str]] = {}
    counts = {one.name: one.n for one in report.slices}
    for one in report.slices:
        like = report.metric(one.metric).value
        lines.setdefault(one.name, {})[one.metric] = estimate(one.value, one.ci95, like)
    rows = [[name, f"{counts[name]:,}", *(line.get(metric, "") for metric in names)] for name, line in lines.items()]
    overall = [estimate(report.metric(name).value, report.metric(name).ci95) for name in names]
    headers = ["Slice", "Rows", *(f"`{name}`" for name in names)]
    return f"{table(headers, [['all test rows', '', *overall], *rows])}\n\n{narrative.slices(report, settings)}"


def gates(report: Measured) -> str:
    rows = [
        [
            gate.metric,
            f"{'at least' if gate.bound == 'min' else 'at most'} {gate.threshold:g}",
            "" if gate.value is None else number(gate.value),
            "passed" if gate.passed else "**failed**",
        ]
        for gate in report.gates
    ]
    return table(["Gate", "Bound", "Measured", "Result"], rows)


def latency() -> str:
    """What `make load` measured, if it was run."""
    path = REPORTS / "load.json"
    if not path.exists():
        return NOT_MEASURED
    load = _read_json(path)
    rows = [
        [
            kind.replace("_", " "),
            str(result["clients"]),
            *(f"{line[quantile]:.2f}" for quantile in ("p50", "p95", "p99")),
            f"{result['p50_ratio'].get(kind, 1):.2f}",
        ]
        for result in load["results"]
        for kind, line in result["latency"].items()
    ]
    headers = ["Request", "Clients", "p50 ms", "p95 ms", "p99 ms", "p50 / constant"]
    return (
        f"{table(headers, rows)}\n\nMeasured by `make load` over HTTP on {load['cpus']} CPUs, "
        "beside an endpoint of the same stack that answers a constant."
    )


def provenance(report: Measured, record: Record) -> str:
    run = report.run
    rows = [
        ["Command", f"`{record.run.command}`, `{run.command}`"],
        ["Commit", f"`{run.commit}`" if run.commit else "none: not a git repository"],
        ["Data (SHA-256)", f"`{run.data_sha256}`"],
        ["Rows", f"{run.rows:,}"],
        ["Seed", str(run.seed)],
        ["Python", run.python],
        ["Started", run.started_at],
        ["Seconds (training and evaluation)", f"{run.seconds:.1f}"],
        ["ONNX against the pipeline, largest difference", f"{record.parity:.1e}"],
    ]
    return table(["What", "Value"], rows, left=2)


def model_index(report: Measured, settings: Settings) -> str:
    """YAML for the Hugging Face hub; JSON strings are YAML strings."""
    lines = [
        "model-index:",
        f"  - name: {json.dumps(settings.problem.title)}",
        "    results:",
        "      - task:",
        f"          type: {report.task}",
        "        dataset:",
        f"          name: {json.dumps(settings.data.file)}",
        f"          type: {json.dumps(settings.problem.name)}",
        "          split: test",
        "        metrics:",
    ]
    for metric in report.metrics:
        lines += [f"          - type: {metric.name}", f"            value: {metric.value:g}"]
    return "\n".join(lines)


def _scores(report: Measured) -> str:
    models = list(dict.fromkeys(one.model for one in report.baseline))
    others = {(one.model, one.name): one for one in report.baseline}
    headers = ["Metric", f"**{report.model}** (served)", *models]
    rows = []
    for metric in report.metrics:
        found: list[Metric | None] = [metric, *(others.get((model, metric.name)) for model in models)]
        rows.append(metric_row(metric.name, found, like=metric.value))
    return table(headers, rows)


def _figure(name: str) -> str:
    return image(CAPTIONS[name], f"{FIGURES.as_posix()}/{name}.svg")


def _count_or_number(value: float) -> str:
    return number(int(value) if value == int(value) else value)


def _shown(value: str) -> str:
    """A value of a CSV file with the digits that a reader needs."""
    if not value:
        return "missing"
    try:
        return value if value.lstrip("-").isdigit() else f"{float(value):.4g}"
    except ValueError:
        return value


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run `make demo` first") from None
    except ValueError:
        raise ReportError(f"{path} is not JSON; make it again") from None


def _day(moment: str | None) -> str:
    return moment[:10] if moment else ""

"""Write the measured blocks of README.md and MODEL_CARD.md. Every number comes from `reports/`."""

from __future__ import annotations

import csv
from pathlib import Path

from . import narrative
from .record import Measured, Record, read_record
from .reporting import blocks, sections
from .reporting.markdown import number, table
from .reporting.metrics import METRICS, REPORTS, read_report
from .settings import Settings
from .wording import CAPTIONS

README, CARD = Path("README.md"), Path("MODEL_CARD.md")
WORST = 5  # rows of errors.csv that are shown
SHOWN_INPUTS = 4  # the most important ones, in the table of errors


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing.
        BlockError: a document's marks are wrong; then no document is changed.
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
        "gates": sections.gates(report),
        "latency": sections.latency(),
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
    return f"{narrative.headline(report, settings)}\n\n{sections.figure(*next(iter(CAPTIONS.items())))}"


def data() -> str:
    facts = sections.read_json(REPORTS / "data.json")
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
            f"split {'by time' if timed else 'at random'}.",
            table(headers, [row[: len(headers)] for row in rows]),
            f"Missing values: {missing}. Rows with the same features as an earlier one: "
            f"{facts['duplicates']:,}. Rows in no split (their label came too late, or they repeat an earlier split): "
            f"{facts['left_out']:,}.",
        ]
    )


def results(report: Measured, record: Record, settings: Settings) -> str:
    """The scores of every model, the gain of the served one, and the figures."""
    parts = [
        f"Measured on {record.rows['test']:,} test rows, which were not used for training or for any choice. "
        f"In brackets: 95% bootstrap intervals{narrative.drawn_together(settings)}.",
        sections.scores(report, report.model),
        narrative.ceiling(report),
        narrative.gains(report, settings),
        narrative.decision(record, settings),
        *(sections.figure(name, caption) for name, caption in CAPTIONS.items()),
    ]
    return "\n\n".join(part for part in parts if part)


def errors(report: Measured) -> str:
    """The kinds of errors, and the worst ones."""
    inputs = [one.feature for one in report.importance[:SHOWN_INPUTS]]
    with (REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        worst = list(csv.DictReader(file))[:WORST]
    known = ["row", "actual", "predicted"]
    return "\n\n".join(
        [
            table(list(report.errors), [[_count_or_number(value) for value in report.errors.values()]], left=0),
            f"The {len(worst)} worst answers on the test rows, with the inputs that matter most. "
            "More are in [reports/errors.csv](reports/errors.csv).",
            table([*known, *inputs], [[_shown(row[name]) for name in [*known, *inputs]] for row in worst]),
        ]
    )


def slices(report: Measured, settings: Settings) -> str:
    """Every slice, and which ones are clearly worse than all test rows."""
    return f"{sections.slices(report, 'rows')}\n\n{narrative.slices(report, settings)}"


def provenance(report: Measured, record: Record) -> str:
    parity = ["ONNX against the pipeline, largest difference", f"{record.parity:.1e}"]
    commands = [record.run.command, report.run.command]
    return sections.provenance(report.run, commands, "training and evaluation", [parity])


def model_index(report: Measured, settings: Settings) -> str:
    problem = settings.problem
    return sections.model_index(report, problem.title, settings.data.file, problem.name)


def _count_or_number(value: float) -> str:
    return number(int(value) if value == int(value) else value)


def _shown(value: str) -> str:
    """A value from a CSV file, with as many digits as a reader needs."""
    if not value:
        return "missing"
    try:
        return value if value.lstrip("-").isdigit() else f"{float(value):.4g}"
    except ValueError:
        return value


def _day(moment: str | None) -> str:
    return moment[:10] if moment else ""

"""Write the measured blocks of README.md and MODEL_CARD.md. Every number comes from `reports/`."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from . import narrative
from .evaluation.errors import MEANING
from .evaluation.output import choices
from .evaluation.record import Measured, Tuning, read_tuning
from .reporting import blocks, sections, served
from .reporting.markdown import estimate, number, table
from .reporting.metrics import METRICS, REPORTS, read_report
from .settings import Settings

README, CARD = Path("README.md"), Path("MODEL_CARD.md")
WORST = 6  # rows of errors.csv that are shown
SHOWN = ("id", "failure", "question", "expected", "came first")  # their columns
CODE = re.compile(r"(`[^`]*`)")
MARKUP = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_<[]~"})

CAPTIONS = {
    "choices": "Ranking quality with 95% intervals: the served configuration, changes of one part, and BM25 alone",
    "recall": "Share of the evidence among the first k passages: served, embeddings alone, BM25 alone",
    "ablation": "Ranking quality with 95% intervals of every combination of chunking, retrieval and reranking",
    "confidence": "Confidence of every answerable and unanswerable question, with the threshold",
    "tuning": "Shares of the dev questions answered and refused, by threshold",
    "latency": "Share of the test questions answered within a time",
}


def write(settings: Settings) -> list[Path]:
    """Rewrite the blocks and return the documents that changed.

    Raises:
        ReportError: a report is missing.
        BlockError: a document's marks are wrong; then no document is changed.
    """
    report, tuning = read_report(METRICS, Measured), read_tuning()
    return blocks.update({README: readme(report, tuning, settings), CARD: card(report, settings)})


def readme(report: Measured, tuning: Tuning, settings: Settings) -> dict[str, str]:
    return {
        "headline": headline(report),
        "data": data(report),
        "results": results(report),
        "ablation": ablation(report, tuning, settings),
        "abstention": abstention(report, tuning),
        "gates": sections.gates(report),
        "errors": errors(report),
        "slices": slices(report),
        "latency": served.latency(),
        "provenance": provenance(report),
    }


def card(report: Measured, settings: Settings) -> dict[str, str]:
    return {
        "model-index": sections.model_index(
            report, settings.corpus.title, settings.evaluation.benchmark, "question-answering"
        ),
        "results": results(report),
        "slices": slices(report),
        "data": data(report),
        "provenance": provenance(report),
    }


def headline(report: Measured) -> str:
    """One sentence, the comparison behind it, one picture."""
    return f"{narrative.headline(report)}\n\n{figure('choices')}"


def data(report: Measured) -> str:
    """What is indexed, and what is asked."""
    rows = [
        [asked.split, narrative.counted(asked.types), f"{asked.questions:,}", f"{asked.answerable:,}"]
        for asked in report.questions
    ]
    return "\n\n".join(
        [
            narrative.corpus(report.corpus),
            table(["Split", "Types", "Questions", "Answerable"], rows, left=2),
        ]
    )


def results(report: Measured) -> str:
    """Every score of the served configuration, beside BM25 alone where it has one."""
    return "\n\n".join(
        [
            narrative.measured_on(report),
            served.scores(report, report.model),
            narrative.gain(report),
            figure("recall"),
            figure("latency"),
        ]
    )


def ablation(report: Measured, tuning: Tuning, settings: Settings) -> str:
    """What each part contributes: one line for each configuration that differs from the served one in one part."""
    rows = []
    for name, trial in choices(report):
        score, other = trial.scores[report.headline], trial.versus(report.model)
        test = estimate(score.test, score.ci95)
        p = "" if other is None else f"{other.adjusted:.4f}"
        rows.append([name, f"{trial.chunks:,}", number(score.dev, score.test), test, p])
    headers = [
        "Change",
        "Passages",
        f"{report.title(report.headline)} on dev",
        f"{report.title(report.headline)} on test",
        "Adjusted p against the served one",
    ]
    said = " ".join(
        filter(None, [narrative.choice(report), narrative.mixture(tuning, settings), narrative.where(settings)])
    )
    return "\n\n".join([table(headers, rows), said, figure("ablation")])


def abstention(report: Measured, tuning: Tuning) -> str:
    return "\n\n".join([narrative.abstention(report, tuning), figure("confidence"), figure("tuning")])


def errors(report: Measured) -> str:
    """How often each step failed, and the worst questions."""
    counts = [[f"**{name}**", MEANING[name], f"{count:,}"] for name, count in report.errors.items()]
    with (REPORTS / "errors.csv").open(encoding="utf-8", newline="") as file:
        failed = list(csv.DictReader(file))
    worst = [[escaped(row[name]) for name in SHOWN] for row in failed[:WORST]]
    parts = [table(["Outcome", "What it means", "Questions"], counts, left=2)]
    if worst:
        parts += [narrative.worst(len(worst)), table(SHOWN, worst, left=len(SHOWN))]
    return "\n\n".join(parts)


def escaped(text: str) -> str:
    """Escape text so that Markdown shows it as it is, except for code in backticks."""
    return "".join(part if CODE.fullmatch(part) else part.translate(MARKUP) for part in CODE.split(text))


def slices(report: Measured) -> str:
    return f"{sections.slices(report, 'questions')}\n\n{narrative.slices(report)}"


def provenance(report: Measured) -> str:
    more = [
        ["Embeddings", f"`{report.embedder}`"],
        ["Answers", f"`{report.answerer}`"],
        ["Configuration", report.model],
    ]
    return sections.provenance(report.run, [report.run.command], "tuning, evaluation, ablation", more)


def figure(name: str) -> str:
    return f"![{CAPTIONS[name]}]({sections.FIGURES.as_posix()}/{name}.svg)"

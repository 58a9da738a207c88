"""Write `reports/`: tables as CSV, figures as SVG, and last `metrics.json`. The same numbers give the same bytes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..reporting.metrics import METRICS, REPORTS, write_json, write_text
from ..reporting.sections import FIGURES
from ..settings import Settings
from .cases import SCORES, Case
from .scores import DATA, EvaluationReport

PREDICTIONS = (
    *("id", "type", "question", "answerable", "abstained", "confidence"),
    *(*SCORES, "answer"),  # a metric is the mean of the column of its name
)
ERRORS = ("id", "failure", "type", "question", "expected", "rank", "came first", "confidence", "answer")
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"  # of Okabe and Ito: colour-blind readers can tell them apart
STYLE: Any = {
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",  # a card that can be read on light and on dark pages
    "font.family": "sans-serif",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": "#dddddd",
    "text.parse_math": False,
    "svg.fonttype": "none",  # text that can be searched and read aloud
    "svg.hashsalt": "assistant",  # the same identifiers in every run
}


def write(
    report: EvaluationReport, data: Mapping[str, Any], dev: Sequence[Case], test: Sequence[Case], settings: Settings
) -> None:
    """Write everything of a run; `data` are the counts of `scores.describe`.

    `metrics.json` is the last file: who sees it finds the rest of the same run.
    """
    rows = [row(case, settings.retrieval.top_k) for case in test]
    worst_first = sorted(rows, key=lambda one: (one["abstained"], -float(one["confidence"])))
    write_csv("predictions.csv", rows, PREDICTIONS)
    write_csv("errors.csv", (one for one in worst_first if one["failure"] != "right"), ERRORS)
    write_csv("ablation.csv", report.ablation, report.ablation[0])
    draw(report, dev, test, settings.answering.abstain_below)
    write_json(DATA, data)
    write_json(METRICS, report.model_dump(mode="json"))


def withdraw(data: Mapping[str, Any]) -> None:
    """Remove what an earlier run wrote, since nothing can be measured now; print why."""
    for path in (METRICS, *REPORTS.glob("*.csv"), *FIGURES.glob("*.svg")):
        path.unlink(missing_ok=True)
    write_json(DATA, data)
    print(f"Not measured: {data['unmeasured']}. Add some with: make benchmark")


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
        "expected": "; ".join(f"{one.document} § {one.section}" for one in asked.evidence),
        "rank": min((rank for rank in case.ranks if rank is not None), default=""),
        "came first": case.first,
    }


def write_csv(name: str, rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(REPORTS / name, text.getvalue())


def draw(report: EvaluationReport, dev: Sequence[Case], test: Sequence[Case], threshold: float) -> None:
    """Draw the figures of a run."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        figures = {"choices": Figure(figsize=(7, 3)), "confidence": Figure(figsize=(7, 3.6))}
        choices(figures["choices"].subplots(), report)
        confidence(figures["confidence"].subplots(), {"dev": dev, "test": test}, threshold)
        for name, figure in figures.items():
            figure.savefig(FIGURES / f"{name}.svg", format="svg", metadata={"Date": None, "Creator": None})


def choices(axes: Axes, report: EvaluationReport) -> None:
    """The headline score of each combination with its interval; the served one stands out."""
    shown = report.ablation[::-1]  # the best on top
    for place, row in enumerate(shown):
        colour = BLUE if row["model"] == report.model else GREY
        axes.plot(row["ci95"], [place, place], "|-", color=colour)
        axes.plot(row["test"], place, "o", color=colour)
    axes.set_yticks(range(len(shown)), [row["model"] + " (served)" * (row["model"] == report.model) for row in shown])
    axes.set(xlim=(0, 1), xlabel=f"{report.title(report.headline)} on the test questions, with 95% intervals")


def confidence(axes: Axes, splits: dict[str, Sequence[Case]], threshold: float) -> None:
    """A dot for each question, answerable and unanswerable apart; those left of the line are refused."""
    random, names = np.random.default_rng(0), []
    for place, (split, kind) in enumerate((split, kind) for split in ("test", "dev") for kind in (False, True)):
        values = [case.answer.confidence for case in splits[split] if case.question.answerable == kind]
        heights = place + random.uniform(-0.3, 0.3, len(values))
        axes.plot(values, heights, "o", color=BLUE if kind else ORANGE, markersize=3, alpha=0.6)
        names.append(f"{split}, {'answerable' if kind else 'unanswerable'}")
    axes.axvline(threshold, color="black", linestyle="--", linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlim=(0, 1), xlabel=f"confidence; left of the dashed line, below {threshold:g}, a question is refused")

"""The figures of the documents, as SVG. The same numbers give the same bytes."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..reporting.sections import FIGURES
from .cases import Case
from .scoring import EvaluationReport

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

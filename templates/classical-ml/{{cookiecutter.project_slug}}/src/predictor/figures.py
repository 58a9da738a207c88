"""The figures in the documents, as SVG. The same numbers give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from . import artifacts, data, plots
from .measurement import Answers
from .plots import BLUE, GREY, Drawn
from .record import Importance
from .reporting.metrics import REPORTS
from .serving.model import Model
from .settings import Settings

FOLDER = REPORTS / "figures"
SHOWN = 12  # inputs in the importance figure

STYLE: Any = {
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.size": 10,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "path",  # looks the same whatever fonts are installed
    "svg.hashsalt": "predictor",  # the same identifiers in every run
}


def draw(
    importances: Sequence[Importance],
    served: Answers,
    dataset: data.Dataset,
    model: Model,
    settings: Settings,
) -> list[Path]:
    """Draw all figures into `reports/figures/`."""
    drawn = Drawn(
        served=served,
        test=dataset.test,
        outcomes=data.outcome(dataset.test, settings),
        earlier_predicted=artifacts.score(model, dataset.validation),
        earlier_outcomes=data.outcome(dataset.validation, settings),
        settings=settings,
    )
    with mpl.rc_context(STYLE):
        figures = plots.draw(drawn) | {"importance": draw_importance(importances, settings)}
        return [save(figure, FOLDER / f"{name}.svg") for name, figure in figures.items()]


def draw_importance(importances: Sequence[Importance], settings: Settings) -> Figure:
    """Bars with 95% intervals, the most important input on top."""
    shown = list(importances)[:SHOWN][::-1]
    figure = Figure(figsize=(7.2, 0.9 + 0.32 * len(shown)))
    axes = figure.subplots()
    axes.barh([one.feature for one in shown], [one.loss for one in shown], color=BLUE, height=0.6)
    axes.errorbar(
        [one.loss for one in shown],
        range(len(shown)),
        xerr=[one.ci95[1] - one.loss for one in shown],
        fmt="none",
        ecolor="black",
        elinewidth=1,
        capsize=3,
    )
    axes.axvline(0, color=GREY, linewidth=1)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"how much worse {settings.training.headline} gets by shuffling the input (whiskers: 95%)")
    return figure


def save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    return path

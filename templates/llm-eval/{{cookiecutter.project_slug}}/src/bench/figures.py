"""The figures of the documents and of the report, as SVG. The same numbers give the same bytes."""

import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from .leaderboards import Board, Entry, EvaluationReport
from .reporting.metrics import Metric
from .reporting.sections import FIGURES

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"  # of Okabe and Ito: colour-blind readers can tell them apart
COLOURS = {"better": BLUE, "worse": ORANGE, "undecided": GREY}
LONGEST = 40  # letters of a name: more would leave no room
STYLE: Any = {
    "figure.constrained_layout.use": True,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": "#e4e4e4",
    "text.parse_math": False,  # a system may have a dollar sign in its name
    "svg.fonttype": "path",  # looks the same whatever fonts are installed
    "svg.hashsalt": "bench",  # the same identifiers in every run
}


def draw(report: EvaluationReport) -> None:
    """Draw both figures of every board into `reports/figures/`."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for board in report.boards:
            for name, figure in zip(captions(board), (pareto(board), forest(board)), strict=True):
                figure.savefig(FIGURES / f"{name}.svg", metadata={"Date": None, "Creator": None})


def captions(board: Board) -> dict[str, str]:
    """What each figure shows, by the name of its file, which is safe in an address whatever the board is called."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", board.name)
    return {
        f"pareto-{name}": f"{board.label} with its 95% interval against the median time per case. Blue systems are on "
        "the Pareto front: no other is both as fast and as good.",
        f"forest-{name}": f"The difference in {board.label} to the baseline, with its 95% interval. Filled points are "
        "significant after Holm's correction for all comparisons of the report, blue ones better, orange ones worse. "
        "In the grey band, differences would often stay unseen.",
    }


def ranked(board: Board) -> list[tuple[Entry, Metric]]:
    """The systems with their headline metric, the best one first."""
    found = [(entry, metric) for entry in board.entries if (metric := board.value(entry.system))]
    return sorted(found, key=lambda one: one[1].value, reverse=True)


def front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which of the points (cost, quality) are on the Pareto front: no other is at least as good in both and differs."""
    return [not any(c <= one[0] and q >= one[1] and (c, q) != one for c, q in points) for one in points]


def pareto(board: Board) -> Figure:
    """Quality against time, the better the higher. The names are a list at the right, so that none hides another."""
    rows = ranked(board)[::-1]
    costs = [max(entry.p50_ms, 0.001) for entry, _ in rows]  # a logarithmic axis has no place for 0
    best = front([(cost, metric.value) for cost, (_, metric) in zip(costs, rows, strict=True)])
    figure = Figure(figsize=(7.6, max(3.0, 0.8 + 0.2 * len(rows))))
    axes = figure.subplots()
    for place, (cost, (entry, metric), on_front) in enumerate(zip(costs, rows, best, strict=True)):
        colour = BLUE if on_front else GREY
        axes.plot([cost, cost], metric.ci95 or [metric.value] * 2, color=colour, alpha=0.6)
        axes.plot(cost, metric.value, "o", color=colour, mec="white")
        beside: Any = {"xytext": (1.04, (place + 0.5) / len(rows)), "textcoords": "axes fraction", "va": "center"}
        leader = {"arrowstyle": "-", "color": colour, "alpha": 0.4, "relpos": (0, 0.5)}
        axes.annotate(entry.system[:LONGEST], (cost, metric.value), color=colour, arrowprops=leader, **beside)
    axes.set_xscale("log", subs=(2, 5))
    axes.xaxis.set_major_formatter("{x:,.10g}")
    axes.xaxis.set_minor_formatter("{x:,.10g}" if max(costs) < 100 * min(costs) else "")
    axes.set(xlabel="median time per case (ms)", ylabel=board.label)
    return figure


def forest(board: Board) -> Figure:
    """The differences to the baselines, the better the farther to the right, over bands of what stays unseen."""
    found = board.comparisons
    figure = Figure(figsize=(7.6, 1 + 0.45 * len(found)))
    axes = figure.subplots()
    axes.use_sticky_edges = False  # room at the ends of the bands
    for place, one in enumerate(found):
        colour, reach = COLOURS[one.verdict], one.detectable or 0
        axes.barh(place, 2 * reach, left=-reach, color="#ececec")
        axes.plot(one.ci95, [place, place], color=colour)
        axes.plot(one.difference, place, "o", color=colour, mfc="white" if one.verdict == "undecided" else colour)
    axes.axvline(0, color="black", linewidth=1)
    axes.set_yticks(range(len(found)), [f"{one.system[:LONGEST]}\nvs. {one.baseline[:LONGEST]}" for one in found])
    axes.set_xlabel(f"difference in {board.label} (← worse, better →)")
    axes.yaxis.set_inverted(True)
    return figure

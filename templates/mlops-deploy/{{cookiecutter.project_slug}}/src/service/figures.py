"""The figures in the documents, as SVG. The same numbers give the same bytes."""

import matplotlib as mpl
import pandas as pd
from cycler import cycler
from matplotlib.figure import Figure

from .monitoring.psi import USUAL_BOUND
from .monitoring.questions import Row
from .reporting.drawing import BLUE, GREY, ORANGE, save, styled

WIDTH = 5.6  # inches: on a phone, too, the letters can be read
GREEN = "#009E73"  # of Okabe and Ito, too
VERSIONS = cycler(color=[BLUE, GREEN, ORANGE, "#CC79A7", "#E69F00", GREY])
CAPTIONS = {
    "timeline": "How accurate the champion is: calibration gap and Brier score on the outcomes of the last days, as "
    "they became known. The numbered lines are the releases and alarms of the drill",
    "canary": "The share of the answers of each day that came from each version",
    "calibration": "Predicted and observed: the closer the points to the diagonal, the better",
    "psi": "Drift of the inputs: the largest PSI of an input, week by week, against its usual bound",
}


@styled
def draw(drill: Row, history: Row, least: int) -> None:
    """Draw all figures; days and versions with fewer than `least` outcomes are left out."""
    mpl.rcParams.update({"axes.prop_cycle": VERSIONS, "date.converter": "concise"})  # until `styled` ends
    save("timeline", timeline(history["history"], drill["events"], least))
    save("canary", canary(history["answers"]))
    save("calibration", calibration(history["calibration"], least))
    save("psi", psi(history["psi"]))


def timeline(rows: list[Row], events: list[Row], least: int) -> Figure:
    """The calibration gap of each day with its bound, the Brier score, and what happened when."""
    figure = Figure(figsize=(WIDTH, 3))
    upper, lower = figure.subplots(2, 1, sharex=True)
    table = pd.DataFrame([row for row in rows if row["n"] >= least])
    days = pd.to_datetime(table["day"])
    upper.plot(days, table["calibration_gap"], ".")
    upper.axhline(0, color=GREY, linewidth=0.8)
    bound = table["bound"].astype(float).where(table["version"] == table["version"].shift())  # a gap between versions
    upper.plot(days, bound, color=ORANGE, linestyle="--", label="bound of the version")
    upper.plot(days, -bound, color=ORANGE, linestyle="--")
    lower.plot(days, table["brier"], ".")
    for number, event in enumerate(events, 1):
        day, colour = pd.Timestamp(event["day"]), GREEN if event["event"] == "promoted" else ORANGE
        for axes in (upper, lower):
            axes.axvline(day, color=colour, linewidth=1)
        upper.annotate(
            str(number),
            (day, 1.02 + 0.12 * (number % 2)),  # at two heights in turn, so that neighbours do not cover each other
            xycoords=upper.get_xaxis_transform(),
            color=colour,
            ha="center",
            annotation_clip=False,
        )
    upper.set(ylabel="calibration gap")
    upper.legend(loc="lower right")
    lower.set(ylabel="Brier score", ylim=(0, None))
    return figure


def canary(rows: list[Row]) -> Figure:
    """The share of each day's answers that came from each version."""
    counts = pd.DataFrame(rows).pivot_table(index="day", columns="version", values="n", fill_value=0)
    shares = counts.div(counts.sum(axis=1), axis=0)
    figure = Figure(figsize=(WIDTH, 2.4))
    axes = figure.subplots()
    axes.stackplot(pd.to_datetime(shares.index), shares.to_numpy().T, labels=[*shares.columns], step="mid")
    axes.set(ylabel="share of the answers", ylim=(0, 1))
    axes.legend(title="version", loc="lower center", bbox_to_anchor=(0.5, 1), ncols=8)
    return figure


def calibration(groups: dict[str, list[Row]], least: int) -> Figure:
    """Mean score and share of positive outcomes in ten groups, for each version."""
    figure = Figure(figsize=(WIDTH, 4))
    axes = figure.subplots()
    axes.axline((0, 0), slope=1, color=GREY, linestyle="--", linewidth=1)
    for place, (version, rows) in enumerate(groups.items()):  # the colours of `canary`, which shows all versions
        table = pd.DataFrame(rows, columns=["mean_score", "mean_outcome", "n"])
        if table["n"].sum() >= least:
            points = (table["mean_score"], table["mean_outcome"])
            axes.plot(*points, "o-", color=f"C{place}", markersize=3, label=f"version {version}")
    axes.set(xlabel="predicted probability", ylabel="share observed", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    return figure


def psi(rows: list[Row]) -> Figure:
    """The largest PSI of each week, in the reference weeks and later."""
    figure = Figure(figsize=(WIDTH, 2.4))
    axes = figure.subplots()
    table = pd.DataFrame(rows, columns=["week", "psi", "input", "reference"])
    for reference, weeks in table.groupby("reference", sort=False):
        axes.plot(
            pd.to_datetime(weeks["week"]),
            weeks["psi"],
            "o",
            markersize=3.5,
            label="reference weeks" if reference else "later weeks",
        )
    axes.axhline(USUAL_BOUND, color=ORANGE, linestyle="--", label="usual bound")
    axes.set(ylabel="largest PSI of an input", ylim=(0, None))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return figure

"""Figures for predicted probabilities: ranking, calibration, cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, roc_curve

from .bootstrap import Array
from .measurement import Answers
from .settings import Settings
from .task import cost_curve

# The colours of Okabe and Ito, which colour-blind readers can also tell apart.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"

BINS = 10
POINTS = 400  # of a curve


@dataclass(frozen=True)
class Drawn:
    """What the figures show: the test rows, and the validation rows on which the threshold was chosen."""

    served: Answers
    test: pd.DataFrame
    outcomes: Array
    earlier_predicted: Array
    earlier_outcomes: Array
    settings: Settings


def draw(drawn: Drawn) -> dict[str, Figure]:
    return {"ranking": ranking(drawn), "calibration": calibration(drawn), "cost": cost(drawn)}


def ranking(drawn: Drawn) -> Figure:
    figure = Figure(figsize=(7.6, 3.5))
    left, right = figure.subplots(1, 2)
    rate, score = drawn.outcomes.mean(), drawn.served.scores
    precision, recall, _ = precision_recall_curve(drawn.outcomes, drawn.served.predicted)
    _curve(left, recall, precision)
    left.axhline(rate, color=GREY, linestyle="--", linewidth=1, label=f"no information ({rate:.3f})")
    area = score["average_precision"].one(drawn.outcomes, drawn.served.predicted)
    left.set(xlabel="recall", ylabel="precision", title=f"Average precision {area:.3f}")
    wrong, right_rate, _ = roc_curve(drawn.outcomes, drawn.served.predicted)
    _curve(right, wrong, right_rate)
    right.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="no information (0.500)")
    area = score["roc_auc"].one(drawn.outcomes, drawn.served.predicted)
    right.set(xlabel="false positive rate", ylabel="true positive rate", title=f"ROC AUC {area:.3f}")
    for axes in (left, right):
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
    left.legend(loc="upper right")
    right.legend(loc="lower right")
    return figure


def calibration(drawn: Drawn) -> Figure:
    """Ten bins with Wilson's 95% intervals; below them, the distribution of the predictions."""
    figure = Figure(figsize=(5.6, 5.0))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    predicted, observed, low, high = reliability(drawn.outcomes, drawn.served.predicted)
    limit = min(1.0, 1.08 * max(predicted.max(), high.max()))
    upper.plot([0, limit], [0, limit], color=GREY, linestyle="--", linewidth=1, label="perfectly calibrated")
    upper.errorbar(
        predicted,
        observed,
        [observed - low, high - observed],
        fmt="o",
        color=BLUE,
        capsize=3,
        label=drawn.served.name,
    )
    upper.set(xlim=(0, limit), ylim=(0, limit), ylabel="observed rate (95% interval)")
    upper.legend(loc="upper left")
    lower.hist(drawn.served.predicted, bins=np.linspace(0, limit, 41).tolist(), color=BLUE)
    lower.set(xlabel=f"predicted probability of {drawn.settings.problem.target}", ylabel="rows", yscale="log")
    return figure


def reliability(outcomes: Array, predicted: Array) -> tuple[Array, Array, Array, Array]:
    """Mean prediction, observed rate and its Wilson interval, in bins with equally many expected positives."""
    order = np.argsort(predicted, kind="stable")
    expected = np.cumsum(predicted[order])
    edges = np.searchsorted(expected, expected[-1] * np.arange(1, BINS) / BINS)
    groups = [group for group in np.split(order, edges) if len(group)]
    means = np.array([predicted[group].mean() for group in groups])
    rates = np.array([outcomes[group].mean() for group in groups])
    counts, z = np.array([len(group) for group in groups]), 1.96
    centre = (rates + z**2 / (2 * counts)) / (1 + z**2 / counts)
    half = z * np.sqrt(rates * (1 - rates) / counts + z**2 / (4 * counts**2)) / (1 + z**2 / counts)
    return means, rates, np.minimum(rates, centre - half), np.maximum(rates, centre + half)


def cost(drawn: Drawn) -> Figure:
    figure = Figure(figsize=(7.2, 3.6))
    axes = figure.subplots()
    problem, prices, threshold = drawn.settings.problem, drawn.settings.cost, drawn.served.outcome.threshold
    for outcomes, predicted, color, label in (
        (drawn.earlier_outcomes, drawn.earlier_predicted, BLUE, "validation rows (chose the threshold)"),
        (drawn.outcomes, drawn.served.predicted, ORANGE, "test rows"),
    ):
        thresholds, expected = cost_curve(outcomes, predicted, prices)
        kept = _thin(thresholds, expected)
        axes.plot(thresholds[kept], expected[kept], color=color, linewidth=1.6, label=label)
    rate = drawn.outcomes.mean()
    for level, style, label in (
        (prices.false_negative * rate, ":", "act on nobody"),
        (prices.false_positive * (1 - rate), "-.", "act on everybody"),
    ):
        axes.axhline(level, color=GREY, linestyle=style, linewidth=1.2, label=f"{label} (test rows)")
    axes.axvline(threshold, color="black", linestyle="--", linewidth=1, label=f"chosen threshold {threshold:.3f}")
    axes.set(xlabel="threshold", ylabel=f"{prices.currency} for each {problem.entity}", xlim=(0, 1), ylim=(0, None))
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _curve(axes: Axes, x: Array, y: Array) -> None:
    kept = _thin(x, y)
    axes.plot(x[kept], y[kept], color=BLUE, linewidth=1.8)


def _thin(x: Array, y: Array) -> NDArray[np.intp]:
    """Positions of a few points, evenly spaced along the drawn curve."""
    steps = np.hypot(np.diff(x) / np.ptp(x), np.diff(y) / max(np.ptp(y), 1e-12))
    length = np.r_[0.0, np.cumsum(steps)]
    return np.unique(np.searchsorted(length, np.linspace(0, length[-1], POINTS)).clip(max=len(x) - 1))

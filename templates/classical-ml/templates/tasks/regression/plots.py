"""Figures for forecasts: course over time, residuals, interval, cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .bootstrap import Array
from .measurement import Answers
from .settings import Settings
from .task import conformal_quantile, cost_curve

# The colours of Okabe and Ito, which colour-blind readers can also tell apart.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"

DAYS = 90  # at the end of the test rows, so that single days can be seen


@dataclass(frozen=True)
class Drawn:
    """What the figures show: the test rows, and the validation rows from which the interval comes."""

    served: Answers
    test: pd.DataFrame
    outcomes: Array
    earlier_predicted: Array
    earlier_outcomes: Array
    settings: Settings


def draw(drawn: Drawn) -> dict[str, Figure]:
    return {
        "forecast": forecast(drawn),
        "residuals": residuals(drawn),
        "calibration": calibration(drawn),
        "cost": cost(drawn),
    }


def forecast(drawn: Drawn) -> Figure:
    figure = Figure(figsize=(8.4, 3.4))
    axes = figure.subplots()
    problem, predicted = drawn.settings.problem, drawn.served.predicted[-DAYS:]
    when = drawn.test[drawn.settings.data.time].to_numpy()[-DAYS:] if drawn.settings.data.time else np.arange(DAYS)
    axes.fill_between(
        when,
        predicted - drawn.served.outcome.below,
        predicted + drawn.served.outcome.above,
        color=BLUE,
        alpha=0.2,
        linewidth=0,
        label=f"{drawn.served.outcome.coverage:.0%} interval",
    )
    axes.plot(when, predicted, color=BLUE, linewidth=1.5, label=f"forecast ({drawn.served.name})")
    axes.plot(when, drawn.outcomes[-DAYS:], "o", color=ORANGE, markersize=3.2, label="outcome")
    axes.set(ylabel=problem.unit, title=f"The last {len(when)} test rows")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return figure


def residuals(drawn: Drawn) -> Figure:
    figure = Figure(figsize=(7.8, 3.5))
    left, right = figure.subplots(1, 2)
    unit, errors = drawn.settings.problem.unit, drawn.served.predicted - drawn.outcomes
    both = np.r_[drawn.outcomes, drawn.served.predicted]
    limits = (float(both.min()), float(both.max()))
    left.scatter(drawn.served.predicted, drawn.outcomes, s=7, color=BLUE, alpha=0.35, linewidths=0)
    left.plot(limits, limits, color=GREY, linestyle="--", linewidth=1)
    left.set(xlabel=f"forecast ({unit})", ylabel=f"outcome ({unit})", title="Forecast against outcome")
    right.hist(errors, bins=50, color=BLUE)
    right.axvline(0, color="black", linewidth=1)
    right.axvline(errors.mean(), color=ORANGE, linestyle="--", label=f"mean error {errors.mean():+.2f}")
    right.set(xlabel=f"forecast minus outcome ({unit})", ylabel="rows", title="Errors")
    right.legend()
    return figure


def calibration(drawn: Drawn) -> Figure:
    """The nominal coverage of intervals from the validation rows, and the share of test outcomes inside them."""
    figure = Figure(figsize=(4.8, 4.4))
    axes = figure.subplots()
    nominal = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
    errors = drawn.earlier_outcomes - drawn.earlier_predicted
    missed = drawn.outcomes - drawn.served.predicted
    held = [
        np.mean((missed <= conformal_quantile(errors, 1 - tail)) & (-missed <= conformal_quantile(-errors, 1 - tail)))
        for tail in (1 - nominal) / 2
    ]
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1, label="perfectly calibrated")
    axes.plot(nominal, held, "o-", color=BLUE, label=drawn.served.name)
    axes.set(xlabel="nominal coverage", ylabel="share of test outcomes inside", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    return figure


def cost(drawn: Drawn) -> Figure:
    figure = Figure(figsize=(7.2, 3.4))
    axes = figure.subplots()
    problem, prices, margin = drawn.settings.problem, drawn.settings.cost, drawn.served.outcome.margin
    for outcomes, predicted, color, label in (
        (drawn.earlier_outcomes, drawn.earlier_predicted, BLUE, "validation rows (chose the margin)"),
        (drawn.outcomes, drawn.served.predicted, ORANGE, "test rows"),
    ):
        axes.plot(*cost_curve(outcomes, predicted, prices), color=color, linewidth=1.6, label=label)
    axes.axvline(margin, color="black", linestyle="--", linewidth=1, label=f"chosen margin {margin:+.2f}")
    axes.set(
        xlabel=f"planning margin ({problem.unit})",
        ylabel=f"{prices.currency} for each {problem.entity}",
        ylim=(0, None),
    )
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure

"""The figures in the documents, as SVG. The same numbers give the same bytes."""

import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import PredictionErrorDisplay

from .bootstrap import Array
from .outcome import Outcome
from .reporting.drawing import BLUE, ORANGE, save, styled
from .scoring import Predictions
from .settings import Settings

LAST = 90  # test rows in the figure of forecasts, so that single ones can be seen


@styled
def draw(served: Predictions, test: pd.DataFrame, y: Array, settings: Settings) -> None:
    """Draw the figures of docs/evaluation.md into `reports/figures/`."""
    if settings.data.time:
        when = test[settings.data.time].to_numpy()
        save("forecast", forecast(served, served.outcome, y, when, settings))
    save("residuals", residuals(served, y))


def forecast(served: Predictions, outcome: Outcome, y: Array, when: Array, settings: Settings) -> Figure:
    figure = Figure(figsize=(8.4, 3.4))
    axes = figure.subplots()
    when, predicted = when[-LAST:], served.predicted[-LAST:]
    low, high = predicted - outcome.below, predicted + outcome.above
    axes.fill_between(when, low, high, color=BLUE, alpha=0.2, linewidth=0, label=f"{outcome.coverage:.0%} interval")
    axes.plot(when, predicted, color=BLUE, linewidth=1.5, label=f"forecast ({served.name})")
    axes.plot(when, y[-LAST:], "o", color=ORANGE, markersize=3.2, label="outcome")
    axes.set(ylabel=settings.problem.unit or settings.problem.target, title=f"The last {len(when)} test rows")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=3)
    return figure


def residuals(served: Predictions, y: Array) -> Figure:
    figure = Figure(figsize=(7.8, 3.5))
    style = {"color": BLUE, "alpha": 0.35, "s": 8}
    for axes, kind in zip(figure.subplots(1, 2), ("actual_vs_predicted", "residual_vs_predicted"), strict=True):
        PredictionErrorDisplay.from_predictions(
            y, served.predicted, kind=kind, ax=axes, random_state=0, scatter_kwargs=style
        )
    return figure

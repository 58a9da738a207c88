"""The figures in the documents, as SVG. The same numbers give the same bytes."""

import pandas as pd
from matplotlib.figure import Figure
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import PrecisionRecallDisplay, RocCurveDisplay

from .bootstrap import Array
from .reporting.drawing import save, styled
from .scoring import Predictions
from .settings import Settings


@styled
def draw(served: Predictions, _: pd.DataFrame, y: Array, settings: Settings) -> None:
    """Draw the figures of docs/evaluation.md into `reports/figures/`."""
    save("calibration", calibration(served, y, settings))
    save("ranking", ranking(served, y))


def calibration(served: Predictions, y: Array, settings: Settings) -> Figure:
    figure = Figure(figsize=(5.6, 3.5))
    axes = figure.subplots()
    CalibrationDisplay.from_predictions(y, served.predicted, n_bins=10, strategy="quantile", ax=axes, name=served.name)
    target = f"{settings.problem.target} = {settings.problem.positive}"
    axes.set(xlabel=f"predicted probability of {target}", ylabel="share observed (test rows)")
    return figure


def ranking(served: Predictions, y: Array) -> Figure:
    figure = Figure(figsize=(7.6, 3.5))
    for axes, display, (below, beside) in zip(
        figure.subplots(1, 2),
        (PrecisionRecallDisplay, RocCurveDisplay),
        (("recall", "precision"), ("false positive rate", "true positive rate")),
        strict=True,
    ):
        display.from_predictions(y, served.predicted, ax=axes, plot_chance_level=True, name=served.name)
        axes.set(xlabel=below, ylabel=beside)
    return figure

"""The figures in the documents, as SVG. The same numbers give the same bytes."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import ConfusionMatrixDisplay

from .bootstrap import Array
from .reporting.drawing import save, styled
from .scoring import Predictions
from .settings import Settings


@styled
def draw(served: Predictions, _: pd.DataFrame, y: Array, settings: Settings) -> None:
    """Draw the figures of docs/evaluation.md into `reports/figures/`."""
    save("confusion", confusion(served, y, settings))
    save("calibration", calibration(served, y))


def confusion(served: Predictions, y: Array, settings: Settings) -> Figure:
    labels = settings.problem.classes
    size = 2.5 + 0.45 * len(labels)
    figure = Figure(figsize=(size, size))
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y,
        served.outcome.said(served.predicted),
        labels=np.arange(len(labels)),
        display_labels=labels,
        xticks_rotation="vertical",
        cmap="Blues",
        colorbar=False,
        ax=axes,
    )
    axes.set(xlabel=f"{settings.problem.target} as predicted", ylabel=f"{settings.problem.target} (test rows)")
    axes.grid(visible=False)
    return figure


def calibration(served: Predictions, y: Array) -> Figure:
    figure = Figure(figsize=(5.6, 3.5))
    axes = figure.subplots()
    right = served.predicted.argmax(axis=1) == y
    CalibrationDisplay.from_predictions(
        right, served.predicted.max(axis=1), n_bins=10, strategy="quantile", ax=axes, name=served.name
    )
    axes.set(xlabel="predicted probability of the likeliest class", ylabel="share that has it (test rows)")
    return figure

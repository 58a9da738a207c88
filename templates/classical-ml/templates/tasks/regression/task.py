"""Regression: the parts of training that depend on the kind of target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline

from . import booster
from .bootstrap import Array
from .manifest import Quantity
from .scores import costs
from .settings import Cost, Settings

NAME = "tabular-regression"
LINEAR = "ridge regression"
LINEAR_SPACE = {"alpha": [0.1, 1.0, 10.0, 100.0]}
ONNX_OUTPUT = "variable"
ONNX_OPTIONS: dict[str, Any] = {}
TRUSTED_TYPES = ()
SLICE_SCORES = ("rmse", "coverage")  # beside the headline

ShuffledFolds = KFold


def linear(seed: int) -> BaseEstimator:
    return Ridge(random_state=seed)


def boosting(seed: int) -> BaseEstimator:
    return booster.regressor(seed)


def predict(pipeline: Pipeline, table: pd.DataFrame) -> Array:
    """The forecast."""
    return np.asarray(pipeline.predict(table), dtype=np.float64).ravel()


def baselines(train: Array, rows: pd.DataFrame, settings: Settings) -> dict[str, Array]:
    """Forecasts that need no model: the mean of the training rows, and the settings' naive column."""
    found = {"mean": np.full(len(rows), train.mean())}
    if settings.training.naive:
        found["seasonal naive"] = rows[settings.training.naive].to_numpy(dtype=np.float64)
    return found


def calibrate(pipeline: Pipeline, table: pd.DataFrame, outcomes: Array) -> Pipeline:  # noqa: ARG001
    """A forecast needs no calibration; `decide` computes its interval."""
    return pipeline


def decide(outcomes: Array, predicted: Array, settings: Settings) -> Quantity:
    """The split-conformal interval and the planning margin, from these rows, which must not be test rows.

    Half of the outcomes outside the interval are on each side (Lei et al. 2018). The margin is added to a forecast
    before planning by it: the offset with the lowest cost on these rows.
    """
    tail = (1 - settings.training.interval_coverage) / 2
    margins, expected = cost_curve(outcomes, predicted, settings.cost)
    return Quantity(
        unit=settings.problem.unit,
        coverage=settings.training.interval_coverage,
        below=max(0.0, conformal_quantile(predicted - outcomes, 1 - tail)),
        above=max(0.0, conformal_quantile(outcomes - predicted, 1 - tail)),
        margin=float(margins[expected.argmin()]),
    )


def conformal_quantile(errors: Array, level: float) -> float:
    """A bound that the next error stays below with a probability of at least `level`, if errors are exchangeable.

    If there are too few rows for that level, it is the largest error.
    """
    rank = min(len(errors), int(np.ceil((len(errors) + 1) * level)))
    return float(np.sort(errors)[rank - 1])


def cost_curve(outcomes: Array, predicted: Array, cost: Cost) -> tuple[Array, Array]:
    """Planning margins between the 1st and 99th percentile of the errors, and the mean cost per row at each."""
    low, high = np.quantile(outcomes - predicted, [0.01, 0.99])
    margins = np.linspace(low, high, 199)
    return margins, np.array([costs(outcomes, predicted + margin, cost).mean() for margin in margins])


def verdicts(predicted: Array, outcome: Quantity) -> dict[str, Array]:
    """The interval and the planned amount for each forecast, as further columns of predictions.csv."""
    return {
        "low": predicted - outcome.below,
        "high": predicted + outcome.above,
        "planned": predicted + outcome.margin,
    }


def badness(outcomes: Array, predicted: Array, outcome: Quantity, settings: Settings) -> Array:  # noqa: ARG001
    """How bad each answer was: the absolute error."""
    return np.abs(outcomes - predicted)


def summarise_errors(outcomes: Array, predicted: Array, outcome: Quantity) -> dict[str, float]:
    """The size and direction of the errors on the test rows, and how many outcomes were outside the interval."""
    errors = predicted - outcomes
    return {
        "mean error": float(f"{errors.mean():.6g}"),
        "median absolute error": float(f"{np.median(np.abs(errors)):.6g}"),
        "largest absolute error": float(f"{np.abs(errors).max():.6g}"),
        "below the interval": int(np.sum(outcomes < predicted - outcome.below)),
        "above the interval": int(np.sum(outcomes > predicted + outcome.above)),
    }


def register_onnx() -> None:
    booster.register_onnx()

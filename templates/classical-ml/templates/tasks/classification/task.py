"""Binary classification: the parts of training that depend on the kind of target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline

from . import booster, calibration
from .bootstrap import Array
from .manifest import Probability
from .scores import costs
from .settings import Cost, Settings

NAME = "tabular-classification"
LINEAR = "logistic regression"
LINEAR_SPACE = {"C": [0.1, 1.0, 10.0, 100.0]}
ONNX_OUTPUT = "probabilities"
ONNX_OPTIONS: dict[str, Any] = {"zipmap": False}
TRUSTED_TYPES = (f"{calibration.__name__}.CalibratedClassifier",)
SLICE_SCORES = ("precision", "recall", "brier")  # beside the headline

ShuffledFolds = StratifiedKFold


def linear(seed: int) -> BaseEstimator:
    return LogisticRegression(max_iter=1000, random_state=seed)


def boosting(seed: int) -> BaseEstimator:
    return booster.classifier(seed)


def predict(pipeline: Pipeline, table: pd.DataFrame) -> Array:
    """Probability of the positive class."""
    return np.asarray(pipeline.predict_proba(table)[:, 1], dtype=np.float64)


def baselines(train: Array, rows: pd.DataFrame, settings: Settings) -> dict[str, Array]:  # noqa: ARG001
    """Predictions that need no model: every row gets the average rate of the training rows."""
    return {"average rate": np.full(len(rows), train.mean())}


def calibrate(pipeline: Pipeline, table: pd.DataFrame, outcomes: Array) -> Pipeline:
    """Add a sigmoid to the last step of the fitted pipeline; it is fitted on these rows, which are new to the model."""
    *steps, (name, model) = pipeline.steps
    calibrated = calibration.CalibratedClassifier(model).fit(pipeline[:-1].transform(table), outcomes)
    return Pipeline([*steps, (name, calibrated)])


def decide(outcomes: Array, predicted: Array, settings: Settings) -> Probability:
    """The threshold with the lowest cost on these rows, which must not be test rows."""
    thresholds, expected = cost_curve(outcomes, predicted, settings.cost)
    return Probability(
        positive=settings.problem.positive or "", threshold=round(float(thresholds[expected.argmin()]), 6)
    )


def cost_curve(outcomes: Array, predicted: Array, cost: Cost) -> tuple[Array, Array]:
    """Thresholds (0, half-way between neighbouring predictions, and 1) and the mean cost per row at each."""
    levels = np.unique(predicted)
    thresholds = np.r_[0.0, (levels[1:] + levels[:-1]) / 2, 1.0]
    order = np.argsort(predicted, kind="stable")
    passed_over = np.searchsorted(predicted[order], thresholds, side="left")
    missed = np.r_[0.0, np.cumsum(outcomes[order])][passed_over]
    spared = passed_over - missed
    false_alarms = (len(outcomes) - outcomes.sum()) - spared
    total = cost.false_positive * false_alarms + cost.false_negative * missed
    return thresholds, total / len(outcomes)


def verdicts(predicted: Array, outcome: Probability) -> dict[str, Array]:
    """The decision on each prediction, as a further column of predictions.csv."""
    return {"acts": (predicted >= outcome.threshold).astype(int)}


def badness(outcomes: Array, predicted: Array, outcome: Probability, settings: Settings) -> Array:
    """How bad each answer was: first by its cost, then by how far the probability was off."""
    paid = costs(outcomes, predicted, outcome.threshold, settings.cost)
    return paid + np.abs(outcomes - predicted)


def summarise_errors(outcomes: Array, predicted: Array, outcome: Probability) -> dict[str, float]:
    """Counts of right and wrong decisions on the test rows."""
    acts = predicted >= outcome.threshold
    return {
        "true positives": int(np.sum(acts & (outcomes == 1))),
        "false positives": int(np.sum(acts & (outcomes == 0))),
        "false negatives": int(np.sum(~acts & (outcomes == 1))),
        "true negatives": int(np.sum(~acts & (outcomes == 0))),
    }


def register_onnx() -> None:
    booster.register_onnx()
    calibration.register_onnx()

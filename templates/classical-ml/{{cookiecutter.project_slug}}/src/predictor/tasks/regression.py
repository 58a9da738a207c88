"""A number: a forecast, its interval, and the amount to plan for."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from .. import booster
from ..manifest import Array, Mask, Quantity
from ..reporting.markdown import number
from ..settings import Settings
from .base import Score, share


class Regression:
    """Ridge regression against boosting; the better one gets an interval."""

    name = "tabular-regression"
    linear_name = "ridge regression"
    linear_space = {"alpha": [0.1, 1.0, 10.0, 100.0]}  # noqa: RUF012
    folds = GroupKFold
    block = 14  # in time, the errors of neighbouring rows resemble each other
    slice_scores = ("coverage",)
    unsaid = ""  # a rule says all of its answers
    scores = {  # noqa: RUF012
        "mae": Score("MAE", False, mean_absolute_error, "neg_mean_absolute_error"),
        "rmse": Score("RMSE", False, root_mean_squared_error, "neg_root_mean_squared_error"),
        "r2": Score("R²", True, r2_score, "r2"),
    }

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.headline = self.scores.get(settings.headline, self.scores["mae"])

    def linear(self, seed: int) -> BaseEstimator:
        return Ridge(random_state=seed)

    def boosting(self, seed: int) -> BaseEstimator:
        return booster.regressor(seed)

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        return np.asarray(pipeline.predict(table), dtype=np.float64).ravel()

    def decide(self, outcomes: Array, raw: Array) -> Quantity:
        """The split-conformal interval, with half of the misses on each side (Lei et al. 2018), and the margin.

        The margin is what to add to a forecast before planning by it: the quantile of the errors that the costs of
        too little and too much ask for (the newsvendor's rule, Arrow, Harris and Marschak 1951).
        """
        settings, errors = self.settings, outcomes - raw
        tail = (1 - settings.training.interval_coverage) / 2
        cost = settings.cost
        share = cost.false_negative / (cost.false_negative + cost.false_positive or 1)
        return Quantity(
            unit=settings.problem.unit,
            coverage=settings.training.interval_coverage,
            below=max(0.0, conformal_quantile(-errors, 1 - tail)),
            above=max(0.0, conformal_quantile(errors, 1 - tail)),
            margin=float(np.quantile(errors, share)),
        )

    def average(self, outcomes: Array) -> float:
        return float(outcomes.mean())

    def leaf_sums(self, outcomes: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed."""
        errors = outcomes - outcomes.mean()
        return np.column_stack([np.ones_like(errors), errors, errors**2])

    def leaf_loss(self, leaf: Array) -> Array:
        """The squared errors of the average of these rows."""
        return np.asarray(leaf[..., 2] - leaf[..., 1] ** 2 / np.maximum(leaf[..., 0], 1))

    def say(self, predicted: float, _: Quantity) -> str:
        """The forecast in words."""
        return f"{number(predicted)} {self.settings.problem.unit}".strip()

    def baselines(self, train: Array, rows: pd.DataFrame) -> dict[str, Array]:
        """Forecasts that need no model: the average of the training rows, and the settings' naive column."""
        found = {"the average": np.full(len(rows), train.mean())}
        if self.settings.training.naive:
            found["naive forecast"] = rows[self.settings.training.naive].to_numpy(dtype=np.float64)
        return found

    def decide_baseline(self, outcomes: Array, predicted: Array) -> Quantity:
        return self.decide(outcomes, predicted)

    def decision_scores(self, outcome: Quantity) -> dict[str, Score]:
        def coverage(outcomes: Array, predicted: Array) -> Array:
            low, high = predicted - outcome.below, predicted + outcome.above
            return np.asarray((low <= outcomes) & (outcomes <= high), dtype=np.float64)

        def expected_cost(outcomes: Array, predicted: Array) -> float:
            cost, surplus = self.settings.cost, predicted + outcome.margin - outcomes
            return float(np.where(surplus > 0, cost.false_positive * surplus, -cost.false_negative * surplus).mean())

        return {
            "coverage": share("coverage", coverage),
            "expected_cost": Score("expected cost", False, expected_cost),
        }

    def verdicts(self, predicted: Array, outcome: Quantity) -> dict[str, Array]:
        low, high = predicted - outcome.below, predicted + outcome.above
        return {"low": low, "high": high, "planned": predicted + outcome.margin}

    def mistakes(self, outcomes: Array, predicted: Array, _: Quantity) -> dict[str, Mask]:
        """The rows of each kind of mistake."""
        return {"too high": predicted > outcomes, "too low": predicted < outcomes}

    def summarise(self, outcomes: Array, predicted: Array, outcome: Quantity) -> dict[str, float]:
        errors = predicted - outcomes
        return {
            "mean error": float(f"{errors.mean():.6g}"),
            "median absolute error": float(f"{np.median(np.abs(errors)):.6g}"),
            "largest absolute error": float(f"{np.abs(errors).max():.6g}"),
            "below the interval": int(np.sum(outcomes < predicted - outcome.below)),
            "above the interval": int(np.sum(outcomes > predicted + outcome.above)),
        }


def conformal_quantile(errors: Array, level: float) -> float:
    """A bound that the next error stays below with a probability of at least `level`, if errors are exchangeable.

    If there are too few rows for that level, it is the largest error.
    """
    rank = min(len(errors), int(np.ceil((len(errors) + 1) * level)))
    return float(np.sort(errors)[rank - 1])

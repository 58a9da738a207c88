"""A number: a forecast, its interval, and the amount to plan for."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from . import booster
from .manifest import Array, Mask
from .measures import Score, share
from .outcome import Outcome
from .reporting.markdown import number
from .settings import Settings


class Task:
    """Ridge regression against boosting; the better one gets an interval."""

    name = "tabular-regression"  # as the Hugging Face hub names tasks
    linear_name = "ridge regression"
    linear = Ridge()
    linear_space = {"alpha": [0.1, 1.0, 10.0, 100.0]}  # noqa: RUF012  # the values that the search tries
    folds = GroupKFold
    stratified = False  # a part of the rows need not have each value
    values = 2  # different outcomes that training needs
    block = 14  # rows that the bootstrap draws together: in time, the errors of neighbours resemble each other
    relative = True  # whether ONNX may differ in proportion to the largest prediction
    minor = ("rmse",)  # metrics that only docs/evaluation.md shows
    slice_scores = ("coverage",)  # beside the headline
    unsaid = ""  # a rule says all of its answers
    scores = {  # noqa: RUF012
        "mae": Score("MAE", False, mean_absolute_error, "neg_mean_absolute_error"),
        "rmse": Score("RMSE", False, root_mean_squared_error, "neg_root_mean_squared_error"),
        "r2": Score("R²", True, r2_score, "r2"),
    }

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.boosting = booster.regressor(random_state=settings.training.seed)
        self.headline = self.scores[settings.training.headline]
        naive = settings.training.naive
        self.numbers = [settings.problem.target, *([naive] if naive else [])]  # without a gap, beside the inputs

    def outcomes(self, frame: pd.DataFrame) -> Array:
        """The numbers to predict."""
        return np.asarray(frame[self.settings.problem.target], dtype=np.float64)

    def average(self, outcomes: Array) -> float:
        return float(outcomes.mean())

    describe = average  # in reports/data.json

    def rules(self, _: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """Every number may be a target."""
        yield from ()

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        return np.asarray(pipeline.predict(table), dtype=np.float64).ravel()

    def decide(self, outcomes: Array, raw: Array) -> Outcome:
        """The split-conformal interval, with half of the misses on each side (Lei et al. 2018), and the margin.

        An error is an outcome minus its forecast, on rows that are new to the model. `above` and `below` are how far an
        outcome may lie above and below its forecast: of each side, the conformal bound of the errors, and at least 0.
        The interval misses a share of `1 - training.interval_coverage`.

        The margin is what to add to a forecast before planning by it, and may be negative: the quantile of the errors
        at the share that the price of too little has in both prices together (the newsvendor's rule, Arrow, Harris and
        Marschak 1951). If both prices are 0, it is the smallest error.
        """
        settings, errors = self.settings, outcomes - raw
        tail = (1 - settings.training.interval_coverage) / 2
        cost = settings.cost
        share = cost.false_negative / (cost.false_negative + cost.false_positive or 1)
        return Outcome(
            unit=settings.problem.unit,
            coverage=settings.training.interval_coverage,
            below=max(0.0, conformal_quantile(-errors, 1 - tail)),
            above=max(0.0, conformal_quantile(errors, 1 - tail)),
            margin=float(np.quantile(errors, share)),
        )

    def leaf_sums(self, outcomes: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed."""
        errors = outcomes - outcomes.mean()
        return np.column_stack([np.ones_like(errors), errors, errors**2])

    def leaf_loss(self, leaf: Array) -> Array:
        """The squared errors of the average of these rows."""
        return np.asarray(leaf[..., 2] - leaf[..., 1] ** 2 / np.maximum(leaf[..., 0], 1))

    def say(self, predicted: float, _: Outcome) -> str:
        """The forecast in words."""
        return f"{number(predicted)} {self.settings.problem.unit}".strip()

    def baselines(self, train: Array, rows: pd.DataFrame) -> dict[str, Array]:
        """Forecasts that need no model: the average of the training rows, and the settings' naive column."""
        found, naive = {"the average": np.full(len(rows), train.mean())}, self.settings.training.naive
        if naive:
            found["naive forecast"] = rows[naive].to_numpy(dtype=np.float64)
        return found

    def decide_baseline(self, outcomes: Array, predicted: Array) -> Outcome:
        return self.decide(outcomes, predicted)

    def all_scores(self, outcome: Outcome) -> dict[str, Score]:
        """The scores, and those of the interval and the plan that follow from a forecast and `outcome`.

        - `coverage`: the share of outcomes in the interval, whose ends are inside; `share` makes such a score.
        - `expected_cost`: what planning by forecast and margin costs per row; less is better. Each unit planned too
          many costs `cost.false_positive`, and each too few `cost.false_negative`.
        """

        def coverage(outcomes: Array, predicted: Array) -> Array:
            low, high = predicted - outcome.below, predicted + outcome.above
            return np.asarray((low <= outcomes) & (outcomes <= high), dtype=np.float64)

        def expected_cost(outcomes: Array, predicted: Array) -> float:
            cost, surplus = self.settings.cost, predicted + outcome.margin - outcomes
            return float(np.where(surplus > 0, cost.false_positive * surplus, -cost.false_negative * surplus).mean())

        return {
            **self.scores,
            "coverage": share("coverage", coverage),
            "expected_cost": Score("expected cost", False, expected_cost),
        }

    def verdicts(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        low, high = predicted - outcome.below, predicted + outcome.above
        ends = {"low": low, "high": high, "planned": predicted + outcome.margin}
        return {"actual": outcomes, "predicted": predicted, **ends}

    def distance(self, outcomes: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return np.abs(outcomes - predicted)

    def mistakes(self, outcomes: Array, predicted: Array, _: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake."""
        return {"too high": predicted > outcomes, "too low": predicted < outcomes}

    def summarise(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
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

    It is one of the errors: of n, the one at place (n + 1) * level, rounded up, if they are sorted and counted from 1.
    If there are too few for that level, it is the largest error.
    """
    rank = min(len(errors), int(np.ceil((len(errors) + 1) * level)))
    return float(np.sort(errors)[rank - 1])

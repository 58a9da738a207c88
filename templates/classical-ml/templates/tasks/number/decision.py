"""Everything about a target that is a number: the interval, the amount to plan for, and how good forecasts are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import Pipeline

from .bootstrap import Array
from .outcome import SLICE_SHARE, Outcome
from .reporting.markdown import number
from .settings import Settings

Scorer = Callable[..., float]
Hits = Callable[[Array, Array], Array]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    """A score of predictions, with one for each row of y."""

    label: str  # as people write it
    higher_is_better: bool
    function: Callable[[Array, Array], float]  # (y, predicted) of the same rows; NaN if it has no meaning
    sklearn: str | Scorer | None = None  # for cross-validation: scikit-learn's name for it, or a function
    hits: Hits | None = None  # of a share: 1 or 0 for each row, NaN for one that it is not about

    @property
    def sign(self) -> int:
        """1 if more is better, otherwise -1."""
        return 1 if self.higher_is_better else -1


def share(label: str, hits: Hits) -> Score:
    """The score that is the share of ones among the `hits`."""

    def mean(y: Array, predicted: Array) -> float:
        values = hits(y, predicted)
        about = values[~np.isnan(values)]
        return float(about.mean()) if len(about) else np.nan

    return Score(label, True, mean, hits=hits)


class Task:
    """What the settings say about the target. Its numbers `y` and the forecasts `raw` and `predicted` are [rows]."""

    name = "tabular-regression"  # as the Hugging Face hub names tasks
    stratified = False  # a part of the rows need not have each value
    values = 2  # different outcomes that training needs
    slice_scores = (SLICE_SHARE,)  # beside the headline
    unsaid = ""  # a rule says all of its answers
    scores = {  # noqa: RUF012
        "mae": Score("MAE", False, mean_absolute_error, "neg_mean_absolute_error"),
        "rmse": Score("RMSE", False, root_mean_squared_error, "neg_root_mean_squared_error"),
        "r2": Score("R²", True, r2_score, "r2"),
    }

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.headline = self.scores[settings.training.headline]
        naive = settings.training.naive
        self.numbers = [settings.problem.target, *([naive] if naive else [])]  # without a gap, beside the inputs

    def y(self, frame: pd.DataFrame) -> Array:
        """The numbers to predict."""
        return np.asarray(frame[self.settings.problem.target], dtype=np.float64)

    def average(self, y: Array) -> float:
        return float(y.mean())

    describe = average  # in reports/data.json

    def rules(self, _: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """Every number may be a target."""
        yield from ()

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        return np.asarray(pipeline.predict(table), dtype=np.float64).ravel()

    def decide(self, y: Array, raw: Array) -> Outcome:
        """The split-conformal interval, with half of the misses on each side (Lei et al. 2018), and the margin.

        An error is an outcome minus its forecast, on rows that are new to the model. `above` and `below` are how far an
        outcome may lie above and below its forecast: of each side, the conformal bound of the errors, and at least 0.
        The interval misses a share of `1 - training.interval_coverage`.

        The margin is what to add to a forecast before planning by it, and may be negative: the quantile of the errors
        at the share that the price of too little has in both prices together (the newsvendor's rule, Arrow, Harris and
        Marschak 1951). If both prices are 0, it is the smallest error.
        """
        settings, errors = self.settings, y - raw
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

    def leaf_sums(self, y: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed."""
        errors = (y - y.mean()) / (y.std() or 1)
        return np.column_stack([np.ones_like(errors), errors, errors**2])

    def leaf_loss(self, leaf: Array) -> Array:
        """The squared errors of the average of these rows, rounded so that equal rules are equal on every machine."""
        return np.round(leaf[..., 2] - leaf[..., 1] ** 2 / np.maximum(leaf[..., 0], 1), 8)

    def say(self, predicted: float, _: Outcome) -> str:
        """The forecast in words."""
        return f"{number(predicted)} {self.settings.problem.unit}".strip()

    def baselines(self, train: Array, rows: pd.DataFrame) -> dict[str, Array]:
        """Forecasts that need no model: the average of the training rows, and the settings' naive column."""
        forecasts, naive = {"the average": np.full(len(rows), train.mean())}, self.settings.training.naive
        if naive:
            forecasts["naive forecast"] = rows[naive].to_numpy(dtype=np.float64)
        return forecasts

    def decide_baseline(self, y: Array, predicted: Array) -> Outcome:
        return self.decide(y, predicted)

    def all_scores(self, outcome: Outcome) -> dict[str, Score]:
        """The scores, and those of the interval and the plan that follow from a forecast and `outcome`.

        - `coverage`: the share of outcomes in the interval, whose ends are inside; `share` makes such a score.
        - `expected_cost`: what planning by forecast and margin costs per row; less is better. Each unit planned too
          many costs `cost.false_positive`, and each too few `cost.false_negative`.
        """

        def coverage(y: Array, predicted: Array) -> Array:
            low, high = predicted - outcome.below, predicted + outcome.above
            return np.asarray((low <= y) & (y <= high), dtype=np.float64)

        def expected_cost(y: Array, predicted: Array) -> float:
            cost, surplus = self.settings.cost, predicted + outcome.margin - y
            return float(np.where(surplus > 0, cost.false_positive * surplus, -cost.false_negative * surplus).mean())

        return {
            **self.scores,
            "coverage": share("coverage", coverage),
            "expected_cost": Score("expected cost", False, expected_cost),
        }

    def decisions(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        low, high = predicted - outcome.below, predicted + outcome.above
        ends = {"low": low, "high": high, "planned": predicted + outcome.margin}
        return {"actual": y, "predicted": predicted, **ends}

    def distance(self, y: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return np.abs(y - predicted)

    def mistakes(self, y: Array, predicted: Array, _: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake."""
        return {"too high": predicted > y, "too low": predicted < y}

    def summarise(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
        errors = predicted - y
        return {
            "mean error": float(f"{errors.mean():.6g}"),
            "median absolute error": float(f"{np.median(np.abs(errors)):.6g}"),
            "largest absolute error": float(f"{np.abs(errors).max():.6g}"),
            "below the interval": int(np.sum(y < predicted - outcome.below)),
            "above the interval": int(np.sum(y > predicted + outcome.above)),
        }


def conformal_quantile(errors: Array, level: float) -> float:
    """A bound that the next error stays below with a probability of at least `level`, if errors are exchangeable.

    It is one of the errors: of n, the one at place (n + 1) * level, rounded up, if they are sorted and counted from 1.
    If there are too few for that level, it is the largest error.
    """
    rank = min(len(errors), int(np.ceil((len(errors) + 1) * level)))
    return float(np.sort(errors)[rank - 1])

"""Forecast: a number for each case, with an interval that holds nine of ten outcomes.

The interval is a split-conformal one, wider where the model errs more (Lei et al. 2018, Distribution-Free Predictive
Inference for Regression, 5.2): a second model of the same kind learns the size of the error, and the validation cases
say how many times that size is needed. Its width is the uncertainty.
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold, cross_val_predict

from . import domain
from .data import Cases
from .estimates import Column, Given, Loss, Score, ShareScore
from .manifest import Array
from .settings import Settings

SCORED = "{cases}"  # what is scored
UNITS = "weeks"  # what the bootstrap draws whole
INSIDE = 0.9  # of the outcomes should lie in the interval
FOLDS = 3  # the error on cases that a model has learned from is too small to learn from
LEAST = 0.05  # of the median error: no case is expected to be surer than that

Model = dict[str, Any]  # number and error: fitted regressors; least, times and floor: numbers


def task(_: Settings) -> str:
    """The name that the Hugging Face hub has for it."""
    return "tabular-regression"


def fit(train: Cases, validation: Cases, settings: Settings) -> Model:
    """Fit both regressors on the training cases, and the width of the interval on the validation cases."""
    seen, outcomes, seed = _features(train.frame, settings), train.outcomes.astype(float), settings.training.seed
    folds = KFold(FOLDS)  # whole stretches: neighbouring cases resemble each other
    errors = np.abs(outcomes - cross_val_predict(domain.model(seed), seen, outcomes, cv=folds))
    model: Model = {
        "number": domain.model(seed).fit(seen, outcomes),
        "error": domain.model(seed).fit(seen, errors),
        "least": float(LEAST * errors.median()),
        "floor": float(outcomes.min()),  # no interval reaches below: a count is never negative
        "times": 1.0,
    }
    given = answers(model, validation.frame, settings)
    times = losses(validation.outcomes, given, settings) / (given["uncertainty"] / 2)
    return {**model, "times": _holding(times)}


def loss(settings: Settings) -> Loss:
    """What `losses` measures."""
    return Loss(f"mean absolute error in {settings.problem.unit}", None, f" {settings.problem.unit}")


def answers(model: Model, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """A row for each case: `answer`, its interval from `low` to `high`, and the `uncertainty`."""
    seen = _features(frame, settings)
    half = model["times"] * np.maximum(model["error"].predict(seen), model["least"])
    return _with_interval(pd.Series(model["number"].predict(seen), frame.index), half, model["floor"])


def by_rule(train: Cases, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Today's rule, or the median of the training cases where it has no number; one width of interval for all."""
    usual, columns = train.outcomes.median(), list(settings.columns)
    errors = np.abs(train.outcomes - domain.rule(train.frame[columns]).fillna(usual))
    return _with_interval(domain.rule(frame[columns]).fillna(usual), _holding(errors), train.outcomes.min())


def asked(cases: Cases, _: Settings) -> Cases:
    """The cases that are scored: each of them, as it is."""
    return cases


def units(cases: Cases, settings: Settings) -> pd.Series | None:
    """The week of a case: one storm moves all its days, so the bootstrap draws them together."""
    if settings.data.time is None:
        return cases.frame[settings.data.group] if settings.data.group else None
    return pd.to_datetime(cases.frame[settings.data.time], format="ISO8601").dt.strftime("%G-%V")


def losses(outcomes: pd.Series, given: pd.DataFrame, _: Settings) -> Array:
    """How far the number is off."""
    off: Array = (outcomes - given["answer"]).abs().to_numpy(dtype=np.float64)
    return off


def scores(settings: Settings) -> dict[str, Score | ShareScore]:
    unit = settings.problem.unit

    def mae(outcomes: Column, given: Given) -> float:
        return float(np.abs(outcomes - given["answer"]).mean())

    def rmse(outcomes: Column, given: Given) -> float:
        return float(np.sqrt(((outcomes - given["answer"]) ** 2).mean()))

    def bias(outcomes: Column, given: Given) -> float:
        return float(abs((outcomes - given["answer"]).mean()))

    def inside(outcomes: Column, given: Given) -> Array:
        return np.asarray((given["low"] <= outcomes) & (outcomes <= given["high"]), dtype=np.float64)

    def width(_: Column, given: Given) -> float:
        return float((given["high"] - given["low"]).mean())

    return {
        "mae": Score(f"Mean absolute error, {unit}", mae, False),
        "rmse": Score(f"Root mean squared error, {unit}", rmse, False),
        "bias": Score(f"Size of the mean error, {unit}", bias, False),
        "inside": ShareScore(f"Outcomes inside the {INSIDE:.0%} interval", inside, True),
        "width": Score(f"Mean width of the interval, {unit}", width, False),
    }


def predictions(cases: Cases, given: pd.DataFrame, _: Settings) -> pd.DataFrame:
    """What `reports/predictions.csv` tells of each case; a metric that is a mean has a column of its own."""
    actual = cases.outcomes
    return given[["low", "high"]].assign(
        actual=actual,
        predicted=given["answer"],
        mae=(actual - given["answer"]).abs(),
        inside=actual.between(given["low"], given["high"]).astype(int),
        width=given["high"] - given["low"],
    )


def mistakes(outcomes: pd.Series, given: pd.DataFrame) -> pd.Series:
    """The kind of each mistake; "" for a right answer."""
    return np.sign(given["answer"] - outcomes).map({1: "too high", -1: "too low", 0: ""})


def options(_: pd.Series, __: Settings) -> list[tuple[str, float]]:
    """The possible answers cannot be listed."""
    return []


def strength(given: pd.DataFrame, _: str | float) -> Array:
    """What the reasons are measured in: the number itself."""
    return np.asarray(given["answer"], dtype=np.float64)


def _with_interval(number: pd.Series, half: Array | float, floor: float) -> pd.DataFrame:
    bounds = {"low": np.maximum(number - half, floor), "high": number + half, "uncertainty": 2 * half}
    return pd.DataFrame({"answer": number, **bounds})


def _holding(sizes: pd.Series | Array) -> float:
    """The size that `INSIDE` of the cases do not pass, and then the next case with the same chance."""
    return float(np.quantile(sizes, min(1.0, INSIDE * (1 + 1 / len(sizes))), method="higher"))


def _features(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return domain.features(frame[list(settings.columns)])

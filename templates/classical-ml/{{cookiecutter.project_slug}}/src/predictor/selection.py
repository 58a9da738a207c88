"""Choose the model to serve, only by cross-validation on the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import RandomizedSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline

from . import booster, features, task
from .bootstrap import Array
from .manifest import Input
from .score import Score
from .scores import SCORES
from .settings import Settings, SettingsError

Fold = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Candidate:
    """A pipeline before fitting, and the values that the search may give to its parameters."""

    name: str
    pipeline: Pipeline
    space: dict[str, list[Any]]


@dataclass(frozen=True)
class Tuned:
    """A candidate with its best parameters and the headline score of each fold."""

    name: str
    pipeline: Pipeline
    parameters: dict[str, Any]
    tried: int
    folds: Array

    @property
    def mean(self) -> float:
        return float(self.folds.mean())


@dataclass(frozen=True)
class Verdict:
    """The two candidates compared fold by fold; a `gain` above 0 means that boosting scored better."""

    served: Tuned
    other: Tuned
    gain: float
    standard_error: float
    tie: bool


def candidates(inputs: list[Input], seed: int) -> tuple[Candidate, Candidate]:
    """The simpler model first."""
    linear = Pipeline([("features", features.for_linear(inputs)), ("model", task.linear(seed))])
    boosting = Pipeline([("features", features.for_trees(inputs)), ("model", task.boosting(seed))])
    return (
        Candidate(task.LINEAR, linear, task.LINEAR_SPACE),
        Candidate(booster.NAME, boosting, booster.SEARCH_SPACE),
    )


def headline(settings: Settings) -> Score:
    """The score that decides which model is served.

    Raises:
        SettingsError: cross-validation cannot use the score that the settings name.
    """
    found = SCORES.get(settings.training.headline)
    if found is None:
        known = ", ".join(SCORES)
        raise SettingsError(f"training.headline is {settings.training.headline!r}; choose one of {known}")
    return found


def tune(candidate: Candidate, table: pd.DataFrame, outcomes: Array, folds: list[Fold], settings: Settings) -> Tuned:
    """Search the candidate's parameters at random, with the same folds for every setting."""
    score = headline(settings)
    space = {f"model__{name}": values for name, values in candidate.space.items()}
    tried = min(settings.training.search_iterations, prod(len(values) for values in space.values()))
    search = RandomizedSearchCV(
        candidate.pipeline,
        space,
        n_iter=tried,
        scoring=score.sklearn,
        cv=folds,
        refit=False,
        random_state=settings.training.seed,
        error_score="raise",
    ).fit(table, outcomes)
    best = search.best_index_
    sign = 1 if score.higher_is_better else -1
    return Tuned(
        name=candidate.name,
        pipeline=clone(candidate.pipeline).set_params(**search.best_params_),
        parameters={name.removeprefix("model__"): value for name, value in search.best_params_.items()},
        tried=tried,
        folds=np.array([sign * search.cv_results_[f"split{fold}_test_score"][best] for fold in range(len(folds))]),
    )


def choose(linear: Tuned, boosting: Tuned, settings: Settings) -> Verdict:
    """Choose the better of the two, or the simpler one if they are within one standard error of each other.

    This is the rule of Breiman et al., Classification and Regression Trees, 1984, section 3.4.3, applied to the
    differences between the folds.
    """
    sign = 1 if headline(settings).higher_is_better else -1
    gains = sign * (boosting.folds - linear.folds)
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    served, other = (boosting, linear) if gain > error else (linear, boosting)
    return Verdict(served, other, gain, error, tie=abs(gain) <= error)


def make_folds(train: pd.DataFrame, outcomes: Array, settings: Settings) -> list[Fold]:
    """Shuffled folds; for data in time, growing windows that only use labels known when the fold begins."""
    count, seed = settings.training.folds, settings.training.seed
    if settings.data.time is None:
        return list(task.ShuffledFolds(count, shuffle=True, random_state=seed).split(train, outcomes))
    times = train[settings.data.time].to_numpy()
    delay = pd.Timedelta(days=settings.data.label_delay_days).to_timedelta64()
    return [
        (past[times[past] + delay <= times[future[0]]], future) for past, future in TimeSeriesSplit(count).split(train)
    ]

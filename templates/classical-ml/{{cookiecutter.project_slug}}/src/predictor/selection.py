"""Choose the model to serve, only by cross-validation on the training rows."""

from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import RandomizedSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline

from . import booster, features
from .manifest import Array, Input
from .reporting.metrics import Part
from .splitting import together
from .task import Task
from .validation import DataError

Fold = tuple[NDArray[np.int64], NDArray[np.int64]]


class Finalist(Part):
    """A candidate after the search, with its headline score in each fold of the cross-validation."""

    name: str
    parameters: dict[str, Any]
    tried: int
    folds: list[float]
    mean: float


class Verdict(Part):
    """The two candidates compared fold by fold; a `gain` above 0 means that boosting scored better."""

    served: Finalist
    other: Finalist
    gain: float
    standard_error: float


Tuned = tuple[Finalist, Pipeline]  # the pipeline has the best parameters and is not yet fitted


def select(frame: pd.DataFrame, inputs: list[Input], task: Task) -> tuple[Verdict, Pipeline]:
    """Tune a linear model and boosting on the same folds of these rows, and choose.

    The rows are in the order of time if they have one.
    """
    table, outcomes = features.table(frame, inputs), task.outcomes(frame)
    folds = make_folds(frame, outcomes, task)
    linear = Pipeline([("features", features.for_linear(inputs)), ("model", task.linear)])
    boosting = Pipeline([("features", features.for_trees(inputs)), ("model", task.boosting)])
    return choose(
        tune(task.linear_name, linear, task.linear_space, table, outcomes, folds, task),
        tune(booster.NAME, boosting, booster.SEARCH_SPACE, table, outcomes, folds, task),
        task,
    )


def tune(
    name: str,
    pipeline: Pipeline,
    space: dict[str, list[Any]],
    table: pd.DataFrame,
    outcomes: Array,
    folds: list[Fold],
    task: Task,
) -> Tuned:
    """Search a candidate's parameters at random in `space`, with the same folds for every setting."""
    training = task.settings.training
    tried = min(training.search_iterations, prod(map(len, space.values())))
    search = RandomizedSearchCV(
        pipeline,
        {f"model__{parameter}": values for parameter, values in space.items()},
        n_iter=tried,
        scoring=task.headline.sklearn,
        cv=folds,
        refit=False,
        random_state=training.seed,
        error_score="raise",
    ).fit(table, outcomes)
    best, results, sign = search.best_index_, search.cv_results_, task.headline.sign
    scores = [float(sign * results[f"split{fold}_test_score"][best]) for fold in range(len(folds))]
    parameters = {name.removeprefix("model__"): value for name, value in search.best_params_.items()}
    finalist = Finalist(name=name, parameters=parameters, tried=tried, folds=scores, mean=float(np.mean(scores)))
    return finalist, clone(pipeline).set_params(**search.best_params_)


def choose(linear: Tuned, boosting: Tuned, task: Task) -> tuple[Verdict, Pipeline]:
    """Choose the better of the two, or the simpler one if they are within one standard error of each other.

    This is the rule of Breiman et al., Classification and Regression Trees, 1984, section 3.4.3, applied to the
    differences between the folds.
    """
    gains = task.headline.sign * (np.array(boosting[0].folds) - np.array(linear[0].folds))
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    (served, pipeline), (other, _) = (boosting, linear) if gain > error else (linear, boosting)
    return Verdict(served=served, other=other, gain=gain, standard_error=error), pipeline


def make_folds(train: pd.DataFrame, outcomes: Array, task: Task) -> list[Fold]:
    """Shuffled folds; for data in time, growing windows that only use labels known when the fold begins.

    Raises:
        DataError: a fold is empty or has too few different outcomes.
    """
    count, data = task.settings.training.folds, task.settings.data
    if data.time is None:
        splitter = task.folds(count, shuffle=True, random_state=task.settings.training.seed)
        folds = list(splitter.split(train, outcomes, together(train, task.settings)))
    else:
        times, delay = train[data.time].to_numpy(), pd.Timedelta(days=data.label_delay_days).to_timedelta64()
        divided = TimeSeriesSplit(count).split(train)
        folds = [(past[times[past] + delay <= times[future[0]]], future) for past, future in divided]
    needs = [(past, task.values) for past, _ in folds] + [(future, 2) for _, future in folds if task.stratified]
    if any(len(np.unique(outcomes[rows])) < least for rows, least in needs):
        raise DataError(
            f"one of {count} folds of the cross-validation has no rows, or too few different values of "
            f"{task.settings.problem.target}; lower training.folds or data.label_delay_days in settings.toml"
        )
    return folds

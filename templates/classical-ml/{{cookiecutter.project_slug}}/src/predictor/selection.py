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
    """A candidate after the search: how many settings were tried, and the best one's headline score in each fold."""

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


def select(frame: pd.DataFrame, inputs: list[Input], task: Task, folds: list[Fold]) -> tuple[Verdict, Pipeline]:
    """Tune a linear model and boosting on the same folds of these rows, and choose."""
    table, outcomes = features.table(frame, inputs), task.outcomes(frame)
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
    """Search the parameters of a candidate at random, with the same folds for every setting.

    Args:
        name: of the candidate.
        pipeline: its last step is called `model`, and `space` is about that step.
        space: the values to try for each parameter, such as `{"alpha": [0.1, 1.0]}`.
        table: the rows that may be used.
        outcomes: of these rows.
        folds: row positions to fit on, and to score on, of each fold.
        task: `task.headline.sklearn` scores, and more of it is better; `task.headline.sign` is -1 if the metric is a
            loss. `search_iterations` settings are tried, drawn with `training.seed`; if there are fewer, all of them,
            without a warning.

    Returns:
        The best setting by the mean of the folds. Its scores are those of the metric itself, so a mean absolute error
        is positive. The pipeline has the parameters set, and is not fitted. An error in a fit is raised.
    """
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
    """Serve boosting if it gains more than one standard error over the linear model, and the linear model otherwise.

    The gains are those fold by fold, above 0 where boosting is better, also if the headline is a loss. Their mean is
    the gain; the standard error is that of this mean, from the sample standard deviation. This is the rule of Breiman
    et al., Classification and Regression Trees, 1984, section 3.4.3, applied to the differences between the folds.
    """
    gains = task.headline.sign * (np.array(boosting[0].folds) - np.array(linear[0].folds))
    gain, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    (served, pipeline), (other, _) = (boosting, linear) if gain > error else (linear, boosting)
    return Verdict(served=served, other=other, gain=gain, standard_error=error), pipeline


def make_folds(train: pd.DataFrame, outcomes: Array, task: Task) -> list[Fold]:
    """The folds of the cross-validation, `training.folds` of them: row positions to fit on, and to score on.

    Positions count from 0, whatever the index of `train` is.

    Without a time column, each row is scored in one fold and fitted on in all others. Rows are shuffled with
    `training.seed`, and those that belong together (`splitting.together`) stay in one fold; `task.folds` is the class
    of scikit-learn that divides such groups.

    With a time column (`data.time`), the rows are in the order of time, and folds are those of `TimeSeriesSplit`: each
    is scored on rows that are later than all that are fitted on. Fitted on are only rows whose label was known at the
    moment of the first row that is scored, `data.label_delay_days` after their own; at that very moment is early
    enough.

    Raises:
        DataError: the rows to fit on have fewer than `task.values` different outcomes, or, if the task is
            `stratified`, those to score on have fewer than two. The message says "one of 5 folds", with the number that
            was asked for, and advises to "lower training.folds or data.label_delay_days in settings.toml".
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

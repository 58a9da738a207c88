"""Choose the model to serve, only by cross-validation on the training rows."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
# <two several>
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import ParameterSampler, StratifiedGroupKFold, TimeSeriesSplit
# </two several>
# <number>
from sklearn.linear_model import Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import GroupKFold, ParameterSampler, TimeSeriesSplit
# </number>
from sklearn.pipeline import Pipeline

from . import booster, dependent, features
from .bootstrap import Array
from .decision import Task
from .inputs import Input
from .reporting.metrics import Part
from .splitting import together
from .validation import DataError

# <two several>
GROUP_FOLDS = StratifiedGroupKFold  # rows of one group stay together, and classes have the same shares in each fold
# </two several>
# <number>
GROUP_FOLDS = GroupKFold  # rows of one group stay together
# </number>
Fold = tuple[NDArray[np.int64], NDArray[np.int64]]
Trial = tuple[list[Input], pd.DataFrame, Array, pd.DataFrame, Array]  # of a fold; `divide` makes it


class Candidate(NamedTuple):
    """A kind of model, and the values to try for each of its parameters, such as `{"alpha": [0.1, 1.0]}`."""

    name: str
    columns: Callable[[Sequence[Input]], ColumnTransformer]
    model: Any
    space: dict[str, list[Any]]

    def pipeline(self, inputs: Sequence[Input], parameters: dict[str, Any]) -> Pipeline:
        """For rows with these inputs; not fitted yet."""
        return Pipeline([("features", self.columns(inputs)), ("model", clone(self.model).set_params(**parameters))])


def candidates(task: Task) -> tuple[Candidate, Candidate]:
    """A linear model and boosting."""
    seed = task.settings.training.seed
    # <two several>
    logistic = LogisticRegression(max_iter=1000)
    linear = Candidate("logistic regression", features.for_linear, logistic, {"C": [0.1, 1.0, 10.0, 100.0]})
    trees = booster.classifier(random_state=seed)
    # </two several>
    # <number>
    linear = Candidate("ridge regression", features.for_linear, Ridge(), {"alpha": [0.1, 1.0, 10.0, 100.0]})
    trees = booster.regressor(random_state=seed)
    # </number>
    return linear, Candidate(booster.NAME, features.for_trees, trees, booster.SEARCH_SPACE)


class Tuned(Part):
    """A candidate after the search: how many settings were tried, and the best one's headline score in each fold."""

    name: str
    parameters: dict[str, Any]
    tried: int
    folds: list[float]
    mean: float


class Choice(Part):
    """The two candidates compared fold by fold; a `gain` above 0 means that boosting scored better."""

    served: Tuned
    other: Tuned
    gain: float
    standard_error: float


def select(frame: pd.DataFrame, task: Task, folds: list[Fold]) -> tuple[Choice, Candidate]:
    """Tune a linear model and boosting on the same folds of these rows, and choose."""
    linear, boosting = candidates(task)
    trials = [divide(frame, fold, task) for fold in folds]
    choice = choose(tune(linear, trials, task), tune(boosting, trials, task), tested(folds), task)
    return choice, boosting if choice.served.name == boosting.name else linear


def divide(frame: pd.DataFrame, fold: Fold, task: Task) -> Trial:
    """The inputs as a fold knows them, the rows to fit on with their y, and the rows to score with theirs.

    What is learned of the inputs (medians, categories, words) comes from the rows to fit on.

    Raises:
        DataError: these rows have nothing to learn from in any column.
    """
    fitted, scored = (frame.iloc[rows] for rows in fold)
    if not (inputs := features.describe_inputs(fitted, task.settings)):
        raise DataError("a fold of the cross-validation has too few values; lower training.folds in settings.toml")
    tables = features.table(fitted, inputs), features.table(scored, inputs)
    return inputs, tables[0], task.y(fitted), tables[1], task.y(scored)


def tune(candidate: Candidate, trials: list[Trial], task: Task) -> Tuned:
    """Search the parameters of a candidate at random, on the same folds for every setting.

    Args:
        candidate: its `pipeline` is made and fitted anew for each setting in each fold.
        trials: of each fold, the inputs, the rows to fit on with their y, and the rows to score with theirs.
        task: `task.headline.sklearn` scores, and more of it is better; `task.headline.sign` is -1 if the metric is a
            loss. `search_iterations` settings are tried, drawn with `training.seed`; if there are fewer, all of them,
            without a warning.

    Returns:
        The best setting by the mean of the folds. Its scores are those of the metric itself, so a mean absolute error
        is positive. An error in a fit is raised.
    """
    training, score = task.settings.training, get_scorer(task.headline.sklearn)
    tried = min(training.search_iterations, prod(map(len, candidate.space.values())))
    drawn = list(ParameterSampler(candidate.space, tried, random_state=training.seed))
    scores = [
        [
            score(candidate.pipeline(inputs, parameters).fit(fitted, known), scored, actual)
            for inputs, fitted, known, scored, actual in trials
        ]
        for parameters in drawn
    ]
    best = int(np.mean(scores, axis=1).argmax())
    folds = task.headline.sign * np.array(scores[best])
    return Tuned(
        name=candidate.name, parameters=drawn[best], tried=tried, folds=folds.tolist(), mean=float(folds.mean())
    )


def choose(linear: Tuned, boosting: Tuned, tested: float, task: Task) -> Choice:
    """Serve boosting if it gains more than one standard error over the linear model, and the linear model otherwise.

    The gains are those fold by fold, above 0 where boosting is better, also if the headline is a loss. Their mean is
    the gain, and `dependent.folds_error` is its standard error; `tested` is how many rows a fold scores for each that
    it fits on. This is the rule of Breiman et al., Classification and Regression Trees, 1984, section 3.4.3, applied
    to the differences between the folds.
    """
    gains = task.headline.sign * (np.array(boosting.folds) - np.array(linear.folds))
    gain, error = float(gains.mean()), dependent.folds_error(gains, tested)
    served, other = (boosting, linear) if gain > error else (linear, boosting)
    return Choice(served=served, other=other, gain=gain, standard_error=error)


def tested(folds: list[Fold]) -> float:
    """How many rows the folds score for each that they fit on."""
    fitted, scored = (sum(map(len, rows)) for rows in zip(*folds, strict=True))
    return scored / fitted


def make_folds(train: pd.DataFrame, y: Array, task: Task) -> list[Fold]:
    """The folds of the cross-validation, `training.folds` of them: row positions to fit on, and to score on.

    Positions count from 0, whatever the index of `train` is.

    Without a time column, each row is scored in one fold and fitted on in all others. Rows are shuffled with
    `training.seed`, and those that belong together (`splitting.together`) stay in one fold.

    With a time column (`data.time`), the rows are in the order of time, and folds are those of `TimeSeriesSplit`: each
    is scored on rows that are later than all that are fitted on. Fitted on are only rows whose label was known at the
    moment of the first row that is scored, `data.label_delay_days` after their own; at that very moment is early
    enough.

    Raises:
        DataError: the rows to fit on have fewer than `task.values` different values of y, or, if the task is
            `stratified`, those to score on have fewer than two. The message says "one of 5 folds", with the number that
            was asked for, and advises to "lower training.folds or data.label_delay_days in settings.toml".
    """
    count, data = task.settings.training.folds, task.settings.data
    if data.time is None:
        splitter = GROUP_FOLDS(count, shuffle=True, random_state=task.settings.training.seed)
        folds = list(splitter.split(train, y, together(train, task.settings)))
    else:
        times, delay = train[data.time].to_numpy(), pd.Timedelta(days=data.label_delay_days).to_timedelta64()
        divided = TimeSeriesSplit(count).split(train)
        folds = [(past[times[past] + delay <= times[future[0]]], future) for past, future in divided]
    needs = [(past, task.values) for past, _ in folds] + [(future, 2) for _, future in folds if task.stratified]
    if any(len(np.unique(y[rows])) < least for rows, least in needs):
        raise DataError(
            f"one of {count} folds of the cross-validation has no rows, or too few different values of "
            f"{task.settings.problem.target}; lower training.folds or data.label_delay_days in settings.toml"
        )
    return folds

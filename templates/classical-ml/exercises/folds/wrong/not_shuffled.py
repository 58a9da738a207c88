"""Divides the file as it is, so that folds are pieces of it."""

from math import prod

from sklearn.base import clone
from sklearn.model_selection import KFold, RandomizedSearchCV, TimeSeriesSplit

from .splitting import together
from .validation import DataError


def make_folds(train: pd.DataFrame, outcomes: Array, task: Task) -> list[Fold]:
    count, data = task.settings.training.folds, task.settings.data
    if data.time is None:
        splitter = GROUP_FOLDS(count)
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

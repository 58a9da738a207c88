"""Draws the settings itself, and fits each of them on each fold."""

from math import prod

from sklearn.base import clone
from sklearn.metrics import check_scoring
from sklearn.model_selection import ParameterSampler

from .splitting import together
from .validation import DataError

ADVICE = "has too few outcomes; lower training.folds or data.label_delay_days in settings.toml"


def make_folds(train: pd.DataFrame, outcomes: Array, task: Task) -> list[Fold]:
    data, training = task.settings.data, task.settings.training
    folds: list[Fold] = []
    if data.time is None:
        divide = GROUP_FOLDS(training.folds, shuffle=True, random_state=training.seed)
        folds += divide.split(np.zeros(len(train)), outcomes, together(train, task.settings).to_numpy())
    else:
        times = list(train[data.time])
        size = len(times) // (training.folds + 1)
        for number in range(training.folds):
            first = len(times) - (training.folds - number) * size
            wait = pd.Timedelta(days=data.label_delay_days)
            past = [row for row in range(first) if times[row] + wait <= times[first]]
            folds.append((np.array(past, dtype=int), np.arange(first, first + size)))
    for past, future in folds:
        if len(set(outcomes[past])) < task.values:
            raise DataError(f"one of {training.folds} folds {ADVICE}")
        if task.stratified and len(set(outcomes[future])) < 2:
            raise DataError(f"one of {training.folds} folds {ADVICE}")
    return folds

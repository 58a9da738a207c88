"""Divide the rows into training, validation and test rows.

Without a time column, rows are split at random, stratified if the outcome is a class; rows of one cluster or, without
clusters, rows with identical inputs stay together. With a time column, the earliest rows train and the latest test. A
row is left out if its label was not yet known when the next split began.
"""

import pandas as pd
from sklearn.model_selection import train_test_split

from .decision import Task
from .settings import Settings
from .validation import DataError

Division = dict[str, pd.Index]  # "train", "validation", "test" -> row numbers, in the order of the file or of time


def together(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    """A number for each row, with the index of `frame`; rows with the same number must not be torn apart.

    These are the rows with the same value in the column `data.cluster`. If the settings name no such column, they are
    the rows that are equal in all inputs (`settings.columns`). Two gaps are equal. So three rows of the cards a, b and
    a may get the numbers 0, 1 and 0.
    """
    columns = [settings.data.cluster] if settings.data.cluster else list(settings.columns)
    return frame.groupby(columns, dropna=False, sort=False).ngroup()


def by_chance(frame: pd.DataFrame, y: pd.Series, task: Task) -> Division:
    """Split at random; rows that belong together (see `together`) go to the same split.

    Drawn are clusters or distinct rows, not rows: `data.test_share` of them for testing, `data.validation_share` of
    them for validation, and the rest is for training. If the task is `stratified`, classes have the same shares in each
    split, counted by the first row of each cluster; but not if one class has only a single cluster.

    Args:
        frame: the rows, with any index. It is the index that is returned, in the order of the rows.
        y: the target of each row as a number, with the same index.
        task: has the settings. The same `training.seed` gives the same split.

    Raises:
        DataError: there are too few for each split to have one: "1 distinct rows or clusters are too few to divide".
    """
    groups, data = together(frame, task.settings), task.settings.data
    distinct = groups.drop_duplicates()
    known, test = _draw(distinct, y, data.test_share, task)
    train, validation = _draw(known, y, data.validation_share / (1 - data.test_share), task)
    parts = {"train": train, "validation": validation, "test": test}
    return {name: groups.index[groups.isin(part)] for name, part in parts.items()}


def by_time(times: pd.Series, settings: Settings) -> Division:
    """Split by time: the last rows are for testing, those before them for validation, the earliest for training.

    In the order of time, let the row at place `int(n * (1 - test_share))` of `n`, counted from 0, be the first test
    row, and that at `int(n * (1 - test_share - validation_share))` the first validation row. A split begins at the
    moment of its first row, and all rows of that moment belong to it. A row for training or validation is left out if
    its label was not known when the next split began: `label_delay_days` after the row's own moment. One that became
    known at just that moment stays.

    Args:
        times: when each row was made, in any order. Its index is returned, in the order of time.
        settings: has the shares and the delay, under `data`.
    """
    ordered = times.sort_values(kind="stable")
    share = settings.data.test_share
    test_start = ordered.iloc[int(len(ordered) * (1 - share))]
    validation_start = ordered.iloc[max(0, int(len(ordered) * (1 - share - settings.data.validation_share)))]
    delay = pd.Timedelta(days=settings.data.label_delay_days)
    train = ordered.index[(ordered < validation_start) & (ordered + delay <= validation_start)]
    validation = ordered.index[(ordered >= validation_start) & (ordered < test_start) & (ordered + delay <= test_start)]
    return {"train": train, "validation": validation, "test": ordered.index[ordered >= test_start]}


def _draw(distinct: pd.Series, y: pd.Series, share: float, task: Task) -> tuple[pd.Series, pd.Series]:
    labels = y.loc[distinct.index]
    stratify = labels if task.stratified and labels.value_counts().min() > 1 else None
    seed = task.settings.training.seed
    try:
        rest, drawn = train_test_split(distinct, test_size=share, random_state=seed, stratify=stratify)
    except ValueError:
        raise DataError(f"{len(distinct)} distinct rows or clusters are too few to divide") from None
    return rest, drawn

"""Draws without scikit-learn: the groups of each class are shuffled, and each part gets its share of them."""

import numpy as np

from .validation import DataError


def together(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    names = [settings.data.cluster] if settings.data.cluster else list(settings.columns)
    seen: dict[tuple[object, ...], int] = {}
    rows = zip(*(frame[name] for name in names), strict=True)
    keys = (tuple("(gap)" if pd.isna(cell) else (cell,) for cell in row) for row in rows)
    return pd.Series([seen.setdefault(key, len(seen)) for key in keys], frame.index)


def by_chance(frame: pd.DataFrame, outcomes: pd.Series, task: Task) -> Division:
    groups, data = together(frame, task.settings), task.settings.data
    first = ~groups.duplicated()
    labels = dict(zip(groups[first], outcomes[first], strict=True))
    if len(labels) < 3:
        raise DataError(f"{len(labels)} distinct rows or clusters are too few to divide")
    classes = pd.Series(labels)
    if not task.stratified or classes.value_counts().min() == 1:
        classes[:] = 0.0
    order = np.zeros(len(classes))  # between 0 and 1, the groups of each class evenly spread
    random = np.random.default_rng(task.settings.training.seed)
    for one in classes.unique():
        own = np.flatnonzero(classes == one)
        order[own] = (random.permutation(len(own)) + 0.5) / len(own)
    place = order[groups.to_numpy()]
    test = place < data.test_share
    validation = ~test & (place < data.test_share + data.validation_share)
    parts = {"train": ~test & ~validation, "validation": validation, "test": test}
    return {name: frame.index[rows] for name, rows in parts.items()}


def by_time(times: pd.Series, settings: Settings) -> Division:
    order = sorted(times.index, key=lambda row: times[row])
    data, count = settings.data, len(times)
    last = times[order[int(count * (1 - data.test_share))]]
    middle = times[order[int(count * (1 - data.test_share - data.validation_share))]]
    wait = pd.Timedelta(days=data.label_delay_days)
    parts: dict[str, list[object]] = {"train": [], "validation": [], "test": []}
    for row in order:
        if times[row] >= last:
            parts["test"].append(row)
        elif times[row] >= middle and times[row] + wait <= last:
            parts["validation"].append(row)
        elif times[row] < middle and times[row] + wait <= middle:
            parts["train"].append(row)
    return {name: pd.Index(rows) for name, rows in parts.items()}

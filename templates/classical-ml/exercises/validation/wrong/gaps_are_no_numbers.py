"""Calls every gap of a number wrong."""

import numpy as np


def convert(frame: pd.DataFrame, task: Task) -> pd.DataFrame:
    converted, time = frame.copy(), task.settings.data.time
    for name in numbers(task):
        converted[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    if time:
        times = pd.to_datetime(frame[time], errors="coerce", format="ISO8601", utc=True)
        converted[time] = times.dt.tz_localize(None)
    return converted


def rules(frame: pd.DataFrame, table: pd.DataFrame, task: Task) -> Iterator[Rule]:
    target, time = task.settings.problem.target, task.settings.data.time
    for name in filter(None, (target, time, *task.numbers)):
        yield name, frame[name].isna(), "is missing"
    if time:
        yield time, table[time].isna(), "is not a date"
    for rows, wrong in task.rules(frame[target]):
        yield target, rows, wrong
    for name in numbers(task):
        yield name, table[name].isna(), "is not a number"
        yield name, pd.Series(np.isinf(table[name]), frame.index), "is not finite"
    yield from of_inputs(table, task.settings)


def of_inputs(table: pd.DataFrame, settings: Settings) -> Iterator[Rule]:
    for name, column in settings.columns.items():
        for bound, worse, word in ((column.min, pd.Series.lt, "below"), (column.max, pd.Series.gt, "above")):
            if bound is not None:
                yield name, worse(table[name], bound), f"is {word} {bound:g}"

"""Looks at one cell after the other."""

from datetime import UTC, datetime
from math import isinf, nan
from typing import Any

import numpy as np


def _float(cell: Any) -> float:
    try:
        return nan if pd.isna(cell) else float(cell)
    except ValueError:
        return nan


def _moment(cell: Any) -> Any:
    try:
        found = datetime.fromisoformat(cell)
    except (TypeError, ValueError):
        return pd.NaT
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def convert(frame: pd.DataFrame, task: Task) -> pd.DataFrame:
    table, time = frame.copy(), task.settings.data.time
    for name in numbers(task):
        table[name] = np.array([_float(cell) for cell in frame[name]], dtype=np.float64)
    if time is not None:
        table[time] = pd.Series([_moment(cell) for cell in frame[time]], frame.index, dtype="datetime64[us]")
    return table


def _where(column: pd.Series, breaks: Any) -> pd.Series:
    return pd.Series([bool(breaks(cell)) for cell in column], column.index, dtype=bool)


def rules(frame: pd.DataFrame, table: pd.DataFrame, task: Task) -> list[Rule]:
    target, time = task.settings.problem.target, task.settings.data.time
    found = [(name, _where(frame[name], pd.isna), "is missing") for name in dict.fromkeys([target, *task.numbers])]
    if time is not None:
        found.append((time, _where(frame[time], pd.isna), "is missing"))
        found.append((time, _where(table[time], pd.isna), "is not a date"))
    found += [(target, mask, words) for mask, words in task.rules(frame[target])]
    for name in numbers(task):
        wrong = [bool(pd.isna(new) and not pd.isna(old)) for old, new in zip(frame[name], table[name], strict=True)]
        found.append((name, pd.Series(wrong, frame.index), "is not a number"))
        found.append((name, _where(table[name], isinf), "is not finite"))
    return [*found, *of_inputs(table, task.settings)]


def of_inputs(table: pd.DataFrame, settings: Settings) -> list[Rule]:
    found = []
    for name, column in settings.columns.items():
        if column.min is not None:
            low = _where(table[name], lambda cell, least=column.min: cell < least)
            found.append((name, low, f"is below {column.min:g}"))
        if column.max is not None:
            high = _where(table[name], lambda cell, most=column.max: cell > most)
            found.append((name, high, f"is above {column.max:g}"))
    return found

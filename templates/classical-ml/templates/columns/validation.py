"""Check rows against the rules in `settings.toml`, and convert columns to their types."""

from collections.abc import Iterator
from pathlib import Path
from reprlib import repr as short

import numpy as np
import pandas as pd

from .decision import Task
# <text>
from .inputs import LONGEST_TEXT
# </text>
from .settings import Settings

Rule = tuple[str, pd.Series, str]  # column, which rows break it, what is wrong with them


class DataError(ValueError):
    """The data cannot be used; the message is one sentence that says what is wrong and where."""


def validate(frame: pd.DataFrame, task: Task, reports: Path) -> pd.DataFrame:
    """Return the table with numbers and times in place of their text.

    Raises:
        DataError: a column is missing, or values break rules. `invalid_rows.csv` in the folder `reports` then lists
            every such value.
    """
    settings = task.settings
    named = [*settings.columns, settings.problem.target, settings.data.time, settings.data.cluster]
    wanted = [name for name in (*named, *settings.slices.columns, *task.numbers) if name is not None]
    if absent := [name for name in dict.fromkeys(wanted) if name not in frame]:
        raise DataError(f"{settings.data.file} has no column {', '.join(absent)}, which the settings name")
    table = convert(frame, task)
    listing = reports / "invalid_rows.csv"
    listing.unlink(missing_ok=True)
    broken = [
        pd.DataFrame({"row": frame.index[rows], "column": name, "value": frame.loc[rows, name], "rule": wrong})
        for name, rows, wrong in rules(frame, table, task)
        if rows.any()
    ]
    if not broken:
        return table
    cells = pd.concat(broken).drop_duplicates(["row", "column"]).sort_values(["row", "column"])
    reports.mkdir(parents=True, exist_ok=True)
    cells.to_csv(listing, index=False)
    first = cells.iloc[0]
    raise DataError(
        f"{cells['row'].nunique():,} of {len(frame):,} rows break a rule, first row {first['row']}: "
        f"{first['column']} {short(first['value'])} {first['rule']}; all of them are listed in {listing}"
    )


def convert(frame: pd.DataFrame, task: Task) -> pd.DataFrame:
    """A copy of the table with numbers and times in place of their text; what cannot be converted becomes a gap.

    The columns in `numbers(task)` become float64. The column `data.time`, if the settings name one, becomes a time
    without a zone, in UTC: `2026-01-01T01:00+02:00` is 23:00 of the day before. It is read as ISO 8601, and cells of
    one column may differ in zone and precision. All other columns stay as they are.
    """
    converted, time = frame.copy(), task.settings.data.time
    for name in numbers(task):
        converted[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    if time:
        times = pd.to_datetime(frame[time], errors="coerce", format="ISO8601", utc=True)
        converted[time] = times.dt.tz_localize(None)
    return converted


def rules(frame: pd.DataFrame, table: pd.DataFrame, task: Task) -> Iterator[Rule]:
    """Each rule with a mask of the rows that break it, and with the words that tell what is wrong there.

    The rules come in this order; of a cell that breaks several, the first is told:

    - The target, the time and each of `task.numbers` must be there ("is missing"). Any other cell may be empty.
    - The time must be one ("is not a date").
    - The target keeps the rules of its kind: `task.rules(labels)` gives masks and words.
    - A cell of `numbers(task)` that is not empty must be a number ("is not a number") and finite ("is not finite").
    - The inputs keep the rules in `of_inputs`.

    Args:
        frame: the cells of the file as text, NaN where a cell is empty.
        table: the same rows as `convert` gives them.
        task: its settings name the columns.
    """
    target, time = task.settings.problem.target, task.settings.data.time
    for name in filter(None, (target, time, *task.numbers)):
        yield name, frame[name].isna(), "is missing"
    if time:
        yield time, table[time].isna(), "is not a date"
    for rows, wrong in task.rules(frame[target]):
        yield target, rows, wrong
    for name in numbers(task):
        yield name, table[name].isna() & frame[name].notna(), "is not a number"
        yield name, pd.Series(np.isinf(table[name]), frame.index), "is not finite"
    yield from of_inputs(table, task.settings)


def of_inputs(table: pd.DataFrame, settings: Settings) -> Iterator[Rule]:
    """The rules for the inputs, each with its rows and its words; an empty cell breaks none of them.

    # <text>
    - A text has at most `LONGEST_TEXT` characters ("is longer than 131,072 characters").
    # </text>
    - A number is not less than the column's `min` ("is below 0") and not more than its `max` ("is above 120"). The
      bounds themselves are allowed; either may be None. In the words, they are formatted with `:g`.
    """
    # <text>
    for name in settings.names("text"):
        yield name, table[name].str.len() > LONGEST_TEXT, f"is longer than {LONGEST_TEXT:,} characters"
    # </text>
    for name, column in settings.columns.items():
        for bound, worse, word in ((column.min, pd.Series.lt, "below"), (column.max, pd.Series.gt, "above")):
            if bound is not None:
                yield name, worse(table[name], bound), f"is {word} {bound:g}"


def numbers(task: Task) -> list[str]:
    """The columns that hold numbers."""
    return list(dict.fromkeys([*task.settings.names("numeric"), *task.numbers]))

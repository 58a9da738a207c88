"""Check rows against the rules in `settings.toml`, convert columns to their types, and refuse inputs that leak."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from .leakage import SAMPLE, TOO_GOOD, alone, numbers_rows
from .manifest import Array
from .settings import Settings

Rule = tuple[str, pd.Series, str]  # column, which rows break it, what is wrong with them

FEWEST = 100  # with fewer rows, folds are too small to see a leak
REMEDY = "take it out of settings.toml, or list it under data.known_before if it can be trusted"


class DataError(ValueError):
    """The data cannot be used; the message is one sentence that says what is wrong and where."""


def validate(frame: pd.DataFrame, settings: Settings, reports: Path) -> pd.DataFrame:
    """Return the table with numbers and times in place of their text.

    Raises:
        DataError: a column is missing, or values break rules. `invalid_rows.csv` in the folder `reports` then lists
            every such value.
    """
    named = [*settings.columns, settings.problem.target, settings.data.time, settings.data.cluster]
    wanted = [name for name in (*named, *settings.slices.columns, settings.training.naive) if name is not None]
    if absent := [name for name in dict.fromkeys(wanted) if name not in frame]:
        raise DataError(f"{settings.data.file} has no column {', '.join(absent)}, which settings.toml names")
    table = convert(frame, settings)
    listing = reports / "invalid_rows.csv"
    listing.unlink(missing_ok=True)
    broken = [
        pd.DataFrame({"row": frame.index[rows], "column": name, "value": frame.loc[rows, name], "rule": wrong})
        for name, rows, wrong in rules(frame, table, settings)
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
        f"{first['column']} {first['value']!r} {first['rule']}; all of them are listed in {listing}"
    )


def convert(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Text as numbers and times; what cannot be converted becomes a gap."""
    converted = frame.copy()
    for name in numbers(settings):
        converted[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)
    if settings.data.time:
        times = pd.to_datetime(frame[settings.data.time], errors="coerce", format="ISO8601", utc=True)
        converted[settings.data.time] = times.dt.tz_localize(None)
    return converted


def rules(frame: pd.DataFrame, table: pd.DataFrame, settings: Settings) -> Iterator[Rule]:
    target, time = settings.problem.target, settings.data.time
    for name in filter(None, (target, time, settings.training.naive)):
        yield name, frame[name].isna(), "is missing"
    if time:
        yield time, table[time].isna(), "is not a date"
    if settings.classifies:
        others = frame[target][frame[target] != settings.problem.positive]
        yield target, ~frame[target].isin([settings.problem.positive, *others.mode()[:1]]), "is a third label"
    for name in numbers(settings):
        yield name, table[name].isna() & frame[name].notna(), "is not a number"
        yield name, pd.Series(np.isinf(table[name]), frame.index), "is not finite"
    for name, column in settings.columns.items():
        for bound, worse, word in ((column.min, pd.Series.lt, "below"), (column.max, pd.Series.gt, "above")):
            if bound is not None:
                yield name, worse(table[name], bound), f"is {word} {bound:g}"


def numbers(settings: Settings) -> list[str]:
    """The columns that hold numbers."""
    others = (None if settings.classifies else settings.problem.target, settings.training.naive)
    return list(dict.fromkeys(filter(None, (*settings.names("numeric"), *others))))


def refuse_leaks(frame: pd.DataFrame, outcomes: Array, settings: Settings) -> None:
    """Check each input by itself.

    Raises:
        DataError: an input predicts the target almost perfectly, or has a different whole number in each row.
    """
    if len(frame) < FEWEST:
        return
    chosen = np.random.default_rng(settings.training.seed).permutation(len(frame))[:SAMPLE]
    for name in (one for one in settings.columns if one not in {settings.training.naive, *settings.data.known_before}):
        if numbers_rows(frame[name]):
            raise DataError(
                f"input {name} has a different whole number in each row, so it numbers the rows instead of "
                f"describing them; {REMEDY}"
            )
        score = alone(frame[name].iloc[chosen], outcomes[chosen], classes=settings.classifies)
        if score > TOO_GOOD:
            raise DataError(
                f"input {name} alone predicts {settings.problem.target} almost perfectly ({score:.3f} of 1), "
                f"as if it were recorded after the event; {REMEDY}"
            )

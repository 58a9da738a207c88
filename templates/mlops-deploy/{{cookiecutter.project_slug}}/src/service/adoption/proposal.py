"""The days on which the story of `make demo` is played with the owner's rows, and the sizes that fit their number."""

from typing import Any

import pandas as pd

from .replacing import AdoptionError
from .rows import Roles

# Shares of the rows, in their order: what ends, or is released, when so many of them were made.
SHARES = {"train_to": 0.3, "better": 0.36, "broken": 0.43, "reference_to": 0.5, "until": 0.9}
MEASURED, OF_A_CLASS = 100, 10  # outcomes that a recipe is measured on, at least
ROLLOUTS = {8000: ([0.05, 0.25, 1.0], 50, 1), 2000: ([0.25, 1.0], 50, 0.2), 0: ([0.5, 1.0], 20, 0)}  # by live rows
LATER = "adopt rows of a longer time"
DAY = pd.Timedelta(days=1)


def plan(rows: pd.DataFrame, roles: Roles) -> dict[str, Any]:
    """Choose days and sizes.

    Raises:
        AdoptionError: there are too few rows, or outcomes that are known by a day of the story.
    """
    made, known = (pd.to_datetime(rows[column].str[:10]) for column in (roles.time, roles.known))
    days = {name: made.quantile(share, interpolation="lower") for name, share in SHARES.items()}
    first, until = days["train_to"] + DAY, days["until"]
    if not made.min() < days["train_to"] < first < days["better"] < days["broken"] < days["reference_to"] < until:
        raise AdoptionError(f"too many rows were made on one day, so that no day ends their first 30%; {LATER}")
    judged = [first, days["better"], days["broken"], until, *pd.date_range(first, until, freq="MS")]
    held_out = max(_held_out(known, rows[roles.target], day) for day in judged)
    fitted = rows[roles.target][known < first - held_out * DAY]
    if len(fitted) < MEASURED or fitted.nunique() < 2:
        raise AdoptionError(f"by {first.date()}, {len(fitted)} known outcomes are too few to fit a model; {LATER}")
    window = min(28, (days["reference_to"] - first).days + 1)
    frozen = (made >= first) & known.between(days["reference_to"] - (window - 1) * DAY, days["reference_to"])
    if frozen.sum() < 60:
        raise AdoptionError(f"too few outcomes are known by {days['reference_to'].date()} to freeze the alarm; {LATER}")
    live = made.between(days["better"], until).sum()
    shares, requests, seconds = next(found for least, found in ROLLOUTS.items() if live >= least)
    return {
        **{name: day.date() for name, day in days.items()},
        "first": made.min().date(),
        "last": made.max().date(),
        "reference_from": first.date(),
        "held_out_days": held_out,
        "test_days": max(14, (known.max() - until).days),
        "window_days": window,
        "least_outcomes": min(300, int(frozen.sum()) // 2),
        "shares": shares,
        "window_requests": requests,
        "least_seconds": seconds,
    }


def _held_out(known: pd.Series, target: pd.Series, day: pd.Timestamp) -> int:
    """The days before `day` in which enough outcomes became known to measure a recipe."""
    before = known[known < day]
    groups = [(before, MEASURED), *((before[target == value], OF_A_CLASS) for value in (0, 1))]
    if any(len(group) < least for group, least in groups):
        raise AdoptionError(f"by {day.date()} only {len(before):,} outcomes are known, or only of one kind; {LATER}")
    return max(int((day - group.nlargest(least).iloc[-1]).days) for group, least in groups)

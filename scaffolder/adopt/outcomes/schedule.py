"""The days on which a story of releases is played with the owner's rows, and the sizes that fit their number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from scaffolder.adopt.kind import AdoptionError

Tally = Mapping[tuple[date, date, int], int]
"""The number of rows by the day on which they were made, the day on which their outcome was known, and the outcome."""

# Shares of the rows, in their order: what ends, or is released, when so many of them were made.
_SHARES = {"train_to": 0.3, "better": 0.36, "broken": 0.43, "reference_to": 0.5, "until": 0.9}
_MEASURED, _OF_A_CLASS = 100, 10  # outcomes that a recipe is measured on, at least
_WINDOW = 28  # days whose outcomes the alarm judges together, if the rows are of a long enough time
_JUDGED = 60  # outcomes that the alarm judges, at least
_ROLLOUTS = {  # by live rows: shares, requests and seconds of a window, outcomes of a look, and what they can show
    8000: ([0.05, 0.25, 1.0], 50, 1, 500, 0.005),
    2000: ([0.25, 1.0], 50, 0.2, 250, 0.005),
    0: ([0.5, 1.0], 20, 0, 100, 0.01),
}
_LATER = "take rows of a longer time"
_DAY = timedelta(days=1)


def plan(tally: Tally) -> dict[str, Any]:
    """Choose the days and sizes; the days are text in ISO form.

    Raises:
        AdoptionError: there are too few rows, or outcomes that are known by a day of the story.
    """
    made = sorted(day for (day, _, _), count in tally.items() for _ in range(count))
    zeros, ones = (
        sorted(day for (_, day, outcome), count in tally.items() if outcome == each for _ in range(count))
        for each in (0, 1)
    )
    every = sorted([*zeros, *ones])
    days = {name: made[int((len(made) - 1) * share)] for name, share in _SHARES.items()}
    first, until = days["train_to"] + _DAY, days["until"]
    if not made[0] < days["train_to"] < first < days["better"] < days["broken"] < days["reference_to"] < until:
        raise AdoptionError(f"Too many rows were made on one day, so that no day ends their first 30%: {_LATER}.")
    held_out = max(
        _days_back(known, least, day)
        for known, least in ((every, _MEASURED), (zeros, _OF_A_CLASS), (ones, _OF_A_CLASS))
        for day in (first, days["better"], days["broken"], until, *_months(first, until))
    )
    longer = min(_WINDOW, (first - made[0]).days // 2)  # the alarm's bound comes from these days: as many as its window
    if _can_fit(zeros, ones, first - longer * _DAY):
        held_out = max(held_out, longer)
    if not _can_fit(zeros, ones, first - held_out * _DAY):
        known = bisect_left(every, first - held_out * _DAY)
        raise AdoptionError(f"By {first}, {known:,} known outcomes are too few to fit a model: {_LATER}.")
    window = min(held_out, _WINDOW, (days["reference_to"] - first).days + 1)
    judged = _judged(tally, first, days["reference_to"], window)
    shares, requests, seconds, replayed, increase = _rollout(
        bisect_right(made, until) - bisect_left(made, days["better"])
    )
    return {
        **{name: day.isoformat() for name, day in days.items()},
        "first": made[0].isoformat(),
        "last": made[-1].isoformat(),
        "reference_from": first.isoformat(),
        "held_out_days": held_out,
        "test_days": max(14, (every[-1] - until).days),
        "window_days": window,
        "least_outcomes": min(300, judged // 2),
        "shares": shares,
        "window_requests": requests,
        "least_seconds": seconds,
        "replay_rows": replayed,
        "brier_increase": increase,
    }


def _can_fit(zeros: list[date], ones: list[date], day: date) -> bool:
    """Whether enough outcomes of both kinds are known before a day."""
    known = [bisect_left(days, day) for days in (zeros, ones)]
    return sum(known) >= _MEASURED and all(known)


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from `first` to `last`."""
    day = first.replace(day=1)
    while day <= last:
        if day >= first:
            yield day
        day = (day + 31 * _DAY).replace(day=1)


def _days_back(known: list[date], least: int, day: date) -> int:
    """The days before `day` in which the last `least` of the outcomes became known."""
    before = bisect_left(known, day)
    if before < least:
        raise AdoptionError(f"By {day} only {before:,} outcomes are known, or only of one kind: {_LATER}.")
    return (day - known[before - least]).days


def _judged(tally: Tally, first: date, last: date, window: int) -> int:
    """The number of outcomes of rows since `first` in the days until `last`, which are a window of the alarm."""
    start = last - (window - 1) * _DAY
    found = sum(count for (made, known, _), count in tally.items() if made >= first and start <= known <= last)
    if found < _JUDGED:
        raise AdoptionError(f"Too few outcomes are known by {last} for the alarm: {_LATER}.")
    return found


def _rollout(live: int) -> tuple[list[float], int, float, int, float]:
    """The sizes of a release that fit so many live rows."""
    return next(found for least, found in _ROLLOUTS.items() if live >= least)

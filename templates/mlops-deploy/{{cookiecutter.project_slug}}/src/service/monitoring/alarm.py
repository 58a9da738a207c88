"""The performance alarm: frozen on the reference weeks, judged on each day as outcomes become known.

It watches the calibration gap: mean outcome minus mean score, of the outcomes of the last days. Brier score and AUC are
measured too, but they are no alarm: the outcomes that are known first may be easier to predict than the others, so both
can get worse without any drift while outcomes come in late. The gap compares each row with its own score.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from .. import store
from ..reporting.metrics import Part, read_json, write_json
from ..settings import Settings
from .questions import MonitoringError, performance

FILE = Path("reports/alarm.json")
RULE = "calibration"  # the rule's name in the table of alerts
STATISTIC = "calibration_gap"


class Rule(Part):
    """`reports/alarm.json`: the frozen rule, and what the reference weeks say about it."""

    window_days: int
    least_outcomes: int
    days: int  # the bound must be broken on so many judged days in a row
    bound: float  # of the gap's size, in either direction: the largest of the reference weeks
    judged_days: int  # days of the reference weeks that had enough outcomes
    weeks: int  # calendar weeks that these days belong to
    false_alarms: list[date]  # the first day of each week in which the other weeks' bound would have raised an alarm


def freeze(settings: Settings) -> Rule:
    """Compute the bound from the champion's answers whose outcomes became known in the reference weeks, and keep it.

    Raises:
        MonitoringError: no day of the reference weeks has enough outcomes.
    """
    alarm = settings.alarm
    with closing(store.connect()) as connection:
        gaps = dict(drift_by_day(connection, settings))
    if not gaps:
        raise MonitoringError(
            f"No day of the reference weeks has {alarm.least_outcomes} outcomes within {alarm.window_days} days; "
            "replay these weeks first, or lower alarm.least_outcomes in settings.toml"
        )
    weeks = sorted({day - timedelta(days=day.weekday()) for day in gaps})
    rule = Rule(
        **alarm.model_dump(),
        bound=max(map(abs, gaps.values())),
        judged_days=len(gaps),
        weeks=len(weeks),
        false_alarms=[week for week in weeks if _false_alarm(gaps, week, alarm.days)],
    )
    write_json(FILE, rule.model_dump(mode="json"))
    return rule


def drift_by_day(connection: sqlite3.Connection, settings: Settings) -> Iterator[tuple[date, float]]:
    """The gap at the end of each reference day that has enough outcomes, whatever version answered."""
    day, alarm = settings.periods.reference_from, settings.alarm
    while day <= settings.periods.reference_to:
        found = performance(connection, day + timedelta(days=1), alarm.window_days)
        if found["n"] >= alarm.least_outcomes:
            yield day, found[STATISTIC]
        day += timedelta(days=1)


def read_rule() -> Rule | None:
    """The frozen rule; None before it is frozen."""
    return Rule.model_validate(read_json(FILE)) if FILE.exists() else None


def _false_alarm(gaps: Mapping[date, float], week: date, days: int) -> bool:
    """Whether the week would have raised an alarm, if the bound came from the other weeks."""
    inside = {day: gap for day, gap in gaps.items() if 0 <= (day - week).days < 7}
    bound = max((abs(gap) for day, gap in gaps.items() if day not in inside), default=0.0)
    broken = [abs(gap) > bound for gap in inside.values()]
    return days in np.convolve(broken, np.ones(days))  # the number of broken ones among so many days

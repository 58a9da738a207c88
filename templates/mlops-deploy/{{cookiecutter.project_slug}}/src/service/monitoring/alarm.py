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
from time import time

import numpy as np

from .. import store
from ..reporting.metrics import Part, read_json, write_json
from ..settings import Settings
from .questions import MonitoringError, ask, performance

FILE = Path("reports/alarm.json")
RULE = "calibration"  # the rule's name in the table of alerts
STATISTIC = "calibration_gap"

BOUND = "UPDATE measurements SET bound = ? WHERE day = ? AND name = ? AND slice = ''"
CLOSE = "UPDATE alerts SET closed_day = ? WHERE rule = ? AND closed_day IS NULL"
LATER = "SELECT 1 FROM measurements WHERE day > ? UNION ALL SELECT 1 FROM alerts WHERE rule = ? AND day = ?"
OPEN = "SELECT day FROM alerts WHERE rule = ? AND closed_day IS NULL"


class Rule(Part):
    """`reports/alarm.json`: the frozen rule, and what the reference weeks say about it."""

    window_days: int
    least_outcomes: int
    days: int  # the bound must be broken on so many judged days in a row
    bound: float  # of the gap's size, in either direction: the largest of the reference weeks
    judged_days: int  # days of the reference weeks that had enough outcomes
    weeks: int  # calendar weeks that these days belong to
    false_alarms: list[date]  # the Monday of each week in which the other weeks' bound would have raised an alarm


def freeze(settings: Settings) -> Rule:
    """Compute the bound from the champion's answers whose outcomes became known in the reference weeks, and keep it.

    The days and gaps come from `drift_by_day`. The bound is the largest size of a gap, +0.1 and -0.1 being of one size.
    A calendar week begins on Monday; only weeks with a judged day count. What is returned is kept in `FILE`, as JSON.

    Raises:
        MonitoringError: "No day of the reference weeks has 300 outcomes within 28 days; replay these weeks first, or
            lower alarm.least_outcomes in settings.toml", with the numbers of the settings.
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
    periods = settings.periods
    for number in range((periods.reference_to - periods.reference_from).days + 1):
        day = periods.reference_from + timedelta(days=number)
        found = performance(connection, day + timedelta(days=1), settings.alarm.window_days)
        if found["n"] >= settings.alarm.least_outcomes:
            yield day, found[STATISTIC]


def read_rule() -> Rule | None:
    """The frozen rule; None before it is frozen."""
    return Rule.model_validate(read_json(FILE)) if FILE.exists() else None


def _false_alarm(gaps: Mapping[date, float], week: date, days: int) -> bool:
    """Whether the week would have raised an alarm, if the bound came from the other weeks.

    Args:
        gaps: of all judged days of the reference weeks, in order of time.
        week: its Monday.
        days: of the week, so many judged ones in a row must be above the bound, which is 0 if there is no other week.
    """
    inside = {day: gap for day, gap in gaps.items() if 0 <= (day - week).days < 7}
    bound = max((abs(gap) for day, gap in gaps.items() if day not in inside), default=0.0)
    broken = [abs(gap) > bound for gap in inside.values()]
    return days in np.convolve(broken, np.ones(days))  # the number of broken ones among so many days


def judge(connection: sqlite3.Connection, day: date, rule: Rule) -> bool:
    """Open the alert after enough broken days in a row, close it on the first good one; whether it was opened now.

    The table `measurements` holds the gap of each measured day, and sql/streak.sql gives the last ones with enough
    outcomes, up to this day. A day is broken if the size of its gap is above the bound. An alert is a row of `alerts`
    with the rule's name, the day, its gap, the bound and the time in unix seconds: see `store.TABLES`. It is open as
    long as it has no `closed_day`, and while it is open, no other one begins. The bound is always noted beside the gap.

    The past stays as it was judged: if a later day has been measured, or if an alert began on this very day, nothing is
    opened or closed.

    Args:
        connection: to the database; the caller commits.
        day: its gap has been measured, if there were outcomes.
        rule: was frozen before.
    """
    connection.execute(BOUND, (rule.bound, day.isoformat(), STATISTIC))
    latest = ask(connection, "streak", day=day.isoformat(), days=rule.days, least=rule.least_outcomes)
    broken = [abs(row["value"]) > rule.bound for row in latest]
    is_open = connection.execute(OPEN, (RULE,)).fetchone() is not None
    if connection.execute(LATER, (day.isoformat(), RULE, day.isoformat())).fetchone():
        return False  # the past has been judged
    if is_open and broken and not broken[0]:
        connection.execute(CLOSE, (day.isoformat(), RULE))
    begins = not is_open and len(broken) == rule.days and all(broken)
    if begins:
        connection.execute(
            "INSERT INTO alerts (rule, day, value, bound, opened_at) VALUES (?, ?, ?, ?, ?)",
            (RULE, day.isoformat(), latest[0]["value"], rule.bound, time()),
        )
    return begins

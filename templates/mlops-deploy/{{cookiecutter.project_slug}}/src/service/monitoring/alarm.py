"""The performance alarm: each version is judged, day by day, by a bound that was known before it was released.

It watches the calibration gap: mean outcome minus mean score, of the outcomes of the last days. Brier score and AUC are
measured too, but they are no alarm: the outcomes that are known first may be easier to predict than the others, so both
can get worse without any drift while outcomes come in late. The gap compares each row with its own score.

The bound comes from the version's own held-out outcomes, in parts that do not overlap: overlapping windows share most
of their outcomes, so they cannot say how far apart two of them may be.
"""

import sqlite3
from datetime import date
from time import time

import numpy as np

from ..manifest import Calibration
from ..settings import Alarm
from .questions import ask

RULE = "calibration"  # the rule's name in the table of alerts
STATISTIC = "calibration_gap"
STUDENT = 4.604  # 99% of Student's t distribution with 4 degrees of freedom: one for each part of the held-out days

BOUND = "UPDATE measurements SET bound = ? WHERE day = ? AND name = ? AND slice = ''"
CLOSE = "UPDATE alerts SET closed_day = ? WHERE rule = ? AND closed_day IS NULL"
LATER = "SELECT 1 FROM measurements WHERE day > ? UNION ALL SELECT 1 FROM alerts WHERE rule = ? AND day = ?"
OPEN = "SELECT day FROM alerts WHERE rule = ? AND closed_day IS NULL"


def bound(held_out: Calibration | None, variance: float | None, alarm: Alarm) -> float | None:
    """How large the gap of a window may be, in either direction; None if the version's held-out outcomes cannot say.

    The gap's standard deviation is estimated from the gaps of the parts: the root of their mean square, times the root
    of (days of a part / days of the window), as for a mean of independent parts. It is never taken for less than chance
    alone makes it, which is the root of `variance`. The bound is `STUDENT` of these standard deviations (Student, 1908,
    "The Probable Error of a Mean"): few parts say little, so it is wider than the normal distribution's 2.576.

    Args:
        held_out: gaps of the held-out parts, from the manifest of the version; their mean is not taken off, since a
            right model has none.
        variance: of the window's gap if each score were right: the sum of score * (1 - score), divided by the square of
            the number of outcomes. None if no outcome is known.
        alarm: has the days of the window.
    """
    if held_out is None or variance is None:
        return None
    between = float(np.mean(np.square(held_out.gaps))) * held_out.days / len(held_out.gaps) / alarm.window_days
    return STUDENT * float(np.sqrt(max(between, variance)))


def judge(connection: sqlite3.Connection, day: date, limit: float | None, alarm: Alarm) -> bool:
    """Open the alert after enough broken days in a row, close it on the first good one; whether it was opened now.

    The table `measurements` holds the gap of each measured day, and sql/streak.sql gives the last ones of the version
    that was measured on this day, with their bounds: those with enough outcomes, up to this day. A day is broken if the
    size of its gap is above its bound. An alert is a row of `alerts` with the rule's name, the day, its gap, its bound
    and the time in unix seconds: see `store.TABLES`. It is open as long as it has no `closed_day`, and while it is
    open, no other one begins. The bound is always noted beside the gap. Without a bound, nothing is opened or closed.

    The past stays as it was judged: if a later day has been measured, or if an alert began on this very day, nothing is
    opened or closed.

    Args:
        connection: to the database; the caller commits.
        day: its gap has been measured, if there were outcomes.
        limit: the bound of this day's gap, or None if the version has none.
        alarm: how many outcomes a day needs, and how many days in a row open the alert.
    """
    connection.execute(BOUND, (limit, day.isoformat(), STATISTIC))
    latest = ask(connection, "streak", day=day.isoformat(), days=alarm.days, least=alarm.least_outcomes)
    broken = [abs(row["value"]) > row["bound"] for row in latest]
    is_open = connection.execute(OPEN, (RULE,)).fetchone() is not None
    if connection.execute(LATER, (day.isoformat(), RULE, day.isoformat())).fetchone():
        return False  # the past has been judged
    if is_open and broken and not broken[0]:
        connection.execute(CLOSE, (day.isoformat(), RULE))
    begins = not is_open and len(broken) == alarm.days and all(broken)
    if begins:
        connection.execute(
            "INSERT INTO alerts (rule, day, value, bound, opened_at) VALUES (?, ?, ?, ?, ?)",
            (RULE, day.isoformat(), latest[0]["value"], latest[0]["bound"], time()),
        )
    return begins

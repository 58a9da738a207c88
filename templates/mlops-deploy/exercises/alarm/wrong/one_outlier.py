"""Rings on the latest day alone."""

import sqlite3
from datetime import date
from time import time

import numpy as np

from service.manifest import Calibration
from service.monitoring.questions import ask
from service.settings import Alarm


def bound(held_out: Calibration | None, variance: float | None, alarm: Alarm) -> float | None:
    if held_out is None or variance is None:
        return None
    between = float(np.mean(np.square(held_out.gaps))) * held_out.days / len(held_out.gaps) / alarm.window_days
    return STUDENT * float(np.sqrt(max(between, variance)))


def judge(connection: sqlite3.Connection, day: date, limit: float | None, alarm: Alarm) -> bool:
    connection.execute(BOUND, (limit, day.isoformat(), STATISTIC))
    latest = ask(connection, "streak", day=day.isoformat(), days=alarm.days, least=alarm.least_outcomes)
    broken = [abs(row["value"]) > row["bound"] for row in latest]
    is_open = connection.execute(OPEN, (RULE,)).fetchone() is not None
    if connection.execute(LATER, (day.isoformat(), RULE, day.isoformat())).fetchone():
        return False
    if is_open and broken and not broken[0]:
        connection.execute(CLOSE, (day.isoformat(), RULE))
    begins = not is_open and broken[:1] == [True]
    if begins:
        connection.execute(
            "INSERT INTO alerts (rule, day, value, bound, opened_at) VALUES (?, ?, ?, ?, ?)",
            (RULE, day.isoformat(), latest[0]["value"], latest[0]["bound"], time()),
        )
    return begins

"""Takes the mean gap of the other weeks for their bound."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from time import time

import numpy as np

from service import store
from service.monitoring.questions import MonitoringError, ask
from service.reporting.metrics import write_json


def freeze(settings: Settings) -> Rule:
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


def _false_alarm(gaps: Mapping[date, float], week: date, days: int) -> bool:
    inside = {day: gap for day, gap in gaps.items() if 0 <= (day - week).days < 7}
    outside = [abs(gap) for day, gap in gaps.items() if day not in inside]
    bound = float(np.mean(outside)) if outside else 0.0
    broken = [abs(gap) > bound for gap in inside.values()]
    return days in np.convolve(broken, np.ones(days))


def judge(connection: sqlite3.Connection, day: date, rule: Rule) -> bool:
    connection.execute(BOUND, (rule.bound, day.isoformat(), STATISTIC))
    latest = ask(connection, "streak", day=day.isoformat(), days=rule.days, least=rule.least_outcomes)
    broken = [abs(row["value"]) > rule.bound for row in latest]
    is_open = connection.execute(OPEN, (RULE,)).fetchone() is not None
    if connection.execute(LATER, (day.isoformat(), RULE, day.isoformat())).fetchone():
        return False
    if is_open and broken and not broken[0]:
        connection.execute(CLOSE, (day.isoformat(), RULE))
    begins = not is_open and len(broken) == rule.days and all(broken)
    if begins:
        connection.execute(
            "INSERT INTO alerts (rule, day, value, bound, opened_at) VALUES (?, ?, ?, ?, ?)",
            (RULE, day.isoformat(), latest[0]["value"], rule.bound, time()),
        )
    return begins

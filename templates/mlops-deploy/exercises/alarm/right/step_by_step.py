"""Written with loops and with SQL of its own."""

from datetime import datetime
from math import sqrt


def bound(held_out: Calibration | None, variance: float | None, alarm: Alarm) -> float | None:
    if held_out is None:
        return None
    if variance is None:
        return None
    squares = 0.0
    for gap in held_out.gaps:
        squares += gap * gap
    parts = len(held_out.gaps)
    of_a_part = sqrt(squares / parts)
    of_a_window = of_a_part * sqrt(held_out.days / parts) / sqrt(alarm.window_days)
    by_chance = sqrt(variance)
    return 4.604 * (of_a_window if of_a_window > by_chance else by_chance)


def judge(connection: sqlite3.Connection, day: date, limit: float | None, alarm: Alarm) -> bool:
    now = str(day)
    connection.execute(
        "UPDATE measurements SET bound = ? WHERE (day, name, slice) = (?, 'calibration_gap', '')", (limit, now)
    )
    later = connection.execute("SELECT count(*) FROM measurements WHERE day > ?", (now,)).fetchone()[0]
    begun = connection.execute("SELECT count(*) FROM alerts WHERE rule = ? AND day = ?", (RULE, now)).fetchone()[0]
    if later or begun:
        return False
    of_day = "SELECT version FROM measurements WHERE (day, name, slice) = (?, ?, '')"
    version = connection.execute(of_day, (now, STATISTIC)).fetchone()
    gaps = connection.execute(
        "SELECT value, bound FROM measurements WHERE name = ? AND slice = '' AND n >= ? AND day <= ? AND version = ? "
        "AND bound IS NOT NULL ORDER BY day DESC LIMIT ?",
        (STATISTIC, alarm.least_outcomes, now, version[0] if version else None, alarm.days),
    ).fetchall()
    if not gaps:
        return False
    calm = [-most <= gap <= most for gap, most in gaps]
    if connection.execute("SELECT 1 FROM alerts WHERE rule = ? AND closed_day IS NULL", (RULE,)).fetchone():
        if calm[0]:
            connection.execute("UPDATE alerts SET closed_day = ? WHERE rule = ? AND closed_day IS NULL", (now, RULE))
        return False
    if any(calm) or len(calm) < alarm.days:
        return False
    row = (RULE, now, *gaps[0], datetime.now().timestamp())
    connection.execute("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, NULL)", row)
    return True

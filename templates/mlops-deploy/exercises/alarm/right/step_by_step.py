"""Written with loops and with SQL of its own."""

import json
from datetime import datetime

from service import store
from service.monitoring.questions import MonitoringError


def freeze(settings: Settings) -> Rule:
    connection = store.connect()
    gaps: dict[date, float] = {}
    for day, gap in drift_by_day(connection, settings):
        gaps[day] = gap
    connection.close()
    least, days = settings.alarm.least_outcomes, settings.alarm.window_days
    if len(gaps) == 0:
        raise MonitoringError(
            f"No day of the reference weeks has {least} outcomes within {days} days; "
            "replay these weeks first, or lower alarm.least_outcomes in settings.toml"
        )
    weeks: dict[date, list[date]] = {}
    for day in gaps:
        weeks.setdefault(date.fromordinal(day.toordinal() - day.weekday()), []).append(day)
    false = []
    for monday, inside in sorted(weeks.items()):
        others = [abs(gap) for day, gap in gaps.items() if day not in inside]
        bound, row, longest = max(others, default=0.0), 0, 0
        for day in sorted(inside):
            row = row + 1 if abs(gaps[day]) > bound else 0
            longest = max(longest, row)
        if longest >= settings.alarm.days:
            false.append(monday)
    rule = Rule(
        window_days=days,
        least_outcomes=least,
        days=settings.alarm.days,
        bound=max(max(gaps.values()), -min(gaps.values())),
        judged_days=len(gaps),
        weeks=len(weeks),
        false_alarms=false,
    )
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(json.loads(rule.model_dump_json()), indent=2) + "\n", encoding="utf-8")
    return rule


def judge(connection: sqlite3.Connection, day: date, rule: Rule) -> bool:
    now = str(day)
    connection.execute(
        "UPDATE measurements SET bound = ? WHERE (day, name, slice) = (?, 'calibration_gap', '')", (rule.bound, now)
    )
    later = connection.execute("SELECT count(*) FROM measurements WHERE day > ?", (now,)).fetchone()[0]
    begun = connection.execute("SELECT count(*) FROM alerts WHERE rule = ? AND day = ?", (RULE, now)).fetchone()[0]
    if later or begun:
        return False
    gaps = [
        gap
        for (gap,) in connection.execute(
            "SELECT value FROM measurements WHERE name = ? AND slice = '' AND n >= ? AND day <= ? ORDER BY day DESC LIMIT ?",
            (STATISTIC, rule.least_outcomes, now, rule.days),
        )
    ]
    if not gaps:
        return False
    calm = [-rule.bound <= gap <= rule.bound for gap in gaps]
    if connection.execute("SELECT 1 FROM alerts WHERE rule = ? AND closed_day IS NULL", (RULE,)).fetchone():
        if calm[0]:
            connection.execute("UPDATE alerts SET closed_day = ? WHERE rule = ? AND closed_day IS NULL", (now, RULE))
        return False
    if any(calm) or len(calm) < rule.days:
        return False
    row = (RULE, now, gaps[0], rule.bound, datetime.now().timestamp())
    connection.execute("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, NULL)", row)
    return True

"""A gap of either sign rings."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from service.monitoring.alarm import STATISTIC, Rule, judge
from service.store import connect

RULE = Rule(window_days=28, least_outcomes=10, days=2, bound=0.1, judged_days=1, weeks=1, false_alarms=[])
ADD = "INSERT INTO measurements (day, name, slice, n, value) VALUES (?, ?, '', 50, ?)"


@pytest.mark.parametrize("gap", [0.2, -0.2])
def test_an_alert_begins_in_both_directions(gap: float, tmp_path: Path) -> None:
    days = [date(2026, 3, 2) + timedelta(days=number) for number in range(2)]
    with closing(connect(tmp_path / "service.db")) as database:
        opened = []
        for day in days:
            database.execute(ADD, (day.isoformat(), STATISTIC, gap))
            opened.append(judge(database, day, RULE))
    assert opened == [False, True]

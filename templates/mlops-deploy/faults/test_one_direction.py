"""A gap of either sign rings."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from service.monitoring.alarm import STATISTIC, judge
from service.settings import Alarm
from service.store import connect

RULE = Alarm(window_days=28, least_outcomes=30, days=2)
ADD = "INSERT INTO measurements (day, version, name, slice, n, value) VALUES (?, '1', ?, '', 50, ?)"


@pytest.mark.parametrize("gap", [0.2, -0.2])
def test_an_alert_begins_in_both_directions(gap: float, tmp_path: Path) -> None:
    days = [date(2026, 3, 2) + timedelta(days=number) for number in range(2)]
    with closing(connect(tmp_path / "service.db")) as database:
        opened = []
        for day in days:
            database.execute(ADD, (day.isoformat(), STATISTIC, gap))
            opened.append(judge(database, day, 0.1, RULE))
    assert opened == [False, True]

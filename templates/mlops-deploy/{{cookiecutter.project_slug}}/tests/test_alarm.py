"""The alarm: frozen on the reference weeks alone, opened by enough broken days in a row, closed by a good one."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

import toy_parcels as toy
import watched
from service import store
from service.monitoring import alarm, watch
from service.monitoring.questions import MonitoringError
from service.settings import Settings

REFERENCE_TO = date(2024, 4, 15)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = toy.put(tmp_path, alarm=watched.ALARM)
    monkeypatch.chdir(tmp_path)
    shelf = watched.Shelf([watched.trained("logistic")], {"champion": "1"})
    watched.install(shelf, monkeypatch)
    return settings


def days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(count))


def test_the_bound_comes_from_the_reference_weeks_alone(project: Settings) -> None:
    watched.answer(watched.drifted(), project)
    rule = alarm.freeze(project)
    assert alarm.read_rule() == rule
    assert (rule.window_days, rule.least_outcomes, rule.days) == (14, 60, 3)
    assert 0 < rule.bound < 0.15
    with closing(store.connect()) as database, database:
        judged = [day for day, _ in alarm.drift_by_day(database, project)]
        assert (judged[-1], len(judged)) == (REFERENCE_TO, rule.judged_days)
        database.execute("UPDATE outcomes SET outcome = 1 - outcome WHERE known_on > '2024-04-15'")
    assert alarm.freeze(project) == rule


def test_too_few_outcomes_are_refused(project: Settings) -> None:
    with pytest.raises(MonitoringError, match="has 60 outcomes within 14 days; replay these weeks first"):
        alarm.freeze(project)
    assert alarm.read_rule() is None


def test_a_week_that_stands_out_is_a_false_alarm(project: Settings) -> None:
    watched.answer(watched.drifted(), project)
    calm = alarm.freeze(project)
    with closing(store.connect()) as database, database:
        database.execute("UPDATE outcomes SET outcome = 1 WHERE known_on BETWEEN '2024-04-01' AND '2024-04-07'")
    assert date(2024, 4, 8) in alarm.freeze(project).false_alarms
    assert len(calm.false_alarms) < calm.weeks


def test_only_the_week_with_enough_days_in_a_row_above_all_others_is_a_false_alarm() -> None:
    calm = dict.fromkeys(days(date(2024, 3, 18), 21), 0.05)
    gaps = calm | dict.fromkeys(days(date(2024, 3, 27), 3), -0.2)
    weeks = [date(2024, 3, 18), date(2024, 3, 25), date(2024, 4, 1)]
    assert [alarm._false_alarm(gaps, week, 3) for week in weeks] == [False, True, False]
    assert not any(alarm._false_alarm(gaps, week, 4) for week in weeks)


def test_drift_opens_the_alarm_once_and_a_good_day_closes_it(project: Settings) -> None:
    watched.answer(watched.drifted(), project)
    rule = alarm.freeze(project)
    results = [watch.monitor(project, day) for day in days(date(2024, 4, 16), 30)]
    opened = [result.day for result in results if result.opened]
    assert len(opened) == 1
    assert opened[0] > REFERENCE_TO + timedelta(days=rule.days)
    assert results[-1].alerts == ("calibration",)
    assert "ALARM" in results[-1].sentence
    assert not watch.monitor(project, opened[0]).opened, "the past is not judged again"
    with closing(store.connect()) as database, database:
        opening = (opened[0].isoformat(),)
        (gap,) = database.execute(
            "SELECT value FROM measurements WHERE (day, name, slice) = (?, 'calibration_gap', '')", opening
        )
        kept = database.execute("SELECT day, value, bound, closed_day FROM alerts").fetchall()
        assert kept == [(*opening, *gap, rule.bound, None)]
        database.execute(
            "UPDATE predictions AS p SET score = outcome FROM outcomes AS o WHERE o.reference = p.reference"
        )
    assert watch.monitor(project, date(2024, 5, 16)).alerts == ()
    with closing(store.connect()) as database:
        assert database.execute("SELECT closed_day FROM alerts").fetchall() == [("2024-05-16",)]


def test_before_the_rule_is_frozen_nothing_is_judged(project: Settings) -> None:
    day = date(2024, 2, 1)
    assert "no outcome is known yet" in watch.monitor(project, day).sentence
    watched.answer(watched.drifted(), project)
    first, second = watch.monitor(project, day), watch.monitor(project, day)
    assert first == second  # measured again, and stored once
    assert "bound not frozen" in first.sentence
    with closing(store.connect()) as database:
        table = pd.read_sql_query("SELECT name, slice, n, value, bound FROM measurements", database)
    assert not table.duplicated(["name", "slice"]).any()
    assert set(table["name"]) >= {"calibration_gap", "brier", "auc", "mean_score", "mean_outcome"}
    assert {"", "speed=Express", "speed=Standard"} <= set(table["slice"])
    assert table["bound"].isna().all()

"""The alarm: a bound for each version, opened by enough broken days in a row, closed by a good one."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toy_parcels as toy
import watched
from service import scoring, store
from service.manifest import Calibration
from service.monitoring import alarm, watch
from service.registry import Files
from service.settings import Alarm, Settings

REFERENCE_TO = date(2024, 4, 15)
ADD = "INSERT INTO measurements (day, version, name, slice, n, value) VALUES (?, ?, ?, '', ?, ?)"
CALM = Calibration(days=14, gaps=[0.05, -0.04, 0.03, -0.05])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = toy.put(tmp_path, alarm=watched.ALARM)
    monkeypatch.chdir(tmp_path)
    watched.install(watched.Shelf([version(CALM)], {"champion": "1"}), monkeypatch)
    return settings


def version(held_out: Calibration | None) -> Files:
    files = watched.trained("logistic")
    return Files(files.model, files.manifest.model_copy(update={"calibration": held_out}))


def days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(count))


def alarm_settings(**changes: int) -> Alarm:
    return Alarm(**{**watched.ALARM, **changes})


def test_the_bound_is_a_student_interval_from_parts_that_do_not_overlap() -> None:
    held_out = Calibration(days=28, gaps=[0.02, -0.04, 0.02, -0.04])
    of_a_part = np.sqrt((0.02**2 + 0.04**2) / 2)
    assert alarm.bound(held_out, 0.0, alarm_settings(window_days=7)) == pytest.approx(4.604 * of_a_part, rel=1e-3)
    assert alarm.bound(held_out, 0.0, alarm_settings(window_days=28)) == pytest.approx(4.604 * of_a_part / 2, rel=1e-3)


def test_no_bound_is_below_what_chance_makes() -> None:
    lucky = Calibration(days=28, gaps=[0.0] * 4)
    assert alarm.bound(lucky, 0.2 * 0.8 / 400, alarm_settings()) == pytest.approx(4.604 * 0.02, rel=1e-3)


def test_the_gaps_are_those_of_the_held_out_days_in_four_parts(project: Settings) -> None:
    until, days = date(2024, 3, 16), project.training.held_out_days
    known = [until - timedelta(days=number + 1) for number in range(days) for _ in range(40)]
    rows = pd.DataFrame({"known_on": [day.isoformat() for day in known], "late": [0, 1] * (days * 20)})
    ago = np.array([(until - day).days for day in known])
    found = scoring.fit_reference(rows, np.where(ago <= days / 4, 0.9, 0.5), project, until)
    assert found == Calibration(days=days, gaps=[0, 0, 0, -0.4])
    few = rows[(ago <= days / 4) | (np.arange(len(rows)) % 10 == 0)]
    assert scoring.fit_reference(few, np.full(len(few), 0.5), project, until) is None, "a part has too few outcomes"


def test_the_days_of_another_version_do_not_count(project: Settings) -> None:
    opened = []
    with closing(store.connect()) as database:
        for number, name in enumerate(["1", "1", "2", "2", "2"]):
            day = date(2024, 4, 1) + timedelta(days=number)
            database.execute(ADD, (day.isoformat(), name, alarm.STATISTIC, 100, 0.3))
            opened.append(alarm.judge(database, day, 0.2, project.alarm))
    assert opened == [False] * 4 + [True], "two bad days of version 1 say nothing about version 2"


def test_the_champion_is_judged_by_its_own_bound(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Calibration(days=14, gaps=[0.5] * 4)
    watched.install(watched.Shelf([version(CALM), version(own)], {"champion": "2"}), monkeypatch)
    watched.answer(watched.drifted(), project)
    with closing(store.connect()) as database, database:
        database.execute("UPDATE predictions SET version = '2'")
    assert f"(bound {4.604 * 0.5 / 2:.3f})" in watch.monitor(project, date(2024, 5, 1)).sentence


def test_a_version_without_a_bound_is_said_to_be_unwatched(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.answer(watched.drifted(), project)
    watched.install(watched.Shelf([version(None)], {"champion": "1"}), monkeypatch)
    results = [watch.monitor(project, day) for day in days(date(2024, 4, 16), 30)]
    assert not any(result.opened for result in results)
    assert "too few outcomes were held out in its training: the alarm does not watch it" in results[-1].sentence


def test_drift_opens_the_alarm_once_and_a_good_day_closes_it(project: Settings) -> None:
    watched.answer(watched.drifted(), project)
    results = [(day, watch.monitor(project, day)) for day in days(date(2024, 4, 16), 20)]
    opened = [day for day, result in results if result.opened]
    assert len(opened) == 1
    assert opened[0] > REFERENCE_TO + timedelta(days=project.alarm.days)
    assert results[-1][1].alerts == ("calibration",)
    assert "ALARM" in results[-1][1].sentence
    assert not watch.monitor(project, opened[0]).opened, "the past is not judged again"
    with closing(store.connect()) as database, database:
        opening = (opened[0].isoformat(),)
        (found,) = database.execute(
            "SELECT value, bound FROM measurements WHERE (day, name, slice) = (?, 'calibration_gap', '')", opening
        )
        assert abs(found[0]) > found[1]
        kept = database.execute("SELECT day, value, bound, closed_day FROM alerts").fetchall()
        assert kept == [(*opening, *found, None)]
        database.execute(
            "UPDATE predictions AS p SET score = outcome FROM outcomes AS o WHERE o.reference = p.reference"
        )
    assert watch.monitor(project, date(2024, 5, 16)).alerts == ()
    with closing(store.connect()) as database:
        assert database.execute("SELECT closed_day FROM alerts").fetchall() == [("2024-05-16",)]


def test_a_day_that_is_measured_again_is_stored_once(project: Settings) -> None:
    day = date(2024, 2, 1)
    assert "no outcome is known yet" in watch.monitor(project, day).sentence
    watched.answer(watched.drifted(), project)
    first, second = watch.monitor(project, day), watch.monitor(project, day)
    assert first == second
    with closing(store.connect()) as database:
        table = pd.read_sql_query("SELECT name, slice, n, value, bound, version FROM measurements", database)
    assert not table.duplicated(["name", "slice"]).any()
    assert set(table["name"]) >= {"calibration_gap", "brier", "auc", "mean_score", "mean_outcome"}
    assert {"", "speed=Express", "speed=Standard"} <= set(table["slice"])
    assert set(table["version"]) == {"1"}
    assert table["bound"].notna().sum() == 1, "only the gap has one"

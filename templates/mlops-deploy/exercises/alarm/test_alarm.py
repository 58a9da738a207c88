"""The alarm: its bound, the weeks that would have been false alarms, and which days open and close it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from time import time

import pytest

import toy_parcels as toy
from service import store
from service.monitoring import alarm
from service.monitoring.alarm import Rule
from service.monitoring.questions import MonitoringError

ROOT = Path(__file__).resolve().parents[2]
A_DAY = 30  # outcomes, as many as the rule asks for
SETTINGS = toy.settings(alarm={"window_days": 1, "least_outcomes": A_DAY, "days": 2})  # reference: 03-16 to 04-15
RULE = Rule(window_days=14, least_outcomes=60, days=3, bound=0.25, judged_days=31, weeks=5, false_alarms=[])
FIRST, SECOND, THIRD = date(2024, 3, 18), date(2024, 3, 25), date(2024, 4, 1)  # Mondays
CALM = 0.125


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sql").symlink_to(ROOT / "sql")
    with closing(store.connect()) as connection:
        yield connection


def answer(database: sqlite3.Connection, gaps: Mapping[date, float]) -> None:
    """Outcomes that become known on these days: all alike, so that scores one gap away from them leave that gap."""
    for day, gap in gaps.items():
        outcome, known = int(gap > 0), day.isoformat()
        names = [f"{known}-{number}" for number in range(A_DAY)]
        rows = [(name, 0.0, name, known, "1", "champion", "{}", outcome - gap) for name in names]
        database.executemany("INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.executemany("INSERT INTO outcomes VALUES (?, ?, ?)", [(name, known, outcome) for name in names])
    database.commit()


def week(monday: date, *gaps: float | None) -> dict[date, float]:
    """The gaps of a week from its Monday on; None is a day without outcomes."""
    return {monday + timedelta(days=number): gap for number, gap in enumerate(gaps) if gap is not None}


def frozen(database: sqlite3.Connection, *weeks: Mapping[date, float]) -> Rule:
    answer(database, {day: gap for each in weeks for day, gap in each.items()})
    return alarm.freeze(SETTINGS)


def test_the_bound_is_the_largest_gap_in_either_direction(database: sqlite3.Connection) -> None:
    rule = frozen(database, week(FIRST, 0.125, -0.34375, 0.25), week(SECOND, 0.25))
    assert rule.bound == pytest.approx(0.34375), "a gap of -0.34375 is larger than one of 0.25: its size counts"
    assert (rule.judged_days, rule.weeks) == (4, 2)
    assert (rule.window_days, rule.least_outcomes, rule.days) == (1, A_DAY, 2), "these come from the settings"


def test_what_is_frozen_is_kept(database: sqlite3.Connection) -> None:
    rule = frozen(database, week(FIRST, *[CALM] * 3, 0.75, 0.75), week(SECOND, CALM, CALM))
    assert alarm.read_rule() == rule


@pytest.mark.usefixtures("database")
def test_without_outcomes_there_is_no_rule() -> None:
    with pytest.raises(MonitoringError, match=f"has {A_DAY} outcomes within 1 days"):
        alarm.freeze(SETTINGS)
    assert alarm.read_rule() is None


@pytest.mark.parametrize(
    ("weeks", "expected", "why"),
    [
        ([[CALM] * 7, [CALM] * 7], [], "no day is above the bound of the other week"),
        ([[CALM] * 7, [CALM, 0.75, 0.75], [CALM] * 7], [SECOND], "two days in a row are above all others"),
        ([[CALM] * 7, [CALM, -0.75, -0.75], [CALM] * 7], [SECOND], "the size of a gap counts"),
        ([[CALM] * 7, [CALM, 0.75, CALM]], [], "one day is too few"),
        ([[CALM] * 7, [0.75, CALM, 0.75, CALM, 0.75]], [], "three days, but no two in a row"),
        ([[CALM] * 7, [CALM, 0.75, None, 0.75]], [SECOND], "a day that is not judged ends no row"),
        ([[CALM, CALM, 0.5, CALM], [CALM, 0.375, 0.375], [CALM] * 5], [], "0.5 was there in another week: the largest"),
        ([[CALM, CALM]], [FIRST], "without another week, the bound is 0"),
    ],
)
def test_a_week_above_the_bound_of_the_others_is_a_false_alarm(
    database: sqlite3.Connection, weeks: list[list[float | None]], expected: list[date], why: str
) -> None:
    found = [week(monday, *gaps) for monday, gaps in zip((FIRST, SECOND, THIRD), weeks, strict=False)]
    assert frozen(database, *found).false_alarms == expected, why


def measure(database: sqlite3.Connection, day: date, gap: float, n: int = 300) -> None:
    row = (day.isoformat(), "calibration_gap", n, gap)
    database.execute("INSERT INTO measurements (day, name, slice, n, value) VALUES (?, ?, '', ?, ?)", row)


def play(database: sqlite3.Connection, gaps: Sequence[float | None], n: int = 300) -> list[int]:
    """Measure and judge one day after the other; the days, from 0, on which an alarm was opened."""
    opened = []
    for number, gap in enumerate(gaps):
        day = FIRST + timedelta(days=number)
        if gap is not None:
            measure(database, day, gap, n)
        if alarm.judge(database, day, RULE):
            opened.append(number)
    return opened


def alerts(database: sqlite3.Connection) -> list[tuple[int, int | None]]:
    """The alerts as numbers of days: opened, closed."""
    found = database.execute("SELECT day, closed_day FROM alerts ORDER BY day").fetchall()
    return [(number(day), None if closed is None else number(closed)) for day, closed in found]


def number(day: str) -> int:
    return (date.fromisoformat(day) - FIRST).days


def test_an_outlier_rings_no_alarm(database: sqlite3.Connection) -> None:
    assert play(database, [0.9, 0.9, 0.1]) == [], "two days are too few"
    database.execute("DELETE FROM measurements")
    assert play(database, [0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9]) == [], "the rule asks for three broken days in a row"
    assert alerts(database) == []


def test_enough_days_in_a_row_open_it_once(database: sqlite3.Connection) -> None:
    assert play(database, [0.1, 0.3, 0.4, 0.5, 0.6, 0.7]) == [3], "an alert that is open is not opened again"
    assert alerts(database) == [(3, None)]
    found = database.execute("SELECT rule, value, bound, abs(opened_at - ?) < 3600 FROM alerts", (time(),)).fetchall()
    assert found == [("calibration", 0.5, 0.25, 1)], (
        "rule, the gap of that day, the bound, and the unix time in seconds"
    )


def test_a_gap_below_0_counts_by_its_size(database: sqlite3.Connection) -> None:
    assert play(database, [-0.5, 0.5, -0.5]) == [2], (
        "a model that says too much is as wrong as one that says too little"
    )
    assert database.execute("SELECT value FROM alerts").fetchall() == [(-0.5,)], "the gap as it was, with its sign"


def test_a_gap_of_just_the_bound_is_not_broken(database: sqlite3.Connection) -> None:
    assert play(database, [0.25, 0.25, 0.25, 0.25]) == []


def test_the_first_good_day_closes_it(database: sqlite3.Connection) -> None:
    assert play(database, [0.5, 0.5, 0.5, 0.5, 0.1, 0.5, 0.5, 0.5, 0.1]) == [2, 7], (
        "after it, three days are needed again"
    )
    assert alerts(database) == [(2, 4), (7, 8)]


def test_a_day_without_enough_outcomes_is_no_day(database: sqlite3.Connection) -> None:
    for place, (gap, n) in enumerate([(0.5, 300), (0.1, 59), (0.5, 60), (0.9, 59), (0.5, 300), (0.1, 59)]):
        day = FIRST + timedelta(days=place)
        measure(database, day, gap, n)
        assert alarm.judge(database, day, RULE) == (place == 4), "of 60 outcomes, and of no fewer, a gap is judged"
    assert alerts(database) == [(4, None)], "and no alarm ends with a day of too few outcomes"


def test_a_day_that_was_not_measured_changes_nothing(database: sqlite3.Connection) -> None:
    assert play(database, [0.5, None, 0.5, None, 0.5, None]) == [4]
    assert alerts(database) == [(4, None)]


def test_the_past_is_not_judged_again(database: sqlite3.Connection) -> None:
    play(database, [0.1, 0.5, 0.5, 0.5])
    assert [alarm.judge(database, FIRST + timedelta(days=day), RULE) for day in (3, 0, 2)] == [False] * 3
    assert alerts(database) == [(3, None)], "the alert of day 3 is neither opened twice nor closed by the good day 0"


def test_days_that_were_measured_later_are_left_as_they_are(database: sqlite3.Connection) -> None:
    for place in range(6):
        measure(database, FIRST + timedelta(days=place), 0.5)
    assert not alarm.judge(database, FIRST + timedelta(days=3), RULE), "day 5 has been measured, so day 3 is the past"
    assert alerts(database) == []


def test_the_bound_stands_beside_each_gap(database: sqlite3.Connection) -> None:
    play(database, [0.1, 0.5])
    alarm.judge(database, FIRST, RULE.model_copy(update={"bound": 0.375}))
    assert database.execute("SELECT bound FROM measurements ORDER BY day").fetchall() == [(0.375,), (0.25,)], (
        "the bound of each judgement, also of a day of the past"
    )


def test_other_alerts_are_not_touched(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO alerts VALUES ('another', '2024-01-01', 1, 1, 1, NULL)")
    assert play(database, [0.5, 0.5, 0.5, 0.1]) == [2]
    assert database.execute("SELECT closed_day FROM alerts WHERE rule = 'another'").fetchall() == [(None,)]

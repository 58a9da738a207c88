"""The alarm: how large a gap may be, and which days open and close it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from time import time

import pytest

from service import store
from service.manifest import Calibration
from service.monitoring import alarm
from service.settings import Alarm

ROOT = Path(__file__).resolve().parents[2]
RULE = Alarm(window_days=14, least_outcomes=60, days=3)
LIMIT = 0.25
FIRST = date(2024, 3, 18)
T99 = 4.604  # of Student's t distribution with 4 degrees of freedom
GAPS = [0.03, -0.05, 0.03, -0.05]
SQUARE = 0.0017  # the mean square of these gaps


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sql").symlink_to(ROOT / "sql")
    with closing(store.connect()) as connection:
        yield connection


@pytest.mark.parametrize(
    ("days", "window", "expected", "why"),
    [
        (28, 7, T99 * sqrt(SQUARE), "a window as long as a part"),
        (28, 28, T99 * sqrt(SQUARE) / 2, "the mean of four parts varies half as much as one of them"),
        (56, 14, T99 * sqrt(SQUARE), "parts of 14 days"),
    ],
)
def test_the_bound_comes_from_the_parts(days: int, window: int, expected: float, why: str) -> None:
    rule = RULE.model_copy(update={"window_days": window})
    assert alarm.bound(Calibration(days=days, gaps=GAPS), 0.0, rule) == pytest.approx(expected, rel=1e-3), why


def test_a_version_that_is_always_wrong_by_as_much_varies_around_0() -> None:
    found = alarm.bound(Calibration(days=56, gaps=[0.05] * 4), 0.0, RULE)
    assert found == pytest.approx(T99 * 0.05, rel=1e-3)


def test_no_bound_is_below_what_chance_makes() -> None:
    assert alarm.bound(Calibration(days=56, gaps=[0.001] * 4), 0.0004, RULE) == pytest.approx(T99 * 0.02, rel=1e-3)


def test_without_held_out_outcomes_or_without_outcomes_there_is_no_bound() -> None:
    assert alarm.bound(None, 0.0004, RULE) is None
    assert alarm.bound(Calibration(days=56, gaps=GAPS), None, RULE) is None


def measure(database: sqlite3.Connection, day: date, gap: float, n: int = 300, version: str = "1") -> None:
    row = (day.isoformat(), version, "calibration_gap", n, gap)
    database.execute("INSERT INTO measurements (day, version, name, slice, n, value) VALUES (?, ?, ?, '', ?, ?)", row)


def play(database: sqlite3.Connection, gaps: Sequence[float | None], n: int = 300) -> list[int]:
    """Measure and judge one day after the other; the days, from 0, on which an alarm was opened."""
    opened = []
    for number, gap in enumerate(gaps):
        day = FIRST + timedelta(days=number)
        if gap is not None:
            measure(database, day, gap, n)
        if alarm.judge(database, day, LIMIT, RULE):
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
        opened = alarm.judge(database, day, LIMIT, RULE)
        assert opened == (place == 4), "of 60 outcomes, and of no fewer, a gap is judged"
    assert alerts(database) == [(4, None)], "and no alarm ends with a day of too few outcomes"


def test_a_day_that_was_not_measured_changes_nothing(database: sqlite3.Connection) -> None:
    assert play(database, [0.5, None, 0.5, None, 0.5, None]) == [4]
    assert alerts(database) == [(4, None)]


def test_the_past_is_not_judged_again(database: sqlite3.Connection) -> None:
    play(database, [0.1, 0.5, 0.5, 0.5])
    assert [alarm.judge(database, FIRST + timedelta(days=day), LIMIT, RULE) for day in (3, 0, 2)] == [False] * 3
    assert alerts(database) == [(3, None)], "the alert of day 3 is neither opened twice nor closed by the good day 0"


def test_days_that_were_measured_later_are_left_as_they_are(database: sqlite3.Connection) -> None:
    for place in range(6):
        measure(database, FIRST + timedelta(days=place), 0.5)
    opened = alarm.judge(database, FIRST + timedelta(days=3), LIMIT, RULE)
    assert not opened, "day 5 has been measured, so day 3 is the past"
    assert alerts(database) == []


def test_the_bound_stands_beside_each_gap(database: sqlite3.Connection) -> None:
    play(database, [0.1, 0.5])
    alarm.judge(database, FIRST, 0.375, RULE)
    assert database.execute("SELECT bound FROM measurements ORDER BY day").fetchall() == [(0.375,), (0.25,)], (
        "the bound of each judgement, also of a day of the past"
    )


def test_each_day_is_held_against_its_own_bound(database: sqlite3.Connection) -> None:
    for place, limit in enumerate([0.5, 0.25, 0.25, 0.25]):
        measure(database, FIRST + timedelta(days=place), 0.375)
        opened = alarm.judge(database, FIRST + timedelta(days=place), limit, RULE)
    assert opened, "days 1 to 3 are broken"
    database.execute("DELETE FROM measurements")
    database.execute("DELETE FROM alerts")
    for place, limit in enumerate([0.5, 0.25, 0.25]):
        measure(database, FIRST + timedelta(days=place), 0.375)
        opened = alarm.judge(database, FIRST + timedelta(days=place), limit, RULE)
    assert not opened, "the bound of day 0 was not broken"


def test_the_days_of_another_version_say_nothing(database: sqlite3.Connection) -> None:
    opened = []
    for place, version in enumerate("112222"):
        measure(database, FIRST + timedelta(days=place), 0.5, version=version)
        opened.append(alarm.judge(database, FIRST + timedelta(days=place), LIMIT, RULE))
    assert opened == [False] * 4 + [True, False]


def test_without_a_bound_nothing_opens_or_closes(database: sqlite3.Connection) -> None:
    play(database, [0.5, 0.5, 0.5])
    measure(database, FIRST + timedelta(days=3), 0.1)
    assert not alarm.judge(database, FIRST + timedelta(days=3), None, RULE)
    assert database.execute("SELECT bound FROM measurements ORDER BY day DESC").fetchone() == (None,)


def test_other_alerts_are_not_touched(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO alerts VALUES ('another', '2024-01-01', 1, 1, 1, NULL)")
    assert play(database, [0.5, 0.5, 0.5, 0.1]) == [2]
    assert database.execute("SELECT closed_day FROM alerts WHERE rule = 'another'").fetchall() == [(None,)]

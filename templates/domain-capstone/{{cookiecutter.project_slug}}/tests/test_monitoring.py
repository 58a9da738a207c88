"""Overrides are counted for each week and version, with an interval, and too many of them are an alarm."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import toy_case
from capstone import audit, monitoring
from capstone.audit import AuditLog
from capstone.bootstrap import wilson
from capstone.monitoring import measure

SETTINGS = toy_case.settings()  # an alarm if more than 30% of at least 5 reviews


class Clock:
    """Stands in for `datetime` in the log."""

    day = "2026-01-01"

    def now(self, tz: object) -> datetime:
        return datetime.fromisoformat(f"{self.day}T12:00:00+00:00").astimezone(UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(audit, "datetime", clock, raising=False)
    return clock


def add(log: AuditLog, name: str, version: str = "v1", *, accepted: bool = False, then: str | None = None) -> None:
    """One answer, and its review."""
    log.append("answered", name, {"inputs": {}, "decision": {"accepted": accepted, "model_version": version}})
    if then:
        log.append(then, name, {"answer": "x", "reason": "", "reviewer": "A", "model_version": version})  # type: ignore[arg-type]


def test_nothing_was_asked_yet(log: AuditLog) -> None:
    measured = measure(log, SETTINGS)
    assert measured["weeks"] == []
    assert (measured["alarm"], measured["version"], measured["waiting"], measured["events"]) == (None, None, 0, 0)
    assert measured["judged"]["rate"] is None


def test_each_event_counts_in_its_week_and_version(log: AuditLog, clock: Clock) -> None:
    clock.day = "2025-12-29"  # a Monday: the first week of 2026
    add(log, "a", accepted=True)
    add(log, "b", then="accepted")
    add(log, "c", "v2")
    clock.day = "2026-01-05"
    log.append("overridden", "c", {"answer": "x", "reason": "why", "reviewer": "A", "model_version": "v2"})
    add(log, "d", "v2", accepted=True, then="overridden")  # an accepted answer may be reviewed, too
    add(log, "e", "v2", then="accepted")
    measured = measure(log, SETTINGS)
    shown = [tuple(one[key] for key in ("week", "version", *monitoring.NAMES, "rate")) for one in measured["weeks"]]
    assert shown == [
        ("2026-W01", "v1", 2, 1, 1, 0, 0.0),
        ("2026-W01", "v2", 1, 1, 0, 0, None),
        ("2026-W02", "v2", 2, 1, 3, 2, 0.6667),
    ]
    assert measured["weeks"][2]["ci95"] == pytest.approx(wilson(2, 3), abs=1e-4)
    assert measured["version"] == "v2"
    assert (measured["events"], measured["newest_hash"]) == log.newest()


@pytest.mark.parametrize(
    ("overridden", "reviewed", "alarm"),
    [
        (4, 4, False),  # fewer than 5 reviews
        (5, 5, True),
        (4, 6, False),  # 67%, but it might be 30%
        (7, 10, True),
        (0, 50, False),
    ],
)
def test_an_alarm_needs_enough_reviews_and_a_rate_that_is_surely_too_high(
    log: AuditLog, overridden: int, reviewed: int, alarm: bool
) -> None:
    for place in range(reviewed):
        add(log, str(place), then="overridden" if place < overridden else "accepted")
    measured = measure(log, SETTINGS)
    assert bool(measured["alarm"]) == alarm
    assert (measured["judged"]["overridden"], measured["judged"]["reviewed"]) == (overridden, reviewed)


def test_the_newest_weeks_of_the_version_that_answers_are_judged(log: AuditLog, clock: Clock) -> None:
    days = ["2026-01-05", "2026-01-12", "2026-01-19"]
    for day, then in zip(days, ["overridden", "overridden", "accepted"], strict=True):
        clock.day = day
        for place in range(4):
            add(log, f"{day}-{place}", then=then)
    measured = measure(log, SETTINGS)
    assert measured["judged"] == {
        "weeks": ["2026-W03", "2026-W04"],
        **monitoring.rates([{"answered": 8, "referred": 8, "reviewed": 8, "overridden": 4}]),
    }
    add(log, "new", "v2")  # another version answers now
    assert measure(log, SETTINGS)["judged"]["reviewed"] == 0


def test_the_command_writes_the_report_and_fails_on_an_alarm(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    add(log, "waits")
    assert monitoring.run(log, SETTINGS) == 0
    assert "1 parcel waits for a person." in capsys.readouterr().out
    for place in range(6):
        add(log, str(place), then="overridden")
    assert monitoring.run(log, SETTINGS) == 1
    captured = capsys.readouterr()
    assert "Overridden in the newest weeks: 6 of 6 that people decided." in captured.out
    sentence = "People override 100% of the answers that they review (95% interval 61% to 100%), but at most 30%"
    assert f"Alarm: {sentence} is allowed." in captured.err
    written: dict[str, Any] = json.loads(audit.SEEN.read_text())
    assert written["alarm"].startswith(sentence)
    assert written["newest_hash"] == log.newest()[1]


def test_a_log_that_was_cut_off_is_not_measured_again(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add(log, "a")
    assert [monitoring.run(log, SETTINGS), monitoring.run(log, SETTINGS)] == [0, 0]
    before = audit.SEEN.read_bytes()
    for path in tmp_path.glob("audit.db*"):
        path.unlink()
    toy_case.log(tmp_path)
    with pytest.raises(SystemExit, match="is not in the log"):
        monitoring.run(audit.opened(log.path), SETTINGS)
    assert audit.SEEN.read_bytes() == before

"""The chain of the audit log: what is written fits, and what was changed, removed, moved or cut off shows."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from capstone import audit
from capstone.audit import AlreadyReviewedError, AuditLog

ANSWERED = {"inputs": {"note": 'Zürich, "x"\n'}, "decision": {"accepted": False}}
REVIEW = {"answer": "keep", "reviewer": "Ada"}


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    """Three answers and a review."""
    found = AuditLog(tmp_path / "audit.db")
    for case in "abc":
        found.append("answered", case, ANSWERED)
    found.append("accepted", "a", REVIEW)
    return found


def forge(log: AuditLog, *statements: str) -> None:
    """What somebody could do who may write the file; the index would refuse what is no JSON."""
    with closing(sqlite3.connect(log.path)) as database, database:
        database.execute("DROP INDEX referred")
        for statement in statements:
            database.execute(statement)


def described(previous: object, *others: object) -> str:
    """The hash of an event, as the log describes it."""
    return sha256(json.dumps([previous, *others]).encode()).hexdigest()


def stored(log: AuditLog) -> list[tuple[object, ...]]:
    """Number, time, case, kind, content, previous hash and own hash, as they are in the file."""
    with closing(sqlite3.connect(log.path)) as database:
        return database.execute("SELECT * FROM events ORDER BY seq").fetchall()


def test_events_are_numbered_and_come_back(log: AuditLog) -> None:
    found = log.events()
    assert [(one.seq, one.case_id, one.kind) for one in found] == [
        (1, "a", "answered"),
        (2, "b", "answered"),
        (3, "c", "answered"),
        (4, "a", "accepted"),
    ]
    assert found[0].content == ANSWERED


def test_append_returns_the_event_that_it_wrote(log: AuditLog) -> None:
    before = datetime.now(UTC)
    event = log.append("answered", "d", ANSWERED)
    assert event == log.events()[-1]
    at = datetime.fromisoformat(event.at)
    assert at.utcoffset() is not None, "a time without its zone is no time"
    assert abs((at - before).total_seconds()) < 3600, "the time of an event is now, in UTC"


def test_each_event_holds_the_hash_of_the_one_before(log: AuditLog) -> None:
    found = log.events()
    assert [one.previous for one in found] == [audit.START, *(one.hash for one in found[:-1])]
    assert len({one.hash for one in found}) == 4


def test_the_hash_is_the_one_that_is_described(log: AuditLog) -> None:
    for number, (seq, at, case, kind, text, previous, own) in enumerate(stored(log), 1):
        assert own == described(previous, seq, at, case, kind, text), f"event {number}: anybody must be able to check"


def test_a_second_review_is_refused_and_leaves_nothing(log: AuditLog) -> None:
    with pytest.raises(AlreadyReviewedError):
        log.append("overridden", "a", REVIEW)
    assert [one.seq for one in log.events()] == [1, 2, 3, 4]
    assert log.append("overridden", "b", REVIEW).seq == 5, "the log goes on after a refusal"
    assert log.verify() is None


def test_two_writers_make_one_chain(log: AuditLog) -> None:
    writers = [log, AuditLog(log.path)]
    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(lambda turn: writers[turn % 2].append("answered", f"case {turn}", ANSWERED), range(24)))
    assert sorted(one.seq for one in written) == list(range(5, 29)), "each event has a number of its own"
    assert log.verify() is None


def test_a_log_that_nobody_touched_is_whole(log: AuditLog, tmp_path: Path) -> None:
    assert log.verify() is None
    assert log.verify(*log.newest()) is None
    assert AuditLog(tmp_path / "empty.db").verify() is None


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE events SET content = replace(content, 'note', 'memo') WHERE seq = 2", 2),
        ("UPDATE events SET content = replace(content, ': ', ':') WHERE seq = 2", 2),
        ("UPDATE events SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 3", 3),
        ("UPDATE events SET case_id = 'z' WHERE seq = 1", 1),
        ("UPDATE events SET kind = 'overridden' WHERE seq = 4", 4),
        ("UPDATE events SET previous = hash WHERE seq = 3", 3),
        (f"UPDATE events SET hash = '{audit.START}' WHERE seq = 1", 1),
        ("UPDATE events SET content = x'00' WHERE seq = 1", 1),
    ],
)
def test_a_change_shows_in_its_event(log: AuditLog, statement: str, number: int) -> None:
    forge(log, statement)
    assert str(log.verify()).startswith(f"Event {number} was changed"), f"somebody ran: {statement}"


def test_a_change_with_a_new_hash_shows_in_the_next_event(log: AuditLog) -> None:
    _, at, case, kind, _, previous, _ = stored(log)[1]
    own = described(previous, 2, at, case, kind, "{}")
    forge(log, f"UPDATE events SET content = '{{}}', hash = '{own}' WHERE seq = 2")
    assert str(log.verify()).startswith("Event 3 was changed, or does not follow"), "event 3 holds the old hash of 2"


def test_events_that_changed_places_do_not_follow_each_other(log: AuditLog) -> None:
    _, at, case, kind, text, previous, _ = stored(log)[2]
    own = described(previous, 2, at, case, kind, text)  # the third event as the second, with a hash that fits
    forge(log, "DELETE FROM events WHERE seq = 2", f"UPDATE events SET seq = 2, hash = '{own}' WHERE seq = 3")
    assert str(log.verify()).startswith("Event 2 was changed, or does not follow"), "it holds the hash of what is gone"


@pytest.mark.parametrize("number", [1, 3])
def test_a_gap_shows(log: AuditLog, number: int) -> None:
    forge(log, f"DELETE FROM events WHERE seq = {number}")
    assert log.verify() == f"Event {number} is missing."


@pytest.mark.parametrize("number", [0, -9])
def test_an_event_before_the_first_shows(log: AuditLog, number: int) -> None:
    others = "at, 'd', kind, content, previous, hash"
    forge(log, f"INSERT INTO events SELECT {number}, {others} FROM events WHERE seq = 1")
    assert log.verify() == "Event 1 is missing.", f"a number of {number} was never given, so that row is not event 1"


def test_a_cut_tail_shows_in_the_copy_of_the_newest_hash(log: AuditLog) -> None:
    copy = log.newest()
    forge(log, "DELETE FROM events WHERE seq = 4")
    assert log.verify() is None, "the rest fits"
    cut = "Event 4 of reports/monitoring.json is not in the log: it was cut off or made anew."
    assert log.verify(*copy) == cut
    log.append("accepted", "b", REVIEW)
    assert log.verify(*copy) == cut, "there are four events again, but the fourth is another one"


def test_a_log_that_has_grown_still_has_the_old_newest_event(log: AuditLog) -> None:
    copy = log.newest()
    log.append("accepted", "b", REVIEW)
    assert log.verify(*copy) is None

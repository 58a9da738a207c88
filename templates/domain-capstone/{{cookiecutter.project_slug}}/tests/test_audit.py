"""The log only grows, shows where it was changed, and says so when it cannot be written."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest

from capstone import audit
from capstone.audit import AlreadyReviewedError, AuditLog, UnknownCaseError
from toy_case import ANSWERED, REVIEW

COPY, REST = "INSERT INTO events SELECT", "at, 'd', kind, content, previous, hash FROM events WHERE seq ="


def change(log: AuditLog, *statements: str) -> None:
    """What somebody could do who may write the file."""
    with closing(sqlite3.connect(log.path)) as database, database:
        for statement in statements:
            database.execute(statement)


def test_events_come_back_as_they_were_written(filled: AuditLog) -> None:
    events = filled.events()
    assert [(one.seq, one.case_id, one.kind) for one in events] == [
        (1, "a", "answered"),
        (2, "b", "answered"),
        (3, "c", "answered"),
        (4, "a", "accepted"),
    ]
    assert events[0].content == ANSWERED
    assert filled.events(after=1, limit=2) == events[1:3]
    assert filled.case("a") == [events[0], events[3]]
    assert filled.cases("waiting") == [[events[1]], [events[2]]]
    assert filled.cases("waiting", 1) == [[events[1]]]
    assert filled.cases("reviewed") == [[events[0], events[3]]]
    assert filled.waiting() == 2
    assert AuditLog(filled.path).events() == events  # after a restart, too
    with pytest.raises(UnknownCaseError):
        filled.case("d")


def test_the_hash_is_the_one_that_is_described(filled: AuditLog) -> None:
    previous = audit.START
    for one in filled.events():
        assert one.previous == previous
        assert len(one.previous) == len(one.hash)
        text = json.dumps(one.content, ensure_ascii=False)
        listed = json.dumps([previous, one.seq, one.at, one.case_id, one.kind, text])
        previous = sha256(listed.encode()).hexdigest()
        assert one.hash == previous
    assert filled.newest() == (4, previous)
    assert filled.verify() is None


def test_an_empty_log_fits(log: AuditLog) -> None:
    assert (log.verify(), log.newest(), log.waiting()) == (None, (0, audit.START), 0)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE events SET content = replace(content, 'Zürich', 'Bern') WHERE seq = 2", "Event 2 was changed"),
        ("UPDATE events SET at = '2020' WHERE seq = 3", "Event 3 was changed"),
        ("UPDATE events SET kind = 'overridden' WHERE seq = 4", "Event 4 was changed"),
        ("UPDATE events SET content = x'00' WHERE seq = 1", "Event 1 was changed"),
        (f"UPDATE events SET hash = '{audit.START}' WHERE seq = 1", "Event 1 was changed"),
        ("UPDATE events SET previous = hash WHERE seq = 3", "Event 3 was changed"),
        ("DELETE FROM events WHERE seq = 1", "Event 1 is missing."),
        ("DELETE FROM events WHERE seq = 3", "Event 3 is missing."),
        (f"{COPY} 0, {REST} 1", "Event 1 is missing."),
        (f"{COPY} -9, {REST} 1", "Event 1 is missing."),
        (f"{COPY} 5, {REST} 2", "Event 5 was changed"),
    ],
)
def test_the_first_event_that_does_not_fit_is_named(filled: AuditLog, statement: str, found: str) -> None:
    change(filled, "DROP INDEX referred", statement)
    assert str(filled.verify()).startswith(found)


def test_a_log_that_was_cut_off_shows_only_in_its_newest_hash(filled: AuditLog) -> None:
    copy = filled.newest()
    assert filled.verify(*copy) is None
    change(filled, "DELETE FROM events WHERE seq = 4")
    assert filled.verify() is None
    cut = "Event 4 of reports/monitoring.json is not in the log: it was cut off or made anew."
    assert filled.verify(*copy) == cut
    filled.append("accepted", "b", REVIEW)  # as many events as before
    assert filled.verify() is None
    assert filled.verify(*copy) == cut


def test_a_log_that_has_grown_fits_its_copy(filled: AuditLog) -> None:
    copy = filled.newest()
    filled.append("accepted", "b", REVIEW)
    assert filled.verify(*copy) is None


def test_one_case_has_one_review(filled: AuditLog) -> None:
    for kind in ("accepted", "overridden"):
        with pytest.raises(AlreadyReviewedError, match="A person has already decided this case"):
            filled.append(kind, "a", REVIEW)
    assert filled.newest()[0] == 4

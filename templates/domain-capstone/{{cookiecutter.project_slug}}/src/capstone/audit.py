"""`var/audit.db`: every answer and what people made of it, in a log that only grows.

Each event holds a SHA-256 over the hash of the event before and its own content, so an event that was changed, removed
or put between others no longer fits (Haber and Stornetta, 1991, How to Time-Stamp a Digital Document). That the newest
were cut off, or all made anew, shows only in a copy: the commands compare with `reports/monitoring.json`.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import structlog
from pydantic import Field

from .reporting.metrics import REPORTS, Part, read_json

DATABASE = Path("var/audit.db")
SEEN = REPORTS / "monitoring.json"  # knows how many events there were, and the hash of the last one
LOCK_SECONDS = 15.0  # that a writer waits for others
START = "0" * 64  # stands before the first event
# The unique index lets one answer and one review of each case in: of two reviewers at once, one is refused.
TABLES = """
CREATE TABLE IF NOT EXISTS events(
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, case_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('answered', 'accepted', 'overridden')),
    content TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS one_of_each ON events(case_id, kind <> 'answered');
CREATE INDEX IF NOT EXISTS referred ON events(seq, case_id)
    WHERE kind = 'answered' AND json_extract(content, '$.decision.accepted') = 0;
"""
APPEND = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
LAST = f"SELECT seq, hash FROM events UNION ALL SELECT 0, '{START}' ORDER BY seq DESC LIMIT 1"  # noqa: S608
AFTER = "SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
CASES = """SELECT * FROM events AS answer
    LEFT JOIN events AS review ON review.case_id = answer.case_id AND (review.kind <> 'answered') = 1
    WHERE answer.kind = 'answered'"""
CASE = f"{CASES} AND answer.case_id = ?"
LISTS = {  # the oldest that wait, the newest that are reviewed
    "waiting": f"""{CASES} AND json_extract(answer.content, '$.decision.accepted') = 0 AND review.seq IS NULL
    ORDER BY answer.seq LIMIT ?""",
    "reviewed": f"{CASES} AND review.seq IS NOT NULL ORDER BY review.seq DESC LIMIT ?",
}
WAITING = f"SELECT COUNT(*) FROM ({LISTS['waiting']})"  # noqa: S608
COUNTS = """SELECT substr(at, 1, 10),
    COALESCE(json_extract(content, '$.decision.model_version'), json_extract(content, '$.model_version')),
    SUM(kind = 'answered'), SUM(kind = 'answered' AND json_extract(content, '$.decision.accepted') = 0),
    SUM(kind <> 'answered'), SUM(kind = 'overridden')
    FROM events GROUP BY 1, 2 ORDER BY MAX(seq * (kind = 'answered'))"""

Kind = Literal["answered", "accepted", "overridden"]
State = Literal["waiting", "reviewed"]

log = structlog.get_logger("audit")


class AuditError(ValueError):
    """The log cannot be used; the message is one sentence that says why."""


class UnknownCaseError(ValueError):
    """No case has this id."""


class AlreadyReviewedError(ValueError):
    """A person has already decided this case."""


class Event(Part):
    """One line of the log."""

    seq: int
    at: str = Field(description="ISO 8601, UTC")
    case_id: str
    kind: Kind
    content: dict[str, Any]
    previous: str = Field(description="The hash of the event before")
    hash: str = Field(description="SHA-256 of the JSON list [previous, seq, at, case_id, kind, content as stored]")


class AuditLog:
    """The log in one SQLite file, for several threads and processes. All methods raise AuditError if it fails them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._database("rwc") as database:
            database.executescript(TABLES)

    @contextmanager
    def _database(self, mode: str = "rw") -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: what is written to a file that was moved away would be lost."""
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(address, timeout=LOCK_SECONDS, isolation_level=None, uri=True)) as database:
                database.execute("PRAGMA synchronous = EXTRA")  # what is logged outlives a power cut
                yield database
        except (sqlite3.Error, OSError) as error:
            log.error("audit log unusable", database=str(self.path), reason=str(error))
            raise AuditError(f"The audit log cannot be used: {getattr(error, 'strerror', error)}.") from error

    def append(self, kind: Kind, case_id: str, content: Mapping[str, Any]) -> Event:
        """Add an event: it is on the disk when this returns. Raises AlreadyReviewedError for a second review."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        with self._database() as database:
            database.execute("BEGIN IMMEDIATE")
            seq, previous = database.execute(LAST).fetchone()
            row = (seq + 1, datetime.now(UTC).isoformat(timespec="milliseconds"), case_id, kind, text, previous)
            own = _hash(*row)
            try:
                database.execute(APPEND, (*row, own))
            except sqlite3.IntegrityError:
                raise AlreadyReviewedError("A person has already decided this case.") from None
            database.execute("COMMIT")
        return _event((*row, own))

    def events(self, after: int = 0, limit: int = 100) -> list[Event]:
        """The events that follow the one with the number `after`."""
        return list(map(_event, self._rows(AFTER, after, limit)))

    def case(self, case_id: str) -> list[Event]:
        """The answer for a case, and its review if there is one; raises UnknownCaseError if there is no such case."""
        if not (rows := self._rows(CASE, case_id)):
            raise UnknownCaseError("No case has this id.")
        return _case(rows[0])

    def cases(self, state: State, limit: int = -1) -> list[list[Event]]:
        """The events of each case that waits for a person, or that a person has decided."""
        return list(map(_case, self._rows(LISTS[state], limit)))

    def waiting(self) -> int:
        """How many cases wait for a person."""
        return int(self._rows(WAITING, -1)[0][0])

    def counts(self) -> list[tuple[str, str, int, int, int, int]]:
        """Day, model version, how many answers, referred ones, reviews, overrides; last the one that answered last."""
        return self._rows(COUNTS)

    def newest(self) -> tuple[int, str]:
        """Number and hash of the newest event."""
        ((seq, own),) = self._rows(LAST)
        return seq, own

    def verify(self, events: int = 0, newest: str = START) -> str | None:
        """Why the log is not whole; None if it is: all events fit, and the one that once was the newest is there."""
        expected, previous = 1, START
        with self._database() as database:
            for *row, own in database.execute(AFTER, (-(2**63), -1)):
                if row[0] != expected:
                    return f"Event {expected} is missing."
                if row[5] != previous or own != _hash(*row):
                    return f"Event {expected} was changed, or does not follow the one before it."
                expected, previous, events = expected + 1, own, 0 if own == newest else events
        return f"Event {events:,} of {SEEN} is not in the log: it was cut off or made anew." if events else None

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._database() as database:
            return database.execute(query, values).fetchall()


def opened(path: Path) -> AuditLog:
    """The log in a file, verified. One that is not whole ends the program with 1; none is an AuditError."""
    if not path.exists():
        raise AuditError(f"{path} does not exist: `make serve` begins a log, CAPSTONE_DATABASE names another one.")
    found, seen = AuditLog(path), read_json(SEEN) if SEEN.exists() else {}
    if broken := found.verify(seen.get("events", 0), seen.get("newest_hash", START)):
        sys.exit(broken)
    return found


def _hash(seq: Any, at: Any, case_id: Any, kind: Any, text: Any, previous: Any) -> str:
    listed = json.dumps([previous, seq, at, case_id, kind, text], default=str)  # a forged value may have any type
    return sha256(listed.encode()).hexdigest()


def _event(row: tuple[Any, ...]) -> Event:
    return Event.model_validate(dict(zip(Event.model_fields, row, strict=True)) | {"content": json.loads(row[4])})


def _case(row: tuple[Any, ...]) -> list[Event]:
    """The answer, and the review if there is one."""
    answer, review = row[: len(row) // 2], row[len(row) // 2 :]
    return [_event(event) for event in (answer, review) if event[0] is not None]

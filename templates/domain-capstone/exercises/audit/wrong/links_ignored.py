"""Checks the hash of each event, but not whether it follows the one before."""

import json
import sqlite3
from datetime import UTC, datetime
from hashlib import sha256


def _hash(seq: Any, at: Any, case_id: Any, kind: Any, text: Any, previous: Any) -> str:
    listed = json.dumps([previous, seq, at, case_id, kind, text], default=str)
    return sha256(listed.encode()).hexdigest()


def append(self: AuditLog, kind: Kind, case_id: str, content: Mapping[str, Any]) -> Event:
    text = json.dumps(content, ensure_ascii=False)
    with self._database() as database:
        database.execute("BEGIN IMMEDIATE")
        seq, previous = database.execute(LAST).fetchone()
        row = (seq + 1, datetime.now(UTC).isoformat(), case_id, kind, text, previous)
        own = _hash(*row)
        try:
            database.execute(APPEND, (*row, own))
        except sqlite3.IntegrityError:
            raise AlreadyReviewedError("A person has already decided this case.") from None
        database.execute("COMMIT")
    return _event((*row, own))


def verify(self: AuditLog, events: int = 0, newest: str = START) -> str | None:
    expected, previous = 1, START
    with self._database() as database:
        for *row, own in database.execute(AFTER, (-(2**63), -1)):
            if row[0] != expected:
                return f"Event {expected} is missing."
            if own != _hash(*row):
                return f"Event {expected} was changed, or does not follow the one before it."
            expected, previous, events = expected + 1, own, 0 if own == newest else events
    return f"Event {events:,} of {SEEN} is not in the log: it was cut off or made anew." if events else None


AuditLog.append, AuditLog.verify = append, verify

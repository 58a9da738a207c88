"""The same with one check after the other, on a list of all rows."""

import json
import sqlite3
from datetime import datetime, timezone
from hashlib import sha256


def _hash(seq: Any, at: Any, case_id: Any, kind: Any, text: Any, previous: Any) -> str:
    digest = sha256()
    digest.update(json.dumps([previous, seq, at, case_id, kind, text], default=repr).encode("ascii"))
    return digest.hexdigest()


def append(self: AuditLog, kind: Kind, case_id: str, content: Mapping[str, Any]) -> Event:
    with self._database() as database:
        database.execute("BEGIN IMMEDIATE")
        last, previous = database.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (0, START)
        at = datetime.now(tz=timezone.utc).isoformat()
        text = json.dumps(dict(content), ensure_ascii=False, allow_nan=False)
        own = _hash(last + 1, at, case_id, kind, text, previous)
        try:
            database.execute(APPEND, [last + 1, at, case_id, kind, text, previous, own])
        except sqlite3.IntegrityError:
            database.execute("ROLLBACK")
            raise AlreadyReviewedError("A person has already decided this case.") from None
        database.execute("COMMIT")
    return _event((last + 1, at, case_id, kind, text, previous, own))


def verify(self: AuditLog, events: int = 0, newest: str = START) -> str | None:
    with self._database() as database:
        rows = database.execute("SELECT seq, at, case_id, kind, content, previous, hash FROM events ORDER BY seq").fetchall()
    before = START
    for number, (seq, at, case_id, kind, text, previous, own) in enumerate(rows, 1):
        if seq != number:
            return f"Event {number} is missing."
        if previous != before or own != _hash(seq, at, case_id, kind, text, previous):
            return f"Event {number} was changed, or does not follow the one before it."
        before = own
    if events > 0 and newest not in {row[-1] for row in rows}:
        return f"Event {events} of {SEEN} is not in the log: it was cut off or made anew."
    return None


AuditLog.append, AuditLog.verify = append, verify

"""The log of questions and feedback: a SQLite file. Answers do not depend on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes
from threading import Lock
from time import time
from typing import Any, Literal

import apsw
import structlog

from ..errors import Unavailable
from ..hits import Where

ACTIVITY = Path("artifacts/activity.db")
DAY = 86_400
BUSY_MS = 200  # an answer waits no longer than this for a log that somebody else is writing
PRUNE_EVERY = 200  # questions
SCHEMA = """
CREATE TABLE IF NOT EXISTS question (
    id TEXT PRIMARY KEY, asked_at REAL NOT NULL, question TEXT, filter TEXT NOT NULL, top_score REAL,
    confidence REAL NOT NULL, abstained INTEGER NOT NULL, seconds REAL NOT NULL, model TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cost REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS question_asked_at ON question (asked_at);
CREATE TABLE IF NOT EXISTS feedback (
    question TEXT PRIMARY KEY REFERENCES question (id) ON DELETE CASCADE,
    given_at REAL NOT NULL, helpful INTEGER NOT NULL, note TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hashing (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL);
"""

Keep = Literal["hash", "text", "off"]

log = structlog.get_logger("activity")


@dataclass(frozen=True, slots=True)
class Asked:
    """One answered question. `top_score` is None where nothing was found; `cost` is in the settings' currency."""

    id: str
    question: str
    where: Where
    top_score: float | None
    confidence: float
    abstained: bool
    seconds: float
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """What a period of the log adds up to."""

    questions: int
    abstained: int
    helpful: int
    unhelpful: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


class ActivityLog:
    """Remembers questions and feedback, bounded in rows and days. Safe to call from several threads.

    `keep` says what stays of a question's words: `text`, `off` for nothing, or `hash` for a keyed digest that
    shows whether it was asked before. The key lies in the same file: that is a pseudonym, not anonymity.
    """

    def __init__(
        self, path: Path | str = ACTIVITY, keep: Keep = "hash", max_rows: int = 100_000, max_days: int = 90
    ) -> None:
        self.path, self.keep, self.max_rows, self.max_days = Path(path), keep, max_rows, max_days
        self._lock = Lock()
        self._connection: apsw.Connection | None = None
        self._key = b""
        self._until_pruning = 0

    def record(self, asked: Asked) -> bool:
        """Add a question; False, and a line in the service's log, where the file cannot be written."""
        try:
            with self._open() as connection:
                connection.execute(f"INSERT INTO question VALUES ({', '.join('?' * 12)})", self._row(asked))  # noqa: S608
                self._prune(connection)
        except (apsw.Error, OSError) as error:
            log.warning("question not logged", reason=str(error), path=str(self.path))
            return False
        return True

    def feedback(self, question: str, helpful: bool, note: str = "") -> bool:
        """Keep what somebody thinks of an answer, in place of an earlier opinion; False if there is no such answer.

        Raises:
            Unavailable: the file cannot be written.
        """
        try:
            with self._open() as connection:
                if not list(connection.execute("SELECT 1 FROM question WHERE id = ?", (question,))):
                    return False
                row = (question, time(), helpful, note)
                connection.execute("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", row)
        except (apsw.Error, OSError) as error:
            log.warning("feedback not stored", reason=str(error), path=str(self.path))
            raise Unavailable("the feedback could not be stored; try again later") from None
        return True

    def recent(self, count: int) -> list[tuple[float | None, bool]]:
        """Top score and whether it was left unanswered, of the last `count` questions, oldest first.

        An unreadable log is an empty one.
        """
        query = "SELECT top_score, abstained FROM question ORDER BY asked_at DESC LIMIT ?"
        try:
            with self._open() as connection:
                rows = list(connection.execute(query, (count,)))
        except (apsw.Error, OSError) as error:
            log.warning("question log not read", reason=str(error), path=str(self.path))
            return []
        return [(score, bool(abstained)) for score, abstained in reversed(rows)]

    def totals(self, days: float) -> Totals:
        """Sums over the last `days`.

        Raises:
            Unavailable: the file cannot be read.
        """
        query = """
            SELECT count(*), coalesce(sum(abstained), 0), coalesce(sum(helpful), 0), coalesce(sum(NOT helpful), 0),
                   coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0), coalesce(sum(cost), 0.0)
            FROM question LEFT JOIN feedback ON feedback.question = question.id WHERE asked_at >= ?
        """
        (row,) = self._read(query, time() - days * DAY)
        return Totals(*row)

    def seconds(self, days: float) -> list[float]:
        """How long each answer of the last `days` took, fastest first.

        Raises:
            Unavailable: the file cannot be read.
        """
        query = "SELECT seconds FROM question WHERE asked_at >= ? ORDER BY seconds"
        return [row[0] for row in self._read(query, time() - days * DAY)]

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _read(self, query: str, *values: float) -> list[tuple[Any, ...]]:
        try:
            with self._open() as connection:
                return list(connection.execute(query, values))
        except (apsw.Error, OSError) as error:
            raise Unavailable(f"{self.path} cannot be read: {error}") from None

    @contextmanager
    def _open(self) -> Iterator[apsw.Connection]:
        """The connection inside a transaction; made anew as long as making it fails."""
        with self._lock:
            if self._connection is None:
                self._connection, self._key = _connect(self.path)
            with self._connection:
                yield self._connection

    def _row(self, asked: Asked) -> tuple[object, ...]:
        words = {"text": asked.question, "hash": self._digest(asked.question), "off": None}[self.keep]
        where = json.dumps({name: list(values) for name, values in asked.where.items()}, ensure_ascii=False)
        rest = [getattr(asked, one.name) for one in fields(asked)[3:]]
        return asked.id, time(), words, where, *rest

    def _digest(self, question: str) -> str:
        """The same for questions that differ in case or spaces only."""
        words = " ".join(question.casefold().split()).encode("utf-8", "replace")
        return blake2b(words, key=self._key, digest_size=16).hexdigest()

    def _prune(self, connection: apsw.Connection) -> None:
        self._until_pruning -= 1
        if self._until_pruning > 0:
            return
        self._until_pruning = min(PRUNE_EVERY, self.max_rows)
        connection.execute("DELETE FROM question WHERE asked_at < ?", (time() - self.max_days * DAY,))
        oldest_kept = "SELECT asked_at FROM question ORDER BY asked_at DESC LIMIT 1 OFFSET ?"
        connection.execute(f"DELETE FROM question WHERE asked_at <= ({oldest_kept})", (self.max_rows,))  # noqa: S608


def _connect(path: Path) -> tuple[apsw.Connection, bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(BUSY_MS)
    for name, value in {"journal_mode": "wal", "synchronous": "normal", "foreign_keys": True}.items():
        connection.pragma(name, value)
    with connection:
        connection.execute(SCHEMA)
        connection.execute("INSERT OR IGNORE INTO hashing VALUES (1, ?)", (token_bytes(32),))
        ((key,),) = connection.execute("SELECT key FROM hashing")
    return connection, key

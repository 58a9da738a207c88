"""The ledger of a cohort: what was done for each student's project, what was collected, checked and judged.

SQLite, one file, written by one command at a time. It knows students by their ids only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from scaffolder.errors import OutsideError, ScaffolderError, TargetError, outside, shown
from scaffolder.safe import locked

NAME = "ledger.sqlite"
_SCHEMA = 3
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE events (
  number INTEGER PRIMARY KEY, student TEXT NOT NULL, project TEXT NOT NULL, step TEXT NOT NULL, state TEXT NOT NULL,
  detail TEXT NOT NULL, commit_id TEXT NOT NULL, at TEXT NOT NULL, facts TEXT NOT NULL) STRICT;
CREATE INDEX events_of ON events (student, project, number);
CREATE INDEX steps_of ON events (step, student, project, number);
CREATE TABLE snapshots (
  number INTEGER PRIMARY KEY, student TEXT NOT NULL, project TEXT NOT NULL, commit_id TEXT NOT NULL,
  at TEXT NOT NULL) STRICT;
CREATE INDEX snapshots_of ON snapshots (student, project, at);
CREATE TABLE checks (
  number INTEGER PRIMARY KEY, student TEXT NOT NULL, project TEXT NOT NULL, commit_id TEXT NOT NULL,
  collected TEXT NOT NULL, report TEXT NOT NULL, at TEXT NOT NULL, version TEXT NOT NULL) STRICT;
CREATE INDEX checks_of ON checks (student, project, number);
CREATE TABLE reviews (
  number INTEGER PRIMARY KEY, student TEXT NOT NULL, project TEXT NOT NULL, item TEXT NOT NULL, text TEXT NOT NULL,
  score INTEGER NOT NULL, comment TEXT NOT NULL, reviewer TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX reviews_of ON reviews (student, project, item, number);
"""
Key = tuple[str, str]
"""A student's id and a project's name."""


class State(StrEnum):
    """How a step ended."""

    DONE = "done"
    UNCHANGED = "unchanged"  # there was nothing to do
    BRANCH = "branch"  # a clean merge waits on a branch for its owner
    CONFLICT = "conflict"  # the owner's work and the template's disagree, and `main` stays as it is
    FAILED = "failed"


STEPS = ("new", "push", "update", "collect", "check")


@dataclass(frozen=True)
class Facts:
    """The facts about the end of a step that later steps need.

    A collection has the `branches` other than `main` with work, and says whether `main` was `rewritten`. An update has
    the `branches` that the student merges, in that order, the `places` in conflict, and says whether the work is `ours`
    alone. A check has the `version` of scaffolder and the time that `--at` gave, `as_of`. A failure says whether it is
    `for_student`, who can mend it.
    """

    branches: tuple[str, ...] = ()
    rewritten: bool = False
    places: str = ""
    ours: bool = False
    version: str = ""
    as_of: str = ""
    for_student: bool = False

    def to_json(self) -> str:
        """The facts that are not the default, as JSON."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    @staticmethod
    def from_json(text: str) -> Facts:
        """The facts in a text from `to_json`."""
        facts = json.loads(text)
        return Facts(**{**facts, "branches": tuple(facts.get("branches", ()))})


NO_FACTS = Facts()


@dataclass(frozen=True)
class _Record:
    """A record of one student's project."""

    student: str
    project: str

    @property
    def key(self) -> Key:
        """The student's id and the project's name."""
        return self.student, self.project


@dataclass(frozen=True)
class Entry(_Record):
    """The end of a step: `detail` is a sentence or "", `commit` the commit it led to or "", `at` ISO 8601 in UTC."""

    step: str
    state: State
    detail: str = ""
    commit: str = ""
    at: str = ""
    facts: Facts = NO_FACTS


@dataclass(frozen=True)
class Collected(_Record):
    """A snapshot: the commit of `main` when the teacher collected it, at the time `at` by the teacher's clock."""

    commit: str
    at: str


@dataclass(frozen=True)
class Checked(_Record):
    """A check of a snapshot: `report` comes from `Checker.report`, `collected` is the snapshot's time."""

    commit: str
    collected: str
    report: Mapping[str, Any]
    at: str = ""
    version: str = ""


@dataclass(frozen=True)
class Judged(_Record):
    """A teacher's judgement of a written item: `text` is the SHA-256 of what was read, `score` 0 to 3."""

    item: str
    text: str
    score: int
    comment: str
    reviewer: str
    at: str = ""


class LedgerError(ScaffolderError):
    """A ledger that cannot be used."""


def now() -> str:
    """This moment, as the ledger writes it: 2026-11-26T08:00:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Ledger:
    """An open ledger; each method is one transaction."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def meta(self, key: str, default: str) -> str:
        """The value under `key`; if there is none, `default` is returned, and stored unless it is ""."""
        if default:
            with self._database:
                self._database.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, default))
        rows = self._all("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def set_meta(self, key: str, value: str) -> None:
        """Store `value` under `key`."""
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def record(
        self, entries: Iterable[Entry] = (), collected: Iterable[Collected] = (), checked: Iterable[Checked] = ()
    ) -> None:
        """Store the results of a chunk of work, all or none of them."""
        with self._database:
            self._store("events", entries)
            self._store("snapshots", collected)
            self._store("checks", checked)

    def judge(self, *judged: Judged) -> None:
        """Store judgements; an earlier one of the same item is kept, too."""
        with self._database:
            self._store("reviews", judged)

    def latest(self, step: str) -> dict[Key, Entry]:
        """The last entry of `step` for each project."""
        last = "SELECT max(number) FROM events WHERE step = ? GROUP BY student, project"
        entries = map(_entry, self._all(f"SELECT * FROM events WHERE number IN ({last})", step))  # noqa: S608 - ours
        return {entry.key: entry for entry in entries}

    def events(self, student: str, project: str) -> list[Entry]:
        """All entries of one project, oldest first."""
        query = "SELECT * FROM events WHERE student = ? AND project = ? ORDER BY number"
        return [_entry(row) for row in self._all(query, student, project)]

    def snapshots(self, until: str = "") -> dict[Key, Collected]:
        """The last snapshot of each project; with `until` (ISO 8601 in UTC), the last one not after it."""
        query = "SELECT * FROM snapshots WHERE ? = '' OR at <= ? ORDER BY at, number"
        snapshots = (Collected(*row[1:]) for row in self._all(query, until, until))
        return {snapshot.key: snapshot for snapshot in snapshots}

    def checks(self) -> Iterator[Checked]:
        """All checks, oldest first; the reports of a large cohort are large, so take one at a time."""
        for row in self._database.execute("SELECT * FROM checks ORDER BY number"):
            yield _checked(row)

    def last_check(self, snapshot: Collected) -> Checked | None:
        """The last check of a snapshot's commit; None if there is none."""
        query = "SELECT * FROM checks WHERE student = ? AND project = ? AND commit_id = ? ORDER BY number DESC LIMIT 1"
        return next(map(_checked, self._all(query, *snapshot.key, snapshot.commit)), None)

    def reviews(self) -> list[Judged]:
        """All judgements, oldest first."""
        return [Judged(*row[1:]) for row in self._all("SELECT * FROM reviews ORDER BY number")]

    def judgements(self) -> dict[Key, tuple[Judged, ...]]:
        """The judgements of each project that has some, oldest first."""
        projects: dict[Key, tuple[Judged, ...]] = {}
        for judged in self.reviews():
            projects[judged.key] = (*projects.get(judged.key, ()), judged)
        return projects

    def _store(self, table: str, records: Iterable[Entry | Collected | Checked | Judged]) -> None:
        """Add records to the table that has their fields as columns; one without a time gets this moment's."""
        at = now()
        for record in records:
            values = {field.name: _stored(getattr(record, field.name)) for field in fields(record)}
            row = (None, *{**values, "at": values["at"] or at}.values())
            marks = ", ".join("?" * len(row))
            self._database.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - our names

    def _all(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        return self._database.execute(query, values).fetchall()


def _stored(value: Any) -> Any:
    """A value as a column has it; what UTF-8 cannot encode, such as half a surrogate pair in a name, is escaped."""
    if isinstance(value, Facts | Mapping):
        return value.to_json() if isinstance(value, Facts) else json.dumps(dict(value))
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _checked(row: tuple[Any, ...]) -> Checked:
    _, student, project, commit, collected, report, at, version = row
    return Checked(student, project, commit, collected, json.loads(report), at, version)


def _entry(row: tuple[Any, ...]) -> Entry:
    _, student, project, step, state, detail, commit, at, facts = row
    return Entry(student, project, step, State(state), detail, commit, at, Facts.from_json(facts))


@contextmanager
def opened(folder: Path, *, create: bool = False) -> Iterator[Ledger]:
    """The ledger of the cohort in `folder`, locked against other commands; `create` makes it if it is not there.

    Raises `TargetError` if there is none, `LedgerError` if another command has locked it or another version has written
    it, and `OutsideError` if the disk fails, also in the block.
    """
    path = folder / NAME
    if not create and not path.is_file():
        raise TargetError(f"{shown(folder, 200)} is not a cohort: it has no {NAME}. 'scaffolder cohort new' makes one.")
    hidden = folder / ".scaffolder"
    busy = LedgerError(f"Another command is at work on the cohort in {shown(folder, 200)}.")
    try:
        hidden.mkdir(parents=True, exist_ok=True)
        with locked(hidden / "lock", busy), closing(sqlite3.connect(path, timeout=30)) as database:
            _prepare(database, path)
            yield Ledger(database)
    except sqlite3.Error as error:
        raise OutsideError(f"{shown(path, 200)} cannot be used: {error}.") from error
    except BrokenPipeError:  # whoever reads the output has seen enough
        raise
    except OSError as error:
        raise outside(error) from error


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new ledger; raises `LedgerError` if the file is another version's, or no ledger."""
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and not database.execute("SELECT name FROM sqlite_master").fetchone():
        path.chmod(0o600)  # it holds grades
        database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_SCHEMA}; COMMIT;")
    elif version != _SCHEMA:
        raise LedgerError(f"{shown(path, 200)} is of another version of scaffolder ({version}, not {_SCHEMA}).")

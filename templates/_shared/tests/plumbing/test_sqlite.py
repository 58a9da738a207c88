"""A file that another process is just beginning to use is waited for, within bounds."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from any_package.sqlite import PAUSE, use_wal


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another connection, in the middle of a change."""
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE rows(number)")
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.fixture
def database(tmp_path: Path, busy: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "a.db", timeout=0)) as found:
        yield found


def journal(database: sqlite3.Connection) -> str:
    return str(database.execute("PRAGMA journal_mode").fetchone()[0])


def test_it_asks_again_until_the_others_are_done(
    busy: sqlite3.Connection, database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 3:
            busy.execute("COMMIT")

    monkeypatch.setattr(time, "sleep", pause)
    use_wal(database, 600)
    assert paused == [PAUSE] * 3
    assert journal(database) == "wal"


def test_patience_ends(busy: sqlite3.Connection, database: sqlite3.Connection) -> None:
    assert busy.in_transaction
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        use_wal(database, 0)

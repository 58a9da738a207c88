"""Whatever is changed in a line of the log is noticed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from capstone.audit import AuditLog


@pytest.mark.parametrize(("column", "value"), [("content", '{"reason": "old"}'), ("case_id", "two"), ("at", "2020")])
def test_a_changed_value_is_noticed(column: str, value: str, tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.db")
    log.append("answered", "one", {"reason": "new"})
    assert log.verify() is None
    with closing(sqlite3.connect(tmp_path / "audit.db")) as database, database:
        database.execute(f"UPDATE events SET {column} = ?", [value])
    assert log.verify() is not None

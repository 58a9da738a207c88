"""The ledger of a cohort keeps facts, and leaves the file of another version alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Entry, Facts, LedgerError, State

FACTS = [
    ("collect", State.DONE, Facts(rewritten=True, branches=("draft", "work"))),
    ("collect", State.FAILED, Facts(for_student=True)),
    ("update", State.CONFLICT, Facts(branches=("scaffold-update-7654321",), places="'a.md' (Data: rows), and 2 more")),
    ("update", State.UNCHANGED, Facts(ours=True)),
    ("check", State.DONE, Facts(as_of="2026-11-20T08:00:00Z")),
    ("new", State.DONE, Facts()),
]


def test_the_facts_of_each_step_are_kept(tmp_path: Path) -> None:
    written = [
        Entry("ada", "churn", step, state, "A sentence.", "c" * 40, f"2026-11-{day:02}", facts)
        for day, (step, state, facts) in enumerate(FACTS)
    ]
    with ledger.opened(tmp_path, create=True) as book:
        book.record(written)
    with ledger.opened(tmp_path) as book:
        assert book.events("ada", "churn") == written
        assert book.latest("check") == {("ada", "churn"): written[-2]}


@pytest.mark.parametrize("version", [1, 99])
def test_a_ledger_of_another_version_is_left_alone(tmp_path: Path, version: int) -> None:
    with ledger.opened(tmp_path, create=True):
        pass
    path = tmp_path / ledger.NAME
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another version of scaffolder"), ledger.opened(tmp_path):
        pass
    assert path.read_bytes() == before

"""The ledger of a cohort keeps facts, also those that an earlier version told in sentences alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scaffolder.cohort import ledger
from scaffolder.cohort.ledger import Entry, Facts, LedgerError, State

OFFERED = "scaffold-update-0123abc"
SETTLED = (
    f"the student settles it with git fetch, git merge origin/scaffold-update-7654321 and git merge origin/{OFFERED}"
)
TOLD = [
    (
        *("collect", State.DONE),
        "The student has rewritten 'main': what was there before is kept here. "
        "There is work that is not on 'main' but on 'draft', 'work'.",
        Facts(rewritten=True, branches=("draft", "work")),
    ),
    ("collect", State.UNCHANGED, "", Facts()),
    (
        *("collect", State.FAILED),
        "The remote has no branch 'main', but 'master': the student brings it there with git push origin master:main.",
        Facts(for_student=True),
    ),
    ("collect", State.FAILED, "No network.", Facts()),
    (
        *("update", State.BRANCH),
        f"The branch {OFFERED} waits for its owner: git merge origin/{OFFERED} brings 'a.md' (changed).",
        Facts(branches=(OFFERED,)),
    ),
    (
        *("update", State.CONFLICT),
        f"The student and the template have both changed 'a.md' (Data: rows), and 2 more: {SETTLED}.",
        Facts(branches=("scaffold-update-7654321", OFFERED), places="'a.md' (Data: rows), and 2 more"),
    ),
    ("update", State.UNCHANGED, "It is as it was handed out.", Facts(ours=True)),
    (
        *("update", State.FAILED),
        "Take back an older one, which git log -- .scaffolder.json finds.",
        Facts(for_student=True),
    ),
    (
        *("check", State.DONE),
        "As of 2026-11-20T08:00:00Z: Checked by scaffolder 0.1.0: none yet.",
        Facts(as_of="2026-11-20T08:00:00Z"),
    ),
    ("new", State.DONE, "train, predict", Facts()),
]


@pytest.mark.parametrize("version", [1, 2])
def test_the_facts_of_each_step_are_kept(tmp_path: Path, version: int) -> None:
    written = [
        Entry("ada", "churn", *told[:3], "c" * 40, f"2026-11-{day:02}", told[3]) for day, told in enumerate(TOLD)
    ]
    with ledger.opened(tmp_path, create=True) as book:
        book.record(written)
    if version == 1:
        as_in_version_1(tmp_path / ledger.NAME)
    for _ in range(2):
        with ledger.opened(tmp_path) as book:
            assert book.events("ada", "churn") == written
            assert book.latest("check") == {("ada", "churn"): written[-2]}


def as_in_version_1(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        drops = "".join(f"ALTER TABLE {table} DROP COLUMN facts; " for table in ("steps", "events"))
        database.executescript(f"{drops} PRAGMA user_version = 1;")


def test_a_ledger_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with ledger.opened(tmp_path, create=True):
        pass
    path = tmp_path / ledger.NAME
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="another version of scaffolder"), ledger.opened(tmp_path):
        pass
    assert path.read_bytes() == before

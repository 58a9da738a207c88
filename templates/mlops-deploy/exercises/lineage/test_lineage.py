"""A prediction is traced to its own version, rows and outcome, and never to those of today or of somebody else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

import toy_parcels as toy
from service.lineage import LineageError, trace
from service.store import connect

SETTINGS = toy.settings(registry={"name": "lateness"})
SQL = b"SELECT 1"
TAGS = {
    "candidate": "logistic",
    "model_sha256": "d" * 64,
    "data_sha256": "a" * 64,
    "commit": "b" * 40,
    "rows": "1300",
    "trained_from": "2015-07-01",
    "trained_to": "2015-10-31",
    "known_until": "2015-11-01",
    "sql": "sql/training_rows.sql",
    "sql_sha256": sha256(SQL).hexdigest(),
}
REGISTRY = """
CREATE TABLE model_versions(name, version INTEGER, current_stage);
CREATE TABLE model_version_tags(name, version INTEGER, key, value);
CREATE TABLE registered_model_aliases(name, alias, version INTEGER);
"""
NOON = 1451822400.0  # 2016-01-03 12:00:00 UTC


def register(version: int, alias: str | None = None, **changes: str | None) -> None:
    """Add a version to the registry, whose tags differ from `TAGS` by these changes; None takes a tag away."""
    with closing(sqlite3.connect("registry/registry.db")) as database, database:
        database.execute("INSERT INTO model_versions VALUES ('lateness', ?, 'None')", [version])
        for key, value in {**TAGS, **changes}.items():
            if value is not None:
                database.execute("INSERT INTO model_version_tags VALUES ('lateness', ?, ?, ?)", [version, key, value])
        if alias:
            database.execute("INSERT INTO registered_model_aliases VALUES ('lateness', ?, ?)", [alias, version])


def answer(name: str, reference: str | None, version: str, score: float = 0.25, day: str = "2016-01-03") -> None:
    row = [name, NOON, reference, day, version, "champion", '{"distance": 21.0}', score]
    with closing(connect()) as database, database:
        database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def become(reference: str, known_on: str, outcome: int) -> None:
    with closing(connect()) as database, database:
        database.execute("INSERT INTO outcomes VALUES (?, ?, ?)", [reference, known_on, outcome])


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with version 1, which answered, and version 2, which is the champion now."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry").mkdir()
    with closing(sqlite3.connect("registry/registry.db")) as database:
        database.executescript(REGISTRY)
    register(1)
    register(2, "champion", candidate="boosting", model_sha256="e" * 64, rows="9")
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql/training_rows.sql").write_bytes(SQL)
    return tmp_path


def traced(name: str) -> dict[str, str]:
    """The lines of a trace, by their names, which take 14 characters each."""
    return {line[:14].strip(): line[14:] for line in trace(name, SETTINGS).splitlines()}


def test_the_answer_is_told_as_it_was_given() -> None:
    answer("first", "p7", "1", score=0.125)
    found = traced("first")
    assert found["prediction"] == "first"
    assert found["answered"] == "2016-01-03 12:00:00 UTC by the champion, for the day 2016-01-03"
    assert found["probability"] == "0.1250"
    assert found["inputs"] == '{"distance": 21.0}'
    assert found["parcel"] == "p7"


def test_the_version_is_the_one_that_answered_and_not_the_champion_of_today() -> None:
    answer("first", "p7", "1")
    found = traced("first")
    assert found["version"] == "1, logistic (now: no alias)"
    assert found["model"] == f"SHA-256 {'d' * 64}"
    assert found["code"] == f"commit {'b' * 40}"
    assert found["rows"] == "1,300 of 2015-07-01 to 2015-10-31, with the outcomes known by 2015-11-01"
    answer("second", "p7", "2")
    assert traced("second")["version"] == "2, boosting (now: champion)", "the same row, asked for again"
    assert traced("first")["version"].startswith("1, ")


def test_the_outcome_is_that_of_the_row_and_of_no_other() -> None:
    answer("first", "p7", "1")
    become("p6", "2016-01-03", 0)
    become("p8", "2016-01-04", 0)
    assert traced("first")["outcome"] == "not known", "these two belong to other parcels, known on days that would fit"
    become("p7", "2016-01-20", 1)
    assert traced("first")["outcome"] == "late = 1, known on 2016-01-20"


def test_an_outcome_of_0_is_an_outcome() -> None:
    answer("first", "p7", "1")
    become("p7", "2016-01-20", 0)
    assert traced("first")["outcome"] == "late = 0, known on 2016-01-20"


def test_a_prediction_without_a_reference_has_no_outcome() -> None:
    answer("first", None, "1")
    become("p7", "2016-01-20", 1)
    found = traced("first")
    assert (found["parcel"], found["outcome"]) == ("the caller gave no reference", "not known")
    assert found["version"].startswith("1, "), "all else is known as ever"


@pytest.mark.parametrize("name", ["third", "fir%", "' OR '1'='1", "first' --", ""])
def test_what_was_never_answered_is_an_error(name: str) -> None:
    answer("first", "p7", "1")
    with pytest.raises(LineageError, match="no prediction"):
        trace(name, SETTINGS)


def test_an_id_may_hold_any_sign() -> None:
    answer('it\'s "odd" %', "p7", "1")
    assert traced('it\'s "odd" %')["parcel"] == "p7"


def test_a_version_that_is_gone_is_said_and_all_else_is_told() -> None:
    answer("first", "p7", "9")
    become("p7", "2016-01-20", 1)
    found = traced("first")
    assert found["version"].startswith("9: ")
    assert "no version '9'; it has 1, 2" in found["version"], "the reason that the registry gives"
    assert {"model", "code", "data", "rows", "chosen by"}.isdisjoint(found), "nothing is known of these"
    assert (found["parcel"], found["outcome"]) == ("p7", "late = 1, known on 2016-01-20")


def test_files_that_are_the_same_changed_or_gone_are_told_apart(project: Path) -> None:
    answer("first", "p7", "1")
    (project / "data").mkdir()
    (project / "data/SHA256SUMS").write_text("other data")
    found = traced("first")
    assert found["chosen by"] == f"sql/training_rows.sql, SHA-256 {sha256(SQL).hexdigest()} (the file here)"
    assert found["data"] == f"data/SHA256SUMS, SHA-256 {'a' * 64} (the file here is another one)"
    (project / "data/SHA256SUMS").unlink()
    assert traced("first")["data"].endswith(" (not in this folder)")


def test_a_version_from_outside_of_a_repository_has_no_commit() -> None:
    register(3, commit=None)
    answer("first", "p7", "3")
    assert traced("first")["code"] == "commit unknown: it was trained outside a repository"


def test_all_aliases_are_named() -> None:
    with closing(sqlite3.connect("registry/registry.db")) as database, database:
        database.execute("INSERT INTO registered_model_aliases VALUES ('lateness', 'challenger', 2)")
    answer("first", "p7", "2")
    assert traced("first")["version"] == "2, boosting (now: challenger, champion)"


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another time zone than UTC."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_the_time_is_utc_wherever_one_is() -> None:
    answer("first", "p7", "1")
    assert traced("first")["answered"].startswith("2016-01-03 12:00:00 UTC"), "in Tokyo, it is 21:00"

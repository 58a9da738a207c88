"""The log stays whole under load, says when it cannot be written, and is verified by a command."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capstone import audit
from capstone.__main__ import main
from capstone.audit import AuditError, AuditLog
from capstone.reporting.metrics import write_json
from toy_case import ANSWERED

ROOT = Path(__file__).parents[1]


def test_of_many_threads_and_processes_none_breaks_the_chain(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LOCK_SECONDS", 60)
    program = (
        "import sys; from pathlib import Path; from capstone import audit\n"
        "audit.LOCK_SECONDS = 60\n"
        "log = audit.AuditLog(Path(sys.argv[1]))\n"
        "for place in range(25):\n"
        "    log.append('answered', f'{sys.argv[2]}-{place}', {'decision': {'accepted': True}})\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(log.path), name]) for name in "ab"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda place: log.append("answered", f"c-{place}", ANSWERED), range(50)))
    assert [process.wait() for process in running] == [0, 0]
    assert log.newest()[0] == 100
    assert log.verify() is None


def test_what_was_answered_or_reviewed_outlives_a_kill(log: AuditLog) -> None:
    program = (
        "import sys; from pathlib import Path; from capstone.audit import AuditLog\n"
        "log, place = AuditLog(Path(sys.argv[1])), 0\n"
        "while True:\n"
        "    for kind in ('answered', 'overridden'):\n"
        "        print(log.append(kind, sys.argv[2] + str(place), {'decision': {'accepted': 0}}).hash, flush=True)\n"
        "    place += 1\n"
    )
    said: list[str] = []
    for name in "abc":
        with subprocess.Popen(
            [sys.executable, "-c", program, str(log.path), name], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            said += [process.stdout.readline().strip() for _ in range(9)]
            process.kill()
            said += process.stdout.read().split()
    assert log.verify() is None
    assert {hash for hash in said if len(hash) == 64} <= {event.hash for event in log.events(limit=-1)}
    assert log.append("answered", "after", ANSWERED).seq > len(said) - 3


def test_a_locked_log_is_waited_for_and_then_given_up(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LOCK_SECONDS", 0.05)
    with closing(sqlite3.connect(log.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AuditError, match=r"The audit log cannot be used: database is locked\."):
            log.append("answered", "a", ANSWERED)
        assert log.events() == []  # reading goes on
    assert log.append("answered", "a", ANSWERED).seq == 1


def test_a_full_disk_leaves_the_log_as_it_was(filled: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    before, connect = filled.events(), sqlite3.connect

    def on_a_full_disk(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(*args, **kwargs)
        database.execute("PRAGMA max_page_count = 1")  # it cannot grow
        return database

    monkeypatch.setattr(sqlite3, "connect", on_a_full_disk)
    with pytest.raises(AuditError, match=r"The audit log cannot be used: database or disk is full\."):
        filled.append("answered", "d", {**ANSWERED, "inputs": {"note": "x" * 100_000}})
    monkeypatch.undo()
    assert filled.events() == before
    assert filled.verify() is None


def breakages() -> dict[str, Callable[[Path], object]]:
    return {
        "unable to open database file": lambda path: path.unlink(),
        "file is not a database": lambda path: path.write_bytes(b"no database" * 1000),
    }


@pytest.mark.parametrize("reason", breakages())
def test_a_log_that_is_gone_is_not_begun_anew(log: AuditLog, reason: str) -> None:
    breakages()[reason](log.path)
    with pytest.raises(AuditError, match=reason):
        log.append("answered", "a", ANSWERED)


def test_a_place_that_cannot_hold_a_log(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, where the folder should be")
    with pytest.raises(AuditError, match=r"The audit log cannot be used: "):
        AuditLog(tmp_path / "var" / "audit.db")


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "a b?c#d%20" / "ü.db")
    log.append("answered", "a", ANSWERED)
    assert [path.name for path in (tmp_path / "a b?c#d%20").iterdir()] == ["ü.db"]


values = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec="utf-8"))


@settings(max_examples=20)
@given(inputs=st.dictionaries(st.text(st.characters(codec="utf-8")), values, max_size=5))
def test_any_content_is_kept(tmp_path_factory: pytest.TempPathFactory, inputs: dict[str, Any]) -> None:
    log = AuditLog(tmp_path_factory.mktemp("log") / "audit.db")
    log.append("answered", "a", {**ANSWERED, "inputs": inputs})
    assert log.case("a")[0].content["inputs"] == inputs
    assert log.verify() is None


@pytest.fixture
def named(filled: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditLog:
    """The log that the commands use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPSTONE_DATABASE", str(filled.path))
    return filled


def change(log: AuditLog, statement: str) -> None:
    with closing(sqlite3.connect(log.path)) as database, database:
        database.execute(statement)


def test_the_command_verifies_the_log_that_the_environment_names(
    named: AuditLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit"]) == 0
    newest = named.newest()[1]
    assert capsys.readouterr().out == f"All 4 events fit. The newest hash, to compare with a copy: {newest}\n"
    change(named, "DELETE FROM events WHERE seq = 2")
    with pytest.raises(SystemExit, match=r"^Event 2 is missing\.$"):  # text: a sentence, and the exit code 1
        main(["audit"])


@pytest.mark.parametrize("deleted", ["seq = 4", "seq > 0"])
def test_what_monitoring_has_seen_must_still_be_there(named: AuditLog, deleted: str) -> None:
    events, newest = named.newest()
    write_json(audit.SEEN, {"events": events, "newest_hash": newest})
    assert main(["audit"]) == 0
    change(named, f"DELETE FROM events WHERE {deleted}")
    with pytest.raises(SystemExit, match=r"^Event 4 of reports/monitoring\.json is not in the log"):
        main(["audit"])


def test_a_log_that_is_not_there_is_told_and_not_made(named: AuditLog, capsys: pytest.CaptureFixture[str]) -> None:
    named.path.unlink()
    for step in ("audit", "monitor", "collect"):
        shutil.copy(ROOT / "settings.toml", "settings.toml")
        assert main([step]) == 2
        assert "audit.db does not exist: `make serve` begins a log" in capsys.readouterr().err
    assert not named.path.exists()


@pytest.mark.parametrize("step", ["audit", "monitor", "collect"])
def test_of_a_broken_log_nothing_is_made(named: AuditLog, step: str) -> None:
    shutil.copy(ROOT / "settings.toml", "settings.toml")
    change(named, "UPDATE events SET at = 'yesterday' WHERE seq = 3")
    with pytest.raises(SystemExit, match=r"^Event 3 was changed, or does not follow the one before it\.$"):
        main([step])
    assert sorted(path.name for path in Path().iterdir()) == ["audit.db", "settings.toml"]

"""Every answer is stored, and no request waits for the disk or fails because of it."""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

import toy_model
from service import sqlite, store
from service.store import Prediction, StoreError, Writer, connect
from toy_model import ROW, wait_for


def stored(path: Path) -> list[tuple[object, ...]]:
    with closing(connect(path)) as database:
        return database.execute("SELECT * FROM predictions ORDER BY at").fetchall()


def prediction(name: str) -> Prediction:
    of = {"reference": None, "day": "2016-01-31", "version": "1", "slot": "champion", "inputs": "{}", "score": 0.5}
    return {"id": name, "at": 1.5, **of}


def test_a_file_that_others_change_is_waited_for_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other, closing(sqlite3.connect(file, 0)) as database:
        other.executescript("CREATE TABLE rows(number); BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite.use_wal(database, 0)
        monkeypatch.setattr(time, "sleep", lambda _: other.execute("COMMIT"))
        sqlite.use_wal(database, 600)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_every_answer_is_stored_and_no_batch(tmp_path: Path) -> None:
    began = time.time()
    with toy_model.client(toy_model.registry(tmp_path / "registry")) as client:
        first = client.post("/predict", json={**ROW, "reference": "7", "day": "2016-01-31"}).json()
        client.post("/predict", json=ROW, headers={"x-request-id": "mine"})
        client.post("/predict", json={**ROW, "distance": 0}, headers={"x-request-id": "mine"})
        client.post("/predict/batch", json={"rows": [ROW]})
        client.post("/predict", json={})
    one, two = stored(tmp_path / "service.db")  # what was waiting is stored when the service stops
    assert one[0] == first["id"]
    assert one[2:6] == ("7", "2016-01-31", "1", "champion")
    assert json.loads(str(one[6])) == ROW
    assert one[7] == first["probability"]
    assert began <= float(str(one[1])) <= time.time()
    assert two[2:4] == (None, datetime.now(UTC).date().isoformat())
    assert json.loads(str(two[6])) == ROW  # an id that is used again does not replace what was said under it


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def writer(tmp_path: Path, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch) -> Writer:
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.05)
    monkeypatch.setattr(store, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(store, "MOST_BYTES", 10 * len(json.dumps(prediction("0"))))
    return Writer(tmp_path / "var" / "service.db", registry, "champion")


def test_a_locked_database_loses_nothing_that_fits(
    writer: Writer, registry: CollectorRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[Path]()

    def counted(path: Path) -> sqlite3.Connection:
        tried.append(path)
        return connect(path)

    monkeypatch.setattr(store, "connect", counted)
    with closing(connect(writer.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer.start()
        for name in "abcde":
            writer.put(prediction(name))
        wait_for(lambda: len(tried) > 1)
    writer.stop()
    assert [row[0] for row in stored(writer.path)] == list("abcde")
    assert registry.get_sample_value("predictions_stored_total") == 5
    assert registry.get_sample_value("predictions_lost_total") == 0


def test_what_does_not_fit_is_counted_as_lost(writer: Writer, registry: CollectorRegistry) -> None:
    for name in "abcdefghijkl":
        writer.put(prediction(name))
    assert registry.get_sample_value("predictions_lost_total") == 2
    writer.start()
    writer.stop()
    assert registry.get_sample_value("predictions_stored_total") == 10
    writer.waiting.unlink()
    writer.waiting.mkdir()  # so that nothing can be written there
    writer.put(prediction("m"))
    assert registry.get_sample_value("predictions_lost_total") == 3


def test_what_a_killed_process_has_answered_is_stored_by_the_next(writer: Writer, registry: CollectorRegistry) -> None:
    for name in "ab":
        writer.put(prediction(name))
    with writer.waiting.open("ab") as file:
        file.write(b'\n{"id": "cut of')
    following = Writer(writer.path, CollectorRegistry(), "champion")
    following.put(prediction("c"))
    following.start()
    following.stop()
    assert [row[0] for row in stored(writer.path)] == ["a", "b", "c"]
    assert writer.waiting.read_bytes() == b""


def test_an_id_that_is_used_again_is_counted_apart(writer: Writer, registry: CollectorRegistry) -> None:
    other = {**prediction("a"), "inputs": '{"distance": 1}'}
    for answer in (prediction("a"), prediction("a"), other, prediction("b"), {**prediction("b"), "reference": "7"}):
        writer.put(answer)
    writer.start()
    writer.stop()
    assert [(row[0], row[2], row[6]) for row in stored(writer.path)] == [("a", None, "{}"), ("b", None, "{}")]
    assert registry.get_sample_value("predictions_stored_total") == 2
    assert registry.get_sample_value("predictions_repeated_total", {"inputs": "same"}) == 1
    assert registry.get_sample_value("predictions_repeated_total", {"inputs": "other"}) == 2
    assert registry.get_sample_value("predictions_lost_total") == 0


def test_a_scrape_reads_the_database_beside_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = list[str]()

    def collect(_: store.Monitoring) -> list[Metric]:
        threads.append(threading.current_thread().name)
        return []

    with toy_model.client(toy_model.registry(tmp_path / "registry")) as client:
        monkeypatch.setattr(store.Monitoring, "collect", collect)
        assert client.get("/metrics").status_code == 200
    assert [name.startswith("AnyIO worker thread") for name in threads] == [True], threads


def test_a_broken_database_fails_no_request(tmp_path: Path) -> None:
    (tmp_path / "service.db").write_bytes(b"no database" * 1000)
    with toy_model.client(toy_model.registry(tmp_path / "registry")) as client:
        assert client.post("/predict", json=ROW).status_code == 200
        assert client.get("/metrics").status_code == 200
    with pytest.raises(StoreError, match=r"service.db cannot be used: file is not a database"):
        connect(tmp_path / "service.db")


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from contextlib import closing; from service import store\n"
        "store.LOCK_SECONDS = 60\n"
        "for place in range(50):\n"
        "    with closing(store.connect(Path(sys.argv[1]))) as database, database:\n"
        "        database.execute('INSERT INTO outcomes VALUES (?, ?, 1)', [f'{sys.argv[2]}-{place}', '2016-01-31'])\n"
    )
    path = tmp_path / "var" / "service.db"
    running = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    with closing(connect(path)) as database:
        assert database.execute("SELECT COUNT(*) FROM outcomes").fetchone() == (150,)


def test_metrics_show_what_monitoring_found_last(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "service.db")) as database, database:
        rows = [
            ("2016-01-30", "1", "brier", "all", 10, 0.1, 0.2),
            ("2016-01-31", "1", "brier", "all", 10, 0.3, 0.2),
            ("2016-01-31", "1", "brier", "speed=Express", 0, None, None),
        ]
        database.executemany("INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        alerts = [("brier", "2016-01-31", 1.0, None), ("auc", "2016-01-02", 1.0, "2016-01-09")]
        database.executemany("INSERT INTO alerts VALUES (?, ?, 0, 0, ?, ?)", alerts)
    with toy_model.client(toy_model.registry(tmp_path / "registry")) as client:
        shown = client.get("/metrics").text
    assert 'monitoring_value{name="brier",slice="all"} 0.3' in shown
    assert "speed=Express" not in shown
    assert 'monitoring_alert{rule="brier"} 1.0' in shown
    assert 'monitoring_alert{rule="auc"} 0.0' in shown
    with sqlite3.connect(tmp_path / "service.db") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)

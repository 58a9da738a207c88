"""`var/service.db`: what the service answered, what became of it, and what monitoring found."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .deployments import parse
from .reporting.metrics import write_text
from .sqlite import use_wal

DATABASE = Path("var/service.db")
LOCK_SECONDS = 5.0
PAUSE_SECONDS = 0.2  # between two batches
MOST_BYTES = 5_000_000  # of answers, thousands of them, that are kept while the database refuses them

TABLES = """
CREATE TABLE IF NOT EXISTS predictions(
    id TEXT PRIMARY KEY, at REAL, reference TEXT, day TEXT, version TEXT, slot TEXT, inputs TEXT, score REAL);
CREATE INDEX IF NOT EXISTS predictions_reference ON predictions(reference);
CREATE INDEX IF NOT EXISTS predictions_day ON predictions(day, slot, at);
CREATE TABLE IF NOT EXISTS outcomes(reference TEXT PRIMARY KEY, known_on TEXT, outcome INTEGER);
CREATE INDEX IF NOT EXISTS outcomes_known ON outcomes(known_on);
CREATE TABLE IF NOT EXISTS measurements(
    day TEXT, version TEXT, name TEXT, slice TEXT, n INTEGER, value REAL, bound REAL, PRIMARY KEY(day, name, slice));
CREATE TABLE IF NOT EXISTS alerts(rule TEXT, day TEXT, value REAL, bound REAL, opened_at REAL, closed_day TEXT);
"""

# A caller may use an id twice; what was stored first stays.
STORE = "INSERT OR IGNORE INTO predictions VALUES (:id, :at, :reference, :day, :version, :slot, :inputs, :score)"

Prediction = dict[str, Any]  # one answer: `at` in unix seconds, `day` the ISO day on which it was asked, `inputs` JSON

log = structlog.get_logger("store")


class StoreError(ValueError):
    """The database cannot be used; the message says why."""


def connect(path: Path = DATABASE) -> sqlite3.Connection:
    """Open the database, with its tables; the caller closes it. Several processes may write: each waits up to 5 s.

    Raises:
        StoreError: it is locked, is no database, or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, timeout=LOCK_SECONDS)
        use_wal(database, LOCK_SECONDS)
        database.executescript(TABLES)
        return database
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path} cannot be used: {error}") from error


class Writer:
    """Stores answers in batches, in a thread of its own: no request waits for the database or fails because of it.

    An answer is in the file `waiting` before it goes out, and leaves it when it is in the database. So a process that
    is killed loses none: the next one of this name stores what it finds there. An answer that the disk does not take,
    or for which there is no room while the database refuses all, is counted as lost. An answer whose id was used before
    is counted apart: as one with the `same` inputs, such as a request that was sent again, or with `other` ones.
    """

    def __init__(self, path: Path, registry: CollectorRegistry, name: str) -> None:
        self.path, self.waiting = path, path.with_name(f"answers-{name}.jsonl")
        self.stored = Counter("predictions_stored", "Answers stored in the database", registry=registry)
        self.lost = Counter("predictions_lost", "Answers that could not be stored", registry=registry)
        self.repeated = Counter(
            "predictions_repeated", "Answers whose id was used before; none is stored", ["inputs"], registry=registry
        )
        self._lock = threading.Lock()  # of the file `waiting`
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, prediction: Prediction) -> None:
        """Write an answer into the file, which takes some microseconds."""
        with self._lock, suppress(OSError):
            self.waiting.parent.mkdir(parents=True, exist_ok=True)
            with self.waiting.open("ab") as file:
                if file.tell() < MOST_BYTES:
                    file.write(b"\n" + json.dumps(prediction).encode())  # the line before may have been cut off
                    file.flush()
                    return
        self.lost.inc()

    def stop(self) -> None:
        """Store what is waiting, and end. What the database refuses now is stored at the next start."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            self._write()
        self._write()

    def _write(self) -> None:
        """Store what waits in the file, and take it out."""
        with self._lock:
            content = self.waiting.read_bytes() if self.waiting.exists() else b""
        if not (batch := parse(content.splitlines())):
            return
        try:
            # Opened each time: a database that was moved away would else take rows that nobody can read.
            with closing(connect(self.path)) as database, database:
                repeated = [row for row in batch if not database.execute(STORE, row).rowcount]
                same = sum(
                    database.execute(
                        "SELECT count(*) FROM predictions "
                        "WHERE (id, inputs) = (:id, :inputs) AND reference IS :reference",
                        row,
                    ).fetchone()[0]
                    for row in repeated
                )
            with self._lock:
                write_text(self.waiting, self.waiting.read_bytes()[len(content) :].decode())
        except (sqlite3.Error, StoreError, OSError) as error:
            log.warning("predictions wait", count=len(batch), reason=str(error))
            return
        self.stored.inc(len(batch) - len(repeated))
        self.repeated.labels("same").inc(same)
        self.repeated.labels("other").inc(len(repeated) - same)


class Monitoring(Collector):
    """What monitoring found last, for /metrics; reads the database anew at each scrape."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def collect(self) -> Iterator[Metric]:
        values = GaugeMetricFamily("monitoring_value", "The last measurement", labels=["name", "slice"])
        alerts = GaugeMetricFamily("monitoring_alert", "1 while the alert is open", labels=["rule"])
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        # There is no database before the first answer, and a scrape would rather have no values than late ones.
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, timeout=0.2, uri=True)) as database:
            for name, part, value, _ in database.execute(
                "SELECT name, slice, value, MAX(day) FROM measurements WHERE value IS NOT NULL GROUP BY name, slice"
            ):
                values.add_metric([name, part or ""], value)
            for rule, is_open in database.execute("SELECT rule, MAX(closed_day IS NULL) FROM alerts GROUP BY rule"):
                alerts.add_metric([rule], is_open)
        yield from (values, alerts)

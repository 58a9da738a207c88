from __future__ import annotations

import csv
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from assistant.drift import METRIC, drift, psi
from assistant.errors import AssistantError, Unavailable

BUCKETS = [one / 10 for one in range(1, 11)]
TEST = [0.55, 0.65, 0.65, 0.75, 0.75, 0.75, 0.85, 0.85, 0.95] * 10


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Histogram, str]]:
    """A service's histogram, and its address; the test questions' confidences lie in reports/."""
    registry = CollectorRegistry()

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(generate_latest(registry))

        def log_message(self, format: str, *args: object) -> None: ...

    monkeypatch.chdir(tmp_path)
    Path("reports").mkdir()
    with open("reports/predictions.csv", "w", newline="") as file:
        csv.writer(file).writerows([["confidence"], *([one] for one in TEST)])
    server = HTTPServer(("127.0.0.1", 0), Metrics)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Histogram(METRIC, "Confidence", buckets=BUCKETS, registry=registry), f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("confidences", "says", "shifted"),
    [
        (TEST, "PSI 0.000 of 90 questions", False),
        (TEST[:40], "Not known yet: 40 of the 50 questions", False),
        ([0.15, 0.25] * 40, "other questions than it was measured on", True),
    ],
)
def test_live_questions_are_compared_with_the_test_questions(
    live: tuple[Histogram, str], confidences: list[float], says: str, shifted: bool
) -> None:
    histogram, address = live
    for one in confidences:
        histogram.observe(one)
    said, found = drift(address)
    assert says in said
    assert found == shifted


def test_without_a_service_or_a_measurement_it_says_what_to_run(live: tuple[Histogram, str]) -> None:
    Path("reports/predictions.csv").unlink()
    with pytest.raises(AssistantError, match="make evaluate"):
        drift(live[1])
    for address in ("http://127.0.0.1:9", "http://h:80 80", "no address"):
        with pytest.raises(Unavailable, match="make serve"):
            drift(address)


def test_the_index_is_that_of_the_textbook() -> None:
    assert psi([50, 50], [50, 50]) == 0
    assert psi([60, 40], [50, 50]) == pytest.approx(0.1 * 0.182322 + 0.1 * 0.223144, abs=1e-6)

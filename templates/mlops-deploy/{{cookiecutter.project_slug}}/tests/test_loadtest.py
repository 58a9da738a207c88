"""What Locust counted becomes rows of reports/load.json, or a sentence says why there are none."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path

import httpx2
import pytest

import toy_model
from service import loadtest
from service.loadtest import LoadError
from service.reporting.metrics import read_json
from watched import Shelf

COUNTED = {
    "num_requests": 100,
    "num_failures": 3,
    "start_time": 10.0,
    "last_request_timestamp": 14.0,
    "response_times": {"1.0": 95, "2.1": 5},
}
ROW = {"users": 8, "answers": 100, "failures": 3, "per_second": 25, "p50": 1.0, "p95": 1.1, "p99": 2.1}
SERVER = """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()
http.server.HTTPServer((os.environ["TOY_HOST"], int(os.environ["TOY_PORT"])), Ready).serve_forever()
"""


@pytest.fixture
def locust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in Locust's place: it prints what a test writes into a file beside it, or fails."""
    program = tmp_path / "locust"
    program.write_text('#!/bin/sh\ncat "$0.json" 2>/dev/null || { echo "no such host" >&2; exit 1; }\n')
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(program))
    return program.with_suffix(".json")


def test_percentiles_are_those_of_the_counted_answers(locust: Path) -> None:
    locust.write_text(json.dumps([COUNTED]))
    assert loadtest._locust("http://127.0.0.1:1", 8, "{}") == ROW


@pytest.mark.usefixtures("locust")
def test_where_nothing_is_measured_a_sentence_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LoadError, match=r"^locust measured nothing: no such host$"):
        loadtest._locust("http://127.0.0.1:1", 8, "{}")
    monkeypatch.setattr(loadtest, "load_settings", lambda: None)
    monkeypatch.setattr(loadtest, "open_registry", lambda _: Shelf())
    with pytest.raises(LoadError, match="release one: make deploy VERSION=1"):
        loadtest.run()


@pytest.mark.usefixtures("locust")
def test_the_champion_is_measured_beside_what_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(aliases={"champion": "1"})
    shelf.register(toy_model.candidate())
    monkeypatch.setattr(loadtest, "load_settings", lambda: None)
    monkeypatch.setattr(loadtest, "open_registry", lambda _: shelf)
    monkeypatch.setattr(loadtest, "server", lambda command, *_: nullcontext(" ".join(command)))
    monkeypatch.setattr(loadtest, "_locust", lambda address, users, row: {"of": address, "users": users, "row": row})
    monkeypatch.setenv("SERVICE_DATABASE", "the owner's")
    loadtest.run()
    found = read_json(loadtest.LOAD)
    service, other = "-m service serve", "-m uvicorn service.loadtest:constant"
    rows = [(one["request"], one["of"], one["users"]) for one in found["results"]]
    assert rows == [
        (name, command, users)
        for users in (1, 8)
        for name, command in (("predict", service), ("constant endpoint", other))
    ]
    assert [json.loads(one["row"]) for one in found["results"]] == [toy_model.ROW] * 4
    assert found["model_version"] == "1"


def test_a_server_runs_until_the_block_ends() -> None:
    with loadtest.server(("-c", SERVER), "TOY_", "/ready") as address:
        assert httpx2.get(f"{address}/ready").status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{address}/ready")


@pytest.mark.parametrize(("command", "seconds"), [("pass", 60.0), ("import time; time.sleep(600)", 0.0)])
def test_a_server_that_does_not_become_ready_is_no_measurement(
    monkeypatch: pytest.MonkeyPatch, command: str, seconds: float
) -> None:
    monkeypatch.setattr(loadtest, "START_SECONDS", seconds)
    with pytest.raises(LoadError, match="the server stopped, or was not ready"):
        loadtest.server(("-c", command), "", "").__enter__()

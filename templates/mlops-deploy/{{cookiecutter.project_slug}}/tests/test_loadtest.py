"""What Locust counted becomes a row of reports/load.json, or a sentence says why there is none."""

import json
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from service import loadtest
from service.loadtest import LoadError
from watched import Shelf

COUNTED = {
    "num_requests": 100,
    "num_failures": 3,
    "start_time": 10.0,
    "last_request_timestamp": 14.0,
    "response_times": {"1.0": 95, "2.1": 5},
}


def locust_says(stdout: str, stderr: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=stdout, stderr=stderr))
    return loadtest._locust("http://127.0.0.1:1", 8, "{}")


def test_percentiles_are_those_of_the_counted_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    found = locust_says(json.dumps([COUNTED]), "", monkeypatch)
    counts = {"users": 8, "answers": 100, "failures": 3, "per_second": 25}
    assert found == {**counts, "p50": 1.0, "p95": 1.1, "p99": 2.1}


def test_where_nothing_is_measured_a_sentence_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LoadError, match=r"^locust measured nothing: no such host$"):
        locust_says("", "no such host\n", monkeypatch)
    monkeypatch.setattr(loadtest, "load_settings", lambda: None)
    monkeypatch.setattr(loadtest, "open_registry", lambda _: Shelf())
    with pytest.raises(LoadError, match="release one: make deploy VERSION=1"):
        loadtest.run()

"""How long an answer takes is measured on the application itself, and written down whole, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from httpx2 import HTTPStatusError

from predictor.reporting.metrics import read_json
from predictor.serving import latency
from toy_service import Engine, client_of


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(latency, "ANSWERS", 40)
    return client_of(Engine()).app


def test_so_many_answers_are_timed_and_those_before_them_are_not(app: Any) -> None:
    latency.measure(app, "/length/text", [{"text": "a"}, {"text": "abc"}])
    report = read_json(latency.LATENCY)
    assert (report["answers"], report["unit"]) == (40, "ms")
    assert 0 < report["p50"] <= report["p95"]


def test_a_refusal_is_no_measurement(app: Any) -> None:
    with pytest.raises(HTTPStatusError, match="422"):
        latency.measure(app, "/length/text", [{}])
    assert not latency.LATENCY.exists()

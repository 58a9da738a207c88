"""How long an answer takes is measured on the application itself, and written down whole, or not at all."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from httpx2 import HTTPStatusError

from any_package.reporting.metrics import read_json
from any_package.serving import latency
from any_package.serving.latency import LATENCY, measure
from toy_service import Engine, client_of


def test_answers_are_timed_and_a_refusal_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app: Any = client_of(Engine()).app
    with pytest.raises(HTTPStatusError, match="422"):
        measure(app, "/length/text", [{}])
    assert not LATENCY.exists()
    measure(app, "/length/text", [{"text": "a"}, {"text": "abc"}])
    report = read_json(LATENCY)
    assert (report["answers"], report["unit"]) == (200, "ms")
    assert 0 < report["p50"] <= report["p95"]
    assert all(report[name] == round(report[name], 3) for name in ("p50", "p95"))


def test_the_quantiles_are_those_of_200_answers_after_the_first_20(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    waits = [9.0] * 20 + [turn / 1000 for turn in range(200, 0, -1)]  # seconds: the first ones are slow
    monkeypatch.setattr(latency, "perf_counter", chain.from_iterable((0.0, wait) for wait in waits).__next__)
    app: Any = client_of(Engine()).app
    measure(app, "/length/text", [{"text": "a"}])
    report = read_json(LATENCY)
    assert (report["p50"], report["p95"]) == (100.5, 190.95)

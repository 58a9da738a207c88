"""`make load` measures the service's own endpoints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from predictor import loadtest
from predictor.serving import latency


def test_a_short_run_reports_each_kind_of_request(artifacts_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(artifacts_folder.parent)
    monkeypatch.setattr(latency, "REQUESTS", 40)
    monkeypatch.setattr(latency, "WARM_UP_BLOCKS", 1)
    loadtest.run()
    report = json.loads((artifacts_folder.parent / latency.REPORT).read_text())
    for result in report["results"]:
        assert result["requests"] == {"constant": 40, "predict": 40, "predict_with_reasons": 40}


def test_without_a_model_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(latency.LoadError, match="train a model first"):
        loadtest.run()

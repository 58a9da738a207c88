"""The latency measurement measures, compares and bounds itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from predictor import loadtest


def test_a_short_run_reports_each_kind_of_request(
    artifacts_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(artifacts_folder.parent)
    monkeypatch.setattr(loadtest, "REQUESTS", 40)
    monkeypatch.setattr(loadtest, "WARM_UP_BLOCKS", 1)
    loadtest.run()
    report = json.loads((artifacts_folder.parent / loadtest.REPORT).read_text())
    assert [result["clients"] for result in report["results"]] == [1, 4]
    for result in report["results"]:
        assert result["requests"] == {"constant": 40, "predict": 40, "predict_with_reasons": 40}
        for row in result["latency"].values():
            assert 0 < row["p50"] <= row["p95"] <= row["p99"]
        assert result["p50_ratio"]["predict"] == pytest.approx(
            result["latency"]["predict"]["p50"] / result["latency"]["constant"]["p50"], abs=0.02
        )
    assert "p50 ratio" in capsys.readouterr().out


def test_without_a_model_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(loadtest.LoadError, match="train a model first"):
        loadtest.run()


def test_a_server_that_stops_is_noticed() -> None:
    with pytest.raises(loadtest.LoadError, match="stopped"), loadtest.server(("-c", "raise SystemExit(1)"), "/"):
        pass

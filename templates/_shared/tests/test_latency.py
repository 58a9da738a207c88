"""Latencies are measured, compared with the bare endpoint, and limited in time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import the_package
from the_package.serving import latency
from the_package.serving.latency import LoadError, Request

A_SERVICE = (
    "import os, uvicorn; from the_package.serving.latency import constant; app = constant(); "
    "app.get('/health')(lambda: {}); app.post('/echo')(lambda: {}); "
    "uvicorn.run(app, port=int(os.environ['UVICORN_PORT']), log_level='error')"
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "SERVICE", ("-c", A_SERVICE))
    monkeypatch.setattr(latency, "REQUESTS", 40)
    monkeypatch.setattr(latency, "WARM_UP_BLOCKS", 1)


def test_each_kind_is_compared_with_the_bare_endpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "reports" / "load.json"
    latency.compare({"echo": Request("/echo", b"{}")}, report, version="7")
    written = json.loads(report.read_text())
    assert written["version"] == "7"
    assert [result["clients"] for result in written["results"]] == [1, 4]
    for result in written["results"]:
        assert result["requests"] == {"constant": 40, "echo": 40}
        for row in result["latency"].values():
            assert 0 < row["p50"] <= row["p95"] <= row["p99"]
        ratio = result["latency"]["echo"]["p50"] / result["latency"]["constant"]["p50"]
        assert result["p50_ratio"] == {"echo": pytest.approx(ratio, abs=0.02)}
    assert "p50 ratio" in capsys.readouterr().out


def test_an_answer_that_refuses_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="/nothing answered with status 404"):
        latency.compare({"nothing": Request("/nothing")}, tmp_path / "load.json")
    assert not (tmp_path / "load.json").exists()


RENAMED = """
import sys
from renamed.serving import latency
service = "import uvicorn; from renamed.serving import app, latency; " \
    "uvicorn.run(latency.constant(), port=app.read_config(app.Config).port, log_level='error')"
with latency.server(("-c", service), "/"), latency.server(latency.BARE, "/"):
    print(*latency.SERVICE, "the_package" in sys.modules)
"""


def test_the_package_may_have_another_name(tmp_path: Path) -> None:
    shutil.copytree(Path(the_package.__file__).parent, tmp_path / "renamed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", RENAMED]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["-m", "renamed", "serve", "False"], done.stderr


def test_a_server_that_stops_is_noticed() -> None:
    with pytest.raises(LoadError, match="stopped"), latency.server(("-c", "raise SystemExit(1)"), "/"):
        pass

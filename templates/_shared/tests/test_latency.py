"""Latencies are measured against a real server process and written down whole, or not at all."""

from __future__ import annotations

import json
import shutil
import sys
from importlib import import_module
from itertools import repeat
from pathlib import Path

import pytest

from any_package.serving import latency
from any_package.serving.latency import LoadError, Request, Target, measure, server
from toy_server import toy_server

SERVICE = toy_server("TOY_")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "REQUESTS", 40)
    monkeypatch.setattr(latency, "WARM_UP", 2)


def test_each_kind_of_request_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "reports" / "load.json"
    with server(SERVICE, "TOY_", "/health") as port:
        kinds = {"health": Request("/health"), "echo": Request("/echo", b"{}")}
        measure({kind: Target(port, repeat(request)) for kind, request in kinds.items()}, {"version": "7"}, report)
    written = json.loads(report.read_text())
    assert written["version"] == "7"
    assert [result["clients"] for result in written["results"]] == [1, 4]
    for result in written["results"]:
        assert set(result["latency"]) == set(kinds)
        for row in result["latency"].values():
            assert 0 < row["p50"] <= row["p95"] <= row["p99"]
    assert "| p95 ms |" in capsys.readouterr().out


def test_an_answer_that_refuses_is_no_measurement(tmp_path: Path) -> None:
    with (
        server(SERVICE, "TOY_", "/health") as port,
        pytest.raises(LoadError, match="/nothing answered with status 404"),
    ):
        measure({"nothing": Target(port, repeat(Request("/nothing")))}, {}, tmp_path / "load.json")
    assert not (tmp_path / "load.json").exists()


def test_any_package_may_have_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(latency.__file__).parents[1], tmp_path / "renamed")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "any_package"]:
        monkeypatch.setitem(sys.modules, name, None)  # what `import` takes for "not installed"
    assert import_module("renamed.serving.latency").SERVICE == ("-m", "renamed", "serve")


def test_a_server_that_stops_is_noticed() -> None:
    with pytest.raises(LoadError, match="stopped"), server(("-c", "raise SystemExit(1)"), "X_", "/"):
        pass

"""Releases with real processes, registry and traffic: no request is lost, wherever the deployer is killed."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import toy_model
from real_site import CALLERS, HANG, KILLED, ROOT, at, environment, free_port, known, opposite, shares_of, traffic
from service import deploying
from service.deploying.processes import Processes
from service.deploying.state import read_state
from service.deployments import Log
from service.registry import EmbeddedRegistry
from service.reporting.metrics import Metric
from service.routing.config import RouterConfig
from service.routing.routes import ACCESS, VAR, JsonRoutes
from service.settings import Settings, load_settings
from toy_model import wait_for

pytestmark = pytest.mark.slow

ROLLOUT = {
    "shares": "[0.1, 0.5, 1.0]",
    "window_requests": 20,
    "least_seconds": 0.2,
    "most_seconds": 600,
    "lease_seconds": 1,
    "replay_rows": 300,
    "brier_increase": 0.05,  # so that 300 rows can show it
    "calibration_gap": 0.2,
}
LEAST_POINTS = 15


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A site in which version 1 serves; 2 is as good, 3 says the opposite."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    monkeypatch.setenv("SERVICE_POLL_SECONDS", "0.2")
    (tmp_path / "sql").symlink_to(ROOT / "sql")
    text = (ROOT / "settings.toml").read_text(encoding="utf-8").replace('approval = "file"', 'approval = "interactive"')
    for key, value in ROLLOUT.items():
        text = re.sub(rf"(?m)^{key} = [^#]+", f"{key} = {value}  ", text)
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    settings = load_settings()
    metrics = [
        Metric(name=gate.metric, value=gate.min or gate.max or 0.0, higher_is_better=gate.max is None)
        for gate in settings.gates
    ]
    registry = EmbeddedRegistry(settings.registry.name, tmp_path / "registry")
    for seed in (1, 2):
        registry.register(toy_model.candidate(seed, metrics=metrics))
    registry.register(toy_model.candidate(model=opposite(), metrics=metrics))
    known()
    try:
        assert deploying.deploy(settings, "1", yes=True) == 0
        yield settings
    finally:
        deploying.down()


def test_a_good_version_is_promoted_and_taken_back(settings: Settings) -> None:
    with traffic() as callers:
        assert deploying.deploy(settings, "2", yes=True) == 0
        assert set(callers.next()) == {"2"}
        assert deploying.rollback(settings, "a drill") == 0
        assert set(callers.next()) == {"1"}
    assert callers.lost() == []
    assert not Processes(RouterConfig()).alive("canary")


def test_a_bad_version_is_rolled_back_at_its_first_share(settings: Settings) -> None:
    with traffic() as callers:
        assert deploying.deploy(settings, "3", yes=True) == 1
        assert set(callers.next()) == {"1"}
    assert callers.lost() == []
    lines = {line["action"]: line for line in Log().lines()}
    broken = {check["name"] for check in lines["rolled back"]["evidence"] if not check["passed"]}
    assert "brier_increase" in broken
    bad = [answer for answer in callers.answers if answer[2] == "3"]
    late = [answer for answer in bad if answer[0] > at(lines["breached"]) + 0.001]  # the log's milliseconds
    assert len(late) <= CALLERS, "the share goes first; what was sent before is still answered"
    during = [answer for answer in callers.answers if at(lines["routed"]) <= answer[0] <= bad[-1][0]]
    assert shares_of("3", during) < 0.2


@pytest.mark.parametrize(("version", "ends", "outcome"), [("2", "2", "promoted"), ("3", "1", "rolled back")])
def test_sigkill_at_every_step(settings: Settings, version: str, ends: str, outcome: str) -> None:
    with traffic() as callers:
        while (state := read_state(VAR)) is None or state.version != version or state.step != "done":
            killed = subprocess.run([sys.executable, "-c", KILLED, version], env=environment(), check=False)
            assert killed.returncode == -signal.SIGKILL
            wait_for(lambda: JsonRoutes().share() == 0)
            point = Path("killed").read_text().splitlines()[-1]
            assert set(callers.next(10)) <= {"1", ends}, point
            assert {json.loads(line)["slot"] for line in ACCESS.read_text().splitlines()[-5:]} == {"champion"}, point
        assert state.outcome == outcome
        assert set(callers.next()) == {ends}
    assert callers.lost() == []
    assert len(Path("killed").read_text().splitlines()) > LEAST_POINTS
    if version == "3":
        assert shares_of("3", callers.answers) < 0.15, "it stays at its first share"


def test_a_canary_that_is_killed_costs_no_request(settings: Settings) -> None:
    def kill(point: str) -> None:
        if point == "observe 0: watching" and not killed:
            wait_for(lambda: bool(canary()))
            os.kill(int((VAR / "canary.pid").read_text()), signal.SIGKILL)
            killed.append(point)
            wait_for(lambda: any(line["retried"] for line in canary()))

    def canary() -> list[dict[str, Any]]:
        return [line for line in map(json.loads, ACCESS.read_text().splitlines()) if line["slot"] == "canary"]

    killed: list[str] = []
    changed = settings.model_copy(update={"rollout": settings.rollout.model_copy(update={"window_requests": 100})})
    with traffic() as callers:
        assert deploying.deploy(changed, "2", yes=True, checkpoint=kill) == 1
    assert callers.lost() == []
    assert {line["status"] for line in canary() if line["retried"]} == {502}


def test_a_rollback_reaches_a_deployer_that_runs(settings: Settings) -> None:
    command = [sys.executable, "-m", "service", "deploy", "2", "--yes"]
    waiting = dict(environment(), PYTHONPATH=str(ROOT / "src"))
    with traffic() as callers, subprocess.Popen(command, env=waiting) as deployer:
        wait_for(lambda: "routed" in [line["action"] for line in Log().lines()[4:]])
        with pytest.raises(ValueError, match="another deployer"):
            deploying.deploy(settings, "3", yes=True)
        assert deploying.rollback(settings, "a drill") == 0
        assert deployer.wait(HANG) == 1
    assert callers.lost() == []
    assert Log().lines()[-1]["why"] == "a drill"


def test_a_champion_that_died_is_noticed_and_started_again(settings: Settings) -> None:
    def kill(point: str) -> None:
        number = (VAR / "champion.pid").read_text()  # empty while the supervisor starts another one
        if point == "observe 0: watching" and Processes(RouterConfig()).alive("canary") and number:
            os.kill(int(number), signal.SIGKILL)

    long = settings.model_copy(update={"rollout": settings.rollout.model_copy(update={"lease_seconds": HANG})})
    with traffic() as callers:
        assert deploying.deploy(long, "2", yes=True, checkpoint=kill) == 1
    assert "champion died" in Log().lines()[-1]["why"]
    assert Processes(RouterConfig()).version("champion") == "1"
    assert callers.lost() == [], "the canary stands in for it"


@pytest.mark.parametrize("name", ["champion", "router"])
def test_who_is_killed_comes_back(settings: Settings, name: str) -> None:
    number = (VAR / f"{name}.pid").read_text()
    os.kill(int(number), signal.SIGKILL)
    wait_for(lambda: (VAR / f"{name}.pid").read_text() not in ("", number))
    with traffic() as callers:
        wait_for(lambda: callers.answers[-1:] != [] and callers.answers[-1][1] == 200)
    assert Processes(RouterConfig()).version("champion") == "1"


def test_the_processes_are_found_on_the_port_where_they_were_started(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = os.environ["ROUTER_PORT"]
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    with pytest.raises(ValueError, match=f"started on port {port}; to move it to .*: make down, then make up"):
        deploying.up(settings)
    assert deploying.status() == 0
    assert f"router: runs at http://127.0.0.1:{port}" in capsys.readouterr().out
    deploying.down()
    assert deploying.up(settings) == 0
    assert os.environ["ROUTER_PORT"] in capsys.readouterr().out


def test_a_port_that_is_taken(settings: Settings) -> None:
    with socket.socket() as other, traffic():
        other.bind(("127.0.0.1", RouterConfig().port_of("canary")))
        other.listen()
        assert deploying.deploy(settings, "2", yes=True) == 1
        assert "Address already in use" in Log().lines()[-1]["why"]
        assert Processes(RouterConfig()).version("champion") == "1"

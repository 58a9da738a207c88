"""The processes of a site: they are started again when they have died, and not when they were stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from real_site import free_port
from service import deploying
from service.__main__ import main
from service.deploying import supervisor
from service.deploying.processes import Processes
from service.deploying.supervisor import Supervisor
from service.routing.config import RouterConfig
from service.routing.routes import VAR
from toy_model import wait_for

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")  # in the place of a server


class Sleepers(Processes):
    """Processes that do nothing and are ready at once."""

    command = SLEEP

    def _answers(self, name: str, path: str) -> bool:
        return self.alive(name)


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sleepers]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    found = Sleepers(RouterConfig())
    for name in ("champion", "router"):
        found.start(name)
    yield found
    for name in ("supervisor", "champion", "router"):
        found.stop(name)


def test_up_says_what_runs_already(
    processes: Sleepers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site: Any = SimpleNamespace(processes=processes, registry=SimpleNamespace(alias=lambda _: "1"))
    monkeypatch.setattr(deploying, "open_site", lambda _: site)
    processes.stop("router")
    for ran in (False, True):
        assert deploying.up(site) == 0
        assert ("It ran already." in capsys.readouterr().out) == ran


def pid(name: str) -> int:
    """The number of a process, once it has written it."""
    wait_for(lambda: (VAR / f"{name}.pid").read_text().endswith("\n"))
    return int((VAR / f"{name}.pid").read_text())


def kill(processes: Processes, name: str) -> int:
    number = pid(name)
    os.kill(number, signal.SIGKILL)
    wait_for(lambda: not processes.alive(name))
    return number


@pytest.mark.parametrize("name", ["champion", "router"])
def test_who_was_killed_is_started_again(processes: Sleepers, name: str) -> None:
    watching = Supervisor(processes)
    before = kill(processes, name)
    watching.look()
    assert processes.alive(name)
    wait_for(lambda: pid(name) != before)


def test_the_number_of_the_one_before_is_gone_before_the_next_writes_its_own(
    processes: Sleepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(processes, "champion")
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: None)
    processes.launch("champion")
    assert (VAR / "champion.pid").read_text() == "", "it may be another program's now"


def test_who_was_stopped_or_never_started_stays_as_it_is(processes: Sleepers) -> None:
    processes.stop("champion")
    Supervisor(processes).look()
    assert [name for name in ("router", "champion", "canary") if processes.alive(name)] == ["router"]


def test_who_dies_again_and_again_is_started_less_often(processes: Sleepers, monkeypatch: pytest.MonkeyPatch) -> None:
    now, starts = [0.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(processes, "died", lambda name: name == "champion")
    monkeypatch.setattr(processes, "launch", lambda _: starts.append(now[0]))
    watching = Supervisor(processes)
    while len(starts) < 10:
        watching.look()
        now[0] += 0.25 + 1e-6
    pauses = [round(later - earlier) for earlier, later in pairwise(starts)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    now[0] += 10 * supervisor.LONGEST_PAUSE  # it has lived for long
    watching.look()
    now[0] += supervisor.FIRST_PAUSE
    watching.look()
    assert starts[-1] - starts[-2] == supervisor.FIRST_PAUSE


def test_a_port_that_is_taken_is_no_end_of_the_supervisor(processes: Sleepers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.deploying.processes.FREED_SECONDS", 0.0)
    watching = Supervisor(processes)
    kill(processes, "champion")
    with socket.create_server(("127.0.0.1", processes.config.port_of("champion"))):
        watching.look()
    assert not processes.alive("champion")
    watching.pauses["champion"] = 0
    watching.look()
    assert processes.alive("champion")


def test_a_port_that_a_killed_process_still_has_is_waited_for(
    processes: Sleepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill(processes, "champion")
    taken = socket.create_server(("127.0.0.1", processes.config.port_of("champion")))
    monkeypatch.setattr(time, "sleep", lambda _: taken.close())
    processes.launch("champion")
    assert processes.alive("champion")


def test_what_runs_decides_where_the_rest_is(processes: Sleepers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_PORT", "9000")
    other = Sleepers(RouterConfig())
    other.start("canary")
    other.stop("canary")
    assert other.config.port == processes.config.port != 9000
    for name in ("router", "champion"):
        processes.stop(name)
    assert Sleepers(RouterConfig()).config.port == 9000


def test_a_process_that_has_just_been_started_is_stopped_once_it_has_written_its_number(
    processes: Sleepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, sleep, slept = str(pid("champion")), time.sleep, list[float]()
    (VAR / "champion.pid").write_text("")

    def later(seconds: float) -> None:
        assert len(slept) < 400, "it is not asked to end"
        slept.append(seconds)
        (VAR / "champion.pid").write_text(number)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", later)
    processes.stop("champion")
    assert not processes.alive("champion")


@pytest.mark.parametrize("content", [b"-1\n", b"abc\n", b"9" * 5000, b"\xff\xfe12\n"])
def test_a_damaged_number_of_a_process_is_told_in_a_sentence(
    processes: Sleepers, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    number = pid("champion")
    (VAR / "champion.pid").write_bytes(content)
    assert main(["down"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("Error: var/champion.pid holds no process number, but the champion runs")
    (VAR / "champion.pid").write_text(f"{number}\n")

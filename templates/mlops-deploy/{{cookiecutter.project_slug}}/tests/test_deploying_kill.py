"""SIGKILL at every point of a deployment: the champion goes on serving, and a second command ends it."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import toy_site
from service import deploying
from service.deploying.state import DeployError, read_state
from service.routing import routes
from service.routing.routes import VAR, JsonRoutes
from service.settings import Settings
from toy_site import BAD, GOOD, FileRegistry, actions, killed_at, lines

LEASE = 60.0
LEAST_POINTS = {GOOD: 28, BAD: 18}  # at which a kill leaves something else


def kill_everywhere(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str):  # type: ignore[no-untyped-def]
    """Kill the deployer at its first point, its second, and so on, each time on a new site; yields the settings."""
    toy_site.take_its_place(monkeypatch)
    clock = SimpleNamespace(time=time.time)
    monkeypatch.setattr(routes, "time", clock)
    for number in range(1, 100):
        (here := folder / str(number)).mkdir()
        monkeypatch.chdir(here)
        settings = toy_site.make(here, lease_seconds=LEASE)
        if not (point := killed_at(number, settings, version)):
            assert number > LEAST_POINTS[version]
            return
        clock.time = lambda ahead=number * LEASE: time.time() + ahead  # the lease is over, without waiting for its end
        look_after_kill(settings, version, point)
        yield settings, point
    raise AssertionError("the deployment does not end")


def look_after_kill(settings: Settings, version: str, point: str) -> None:
    """Once the lease is over, the champion has all requests: the old one, or a good one that was promoted."""
    assert JsonRoutes().share() == 0, point
    serving = toy_site.site(settings).processes.version("champion")
    assert serving in ({"1", GOOD} if version == GOOD else {"1"}), point


def look_at_end(settings: Settings, champion: str, point: str) -> None:
    """One version serves, nothing else runs, and the log tells one story."""
    registry, processes = FileRegistry(settings), toy_site.site(settings).processes
    expected = {"champion": champion} | ({"previous": "1"} if champion == GOOD else {})
    assert registry.aliases() == expected, point
    assert (processes.version("champion"), Path("canary").exists(), JsonRoutes().share()) == (champion, False, 0), point
    assert len(set(times := [line["at"] for line in lines()])) > 1
    assert times == sorted(times), point
    for once in ("started", "approved", "canary started", "promoted", "finished", "rolled back"):
        assert actions().count(once) <= 1, (point, actions())


@pytest.mark.slow  # it kills the deployer at each of its points
def test_a_second_run_ends_a_good_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings, point in kill_everywhere(tmp_path, monkeypatch, GOOD):
        unfinished = (state := read_state(VAR)) is not None and state.step != "done"
        if unfinished or state is None:
            before = actions()
            assert deploying.deploy(settings, GOOD, yes=True) == 0, point
            assert ("resumed" in actions()) == unfinished, point
            assert actions()[: len(before)] == before, "lines are only added"
        look_at_end(settings, GOOD, point)


@pytest.mark.slow  # it kills the deployer at each of its points
def test_a_second_run_ends_a_bad_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings, point in kill_everywhere(tmp_path, monkeypatch, BAD):
        if (state := read_state(VAR)) is None or state.step != "done":
            assert deploying.deploy(settings, BAD, yes=True) == 1, point
        look_at_end(settings, "1", point)
        assert {line["to"] for line in lines() if line["action"] == "routed"} == {0.05}, "a bad version stays at 5%"


def test_a_rollback_that_was_killed_does_not_read_as_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toy_site.take_its_place(monkeypatch)
    monkeypatch.chdir(tmp_path)
    settings = toy_site.make(tmp_path)
    assert killed_at("rollback 1: begins", settings, BAD) == "rollback 1: begins"
    assert deploying.status() == 1, "the processes of this site do not run"
    shown = capsys.readouterr().out
    assert f"Deployment of version {BAD}: rollback. " in shown
    assert "It is unfinished: `make rollback` finishes its rollback." in shown
    assert "make deploy" not in shown
    with pytest.raises(DeployError, match=r"at step rollback; `make rollback` finishes its rollback$"):
        deploying.deploy(settings, GOOD, yes=True)


@pytest.mark.slow  # it kills the deployer at each of its points
def test_a_rollback_ends_a_killed_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings, point in kill_everywhere(tmp_path, monkeypatch, GOOD):
        promoted = FileRegistry(settings).alias("previous") == "1"
        if (state := read_state(VAR)) and (state.step != "done" or promoted):
            assert deploying.rollback(settings, "a drill") == 0, point
            look_at_end(settings, "1", point)


def test_a_second_run_asks_for_the_approval_that_is_missing_and_starts_the_canary_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_site.take_its_place(monkeypatch)
    monkeypatch.chdir(tmp_path)
    settings = toy_site.make(tmp_path)
    assert killed_at(1, settings, GOOD)
    assert deploying.deploy(settings, GOOD) == 1  # there is no terminal to ask at
    assert actions() == ["started", "resumed", "declined"]
    assert killed_at("observe 1: begins", settings, GOOD) == "observe 1: begins"
    Path("canary").unlink()  # as after a restart of the machine
    assert deploying.deploy(settings, GOOD, yes=True) == 0

"""What ends a release, what is refused before it begins, and what is written down."""

from pathlib import Path
from typing import Any

import pytest

import toy_site
from service import deploying
from service.deploying import approval
from service.deploying.processes import Processes
from service.deploying.state import DeployError, deployer_lock, read_state
from service.deployments import Log
from service.registry import Files, RegistryError
from service.routing.config import RouterConfig
from service.routing.routes import VAR, JsonRoutes
from service.settings import Settings
from toy_site import BAD, FAILING, GOOD, REFUSING, FakeSlots, FileRegistry, actions, lines


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    toy_site.take_its_place(monkeypatch)
    monkeypatch.setattr(approval, "open_registry", FileRegistry)
    return toy_site.make(tmp_path)


def champion_is_untouched(settings: Settings) -> bool:
    found = toy_site.site(settings).processes.version("champion")
    return (found, JsonRoutes().share(), Path("canary").exists()) == ("1", 0, False)


@pytest.mark.parametrize(
    ("version", "why"),
    [(BAD, "Brier score 0."), (FAILING, "of its requests failed"), (REFUSING, "of its requests failed")],
)
def test_a_breach_is_rolled_back_with_its_evidence(settings: Settings, version: str, why: str) -> None:
    assert deploying.deploy(settings, version, yes=True) == 1
    assert champion_is_untouched(settings)
    last = lines()[-1]
    assert (last["action"], last["from"], last["to"]) == ("rolled back", version, "1")
    assert why in last["why"]
    assert any(not check["passed"] for check in last["evidence"])
    assert FileRegistry(settings).aliases() == {"champion": "1"}


def test_nothing_is_promoted_blind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeSlots, "requests", lambda *_: None)
    rollout = settings.rollout.model_copy(update={"most_seconds": 0.1})
    assert deploying.deploy(settings.model_copy(update={"rollout": rollout}), GOOD, yes=True) == 1
    assert "too few requests: 0 of 20" in lines()[-1]["why"]
    assert champion_is_untouched(settings)


def test_a_gate_a_wrong_version_and_a_champion_that_is_down_stop_it_before_it_begins(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RegistryError, match="no version '9'"):
        deploying.deploy(settings, "9", yes=True)
    with pytest.raises(DeployError, match="is the champion already"):
        deploying.deploy(settings, "1", yes=True)
    Path("router").unlink()
    with pytest.raises(DeployError, match="make up"):
        deploying.deploy(settings, GOOD, yes=True)
    Path("router").touch()
    manifests = {"1": toy_site.manifest(settings), GOOD: toy_site.manifest(settings, 0.01)}
    monkeypatch.setattr(FileRegistry, "files", lambda _, version: Files(b"", manifests[version]))
    assert deploying.deploy(settings, GOOD, yes=True) == 1
    manifests[GOOD].inputs[0].name = "y"
    with pytest.raises(DeployError, match="inputs that callers send: x, y"):
        deploying.deploy(settings, GOOD, yes=True)
    assert lines() == []
    assert read_state(VAR) is None
    assert champion_is_untouched(settings)


def test_one_deployer_at_a_time_and_one_version_at_a_time(settings: Settings) -> None:
    with deployer_lock(VAR), pytest.raises(DeployError, match="another deployer"):
        deploying.deploy(settings, GOOD, yes=True)
    assert toy_site.killed_at(8, settings, GOOD)
    with pytest.raises(DeployError, match=f"of version {GOOD} is unfinished"):
        deploying.deploy(settings, BAD, yes=True)
    assert deploying.deploy(settings, GOOD, yes=True) == 0


def test_back_to_the_version_before_once(settings: Settings) -> None:
    with pytest.raises(DeployError, match="no earlier version"):
        deploying.rollback(settings)
    assert deploying.deploy(settings, GOOD, yes=True) == 0
    assert [line["why"] for line in lines() if line["action"] == "analysed"] == ["", "", ""]
    assert deploying.rollback(settings, "a drill") == 0
    assert champion_is_untouched(settings)
    assert FileRegistry(settings).aliases() == {"champion": "1"}
    assert (lines()[-1]["action"], lines()[-1]["why"]) == ("rolled back", "a drill")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b'{"step": "fly"}'])
@pytest.mark.parametrize("point", ["observe 1: share given", "promote 2: champion set", "done 2: begins"])
def test_a_rollback_does_without_a_state_that_can_be_read(settings: Settings, content: bytes, point: str) -> None:
    assert toy_site.killed_at(point, settings, GOOD) == point
    (VAR / "deployment.json").write_bytes(content)
    with pytest.raises(DeployError, match="make rollback does without it"):
        deploying.deploy(settings, GOOD, yes=True)
    assert deploying.rollback(settings, "a drill") == 0
    assert champion_is_untouched(settings)
    assert FileRegistry(settings).aliases() == {"champion": "1"}
    assert (lines()[-1]["action"], lines()[-1]["from"], lines()[-1]["why"]) == ("rolled back", GOOD, "a drill")
    assert actions().count("started") == 1


def test_nothing_is_moved_to_a_version_whose_files_are_damaged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deploying.deploy(settings, GOOD, yes=True) == 0

    def damaged(registry: FileRegistry, version: str) -> Files:
        raise RegistryError(f"version {version}: model.onnx is not the file that was registered")

    monkeypatch.setattr(FileRegistry, "files", damaged)
    with pytest.raises(RegistryError, match=r"version 1: model\.onnx"):
        deploying.rollback(settings)
    assert FileRegistry(settings).alias("champion") == GOOD
    state = read_state(VAR)
    assert state is not None
    assert state.step == "done"


def test_the_registry_goes_away_during_the_release(settings: Settings) -> None:
    def break_it(point: str) -> None:
        if point == "observe 0: analysed logged":
            Path("broken").touch()

    good = settings.model_copy(update={"rollout": settings.rollout.model_copy(update={"shares": [1.0]})})
    with pytest.raises(DeployError, match=r"registry is gone. .* stopped at step rollback; no canary has a share"):
        deploying.deploy(good, GOOD, yes=True, checkpoint=break_it)
    assert JsonRoutes().share() == 0
    Path("broken").unlink()
    assert deploying.rollback(settings) == 0
    assert champion_is_untouched(settings)


def test_no_disk_during_the_release(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: JsonRoutes, share: float, seconds: float | None = None) -> None:
        if share == settings.rollout.shares[1]:
            raise OSError(28, "No space left on device")
        JsonRoutes.give(self, share, seconds)  # type: ignore[attr-defined]

    monkeypatch.setattr(JsonRoutes, "give", JsonRoutes.set, raising=False)
    monkeypatch.setattr(JsonRoutes, "set", full)
    assert deploying.deploy(settings, GOOD, yes=True) == 1
    assert "No space left" in lines()[-1]["why"]
    assert champion_is_untouched(settings)


def test_an_interrupted_deployer_takes_the_share_away(settings: Settings) -> None:
    def interrupt(point: str) -> None:
        if point == "observe 1: share given":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deploying.deploy(settings, GOOD, yes=True, checkpoint=interrupt)
    assert JsonRoutes().share() == 0
    assert deploying.deploy(settings, GOOD, yes=True) == 0


def test_the_first_version_needs_no_canary(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "first").mkdir()
    monkeypatch.chdir(tmp_path / "first")
    first = toy_site.make(Path.cwd(), champion=None)
    with pytest.raises(DeployError, match="no champion yet"):
        deploying.up(first)
    assert deploying.deploy(first, "1", yes=True) == 0
    assert actions() == ["started", "approved", "promoted", "finished"]
    assert champion_is_untouched(first)
    assert FileRegistry(first).aliases() == {"champion": "1"}


def test_the_log_survives_a_line_that_was_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_ACTOR", "pipeline")
    log = Log(Path("log.jsonl"))
    log.append("a", "started", "2", after="2")
    log.path.write_bytes(log.path.read_bytes() + b'{"cut')
    log.append("a", "promoted", "2", before="1", after="2", why="good")
    assert [line["action"] for line in log.lines()] == ["started", "promoted"]
    assert {line["who"] for line in log.lines()} == {"pipeline"}
    assert log.has("a", "promoted")
    assert not log.has("b", "promoted")


def test_a_number_that_was_given_to_another_program_is_no_process(settings: Settings) -> None:
    processes: Any = Processes(RouterConfig())
    (VAR / "canary.pid").write_text("1\n")
    assert not processes.alive("canary")
    processes.stop("canary")
    assert not processes.alive("router")

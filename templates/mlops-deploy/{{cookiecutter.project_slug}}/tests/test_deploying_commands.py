"""What the commands beside a release do, and what they say."""

import time
from pathlib import Path

import pytest

import toy_site
from service import deploying
from service.deploying.acts import ASKED
from service.deploying.processes import Processes
from service.deploying.state import DeployError, deployer_lock
from service.routing.config import RouterConfig
from service.routing.routes import VAR
from service.settings import Settings
from toy_site import BAD, GOOD, FileRegistry, lines

OPEN_SITE = deploying.open_site  # the toy takes its place


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    toy_site.take_its_place(monkeypatch)
    return toy_site.make(tmp_path)


def test_a_rollback_that_the_deployer_has_done_is_not_done_again(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploying.deploy(settings, BAD, yes=True) == 1
    (VAR / ASKED).write_text("she asked")
    before = lines()
    assert deploying.rollback(settings) == 0
    assert capsys.readouterr().out.endswith(f"The deployer has rolled back version {BAD}.\n")
    with pytest.raises(DeployError, match="no earlier version"):
        deploying.rollback(settings)
    assert lines() == before


def test_a_deployer_that_works_is_asked_to_roll_back_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = list[str]()

    def work(_: float) -> None:
        asked.append((VAR / ASKED).read_text())
        (VAR / ASKED).write_text("seen")
        if len(asked) == 3:
            deployer.__exit__(None, None, None)

    deployer = deployer_lock(VAR)
    deployer.__enter__()
    monkeypatch.setattr(time, "sleep", work)
    FileRegistry(settings).set_alias("previous", GOOD)
    assert deploying.rollback(settings, "she asked") == 0
    assert asked == ["she asked", "seen", "seen"]
    assert capsys.readouterr().out.endswith(f"Version {GOOD} serves.\n")
    assert not (VAR / ASKED).exists()


@pytest.mark.parametrize(("kind", "file"), [("asgi", "routes.json"), ("nginx", "nginx/split.conf")])
def test_the_share_is_written_for_what_routes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str, file: str
) -> None:
    monkeypatch.setenv("ROUTER_KIND", kind)
    monkeypatch.setattr(deploying, "open_registry", FileRegistry)
    OPEN_SITE(settings).routes.set(0.25)
    assert "25" in (VAR / file).read_text()
    assert not (VAR / "routes.json").exists() or kind == "asgi"


@pytest.mark.parametrize(
    ("lacks", "code"), [(["canary"], 0), (["canary", "champion", "supervisor"], 1), (["router", "canary"], 1)]
)
def test_the_status_says_what_to_start(
    settings: Settings, lacks: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Processes, "alive", lambda _, name: name not in lacks)
    monkeypatch.setattr(Processes, "version", lambda *_: "1")
    assert deploying.status() == code
    shown = capsys.readouterr().out
    assert all(f"{name}: does not run" in shown for name in lacks)
    assert ("make up" in shown) == bool(code)
    assert "canary and" not in shown


def test_up_starts_the_champion_and_says_where_it_serves(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("router", "champion"):
        Path(name).unlink()
    monkeypatch.delenv("ROUTER_PORT", raising=False)
    assert deploying.up(settings) == 0
    assert capsys.readouterr().out == "Version 1 serves at http://127.0.0.1:8000.\n"
    assert all(Path(name).exists() for name in ("router", "champion", "supervisor"))
    monkeypatch.setattr(deploying, "read_config", lambda _: RouterConfig(port=8050))
    with pytest.raises(DeployError, match="started on port 8000; to move it to 8050: make down, then make up"):
        deploying.up(settings)
    FileRegistry(settings).drop_alias("champion")
    with pytest.raises(DeployError, match="no champion yet"):
        deploying.up(settings)

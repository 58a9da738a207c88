"""What the commands beside a release do, and what they say."""

from pathlib import Path

import pytest

import toy_site
from service import deploying
from service.deploying.processes import Processes
from service.deploying.site import ASKED
from service.deploying.state import DeployError
from service.routing.config import RouterConfig
from service.routing.routes import VAR
from service.settings import Settings
from toy_site import BAD, FileRegistry, lines


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

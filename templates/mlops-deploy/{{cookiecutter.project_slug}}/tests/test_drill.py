"""The drill removes only what it made itself, and reads its story with care."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from real_site import free_port
from service import drill, training
from service.__main__ import main
from service.deployments import LOG
from service.settings import SettingsError, load_settings, read_toml

ROOT = Path(__file__).parents[1]


def test_the_story_fits_the_settings() -> None:
    story, settings = read_toml(ROOT / drill.STORY, drill.Story), load_settings(ROOT / "settings.toml")
    days = [release.day for release in story.releases]
    assert days == sorted(days)
    assert days[0] == settings.periods.reference_from
    assert story.until > settings.periods.reference_to
    assert {release.candidate for release in story.releases} <= settings.training.candidates.keys()
    assert all((ROOT / release.sql).is_file() for release in story.releases)


@pytest.mark.parametrize("text", ["until = soon", "until = 2016-04-30", "until = 2016-04-30\nunknown = 1"])
def test_a_story_that_cannot_be_played(text: str, tmp_path: Path) -> None:
    (tmp_path / "story.toml").write_text(text)
    with pytest.raises(SettingsError, match=r"story\.toml"):
        read_toml(tmp_path / "story.toml", drill.Story)


def release(who: str) -> str:
    return json.dumps({"at": "2016-01-01T00:00:00Z", "who": who, "action": "promoted", "version": "1"}) + "\n"


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an earlier drill left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))  # the service may be running at its usual port
    for folder in ("var", "registry", "reports"):
        (tmp_path / folder).mkdir()
    (tmp_path / "registry/registry.db").write_text("versions")
    LOG.write_text(release(drill.ACTOR))
    return tmp_path


def test_an_earlier_drill_is_removed(left: Path) -> None:
    drill._start_over()
    assert not (left / "registry").exists()
    assert not LOG.exists()


def test_what_a_person_released_is_kept(left: Path) -> None:
    with LOG.open("a") as log:
        log.write(release("ines"))
    with pytest.raises(drill.DrillError, match="releases by ines"):
        drill._start_over()
    assert (left / "registry/registry.db").read_text() == "versions"


def test_the_drill_says_that_a_port_is_taken_before_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trains(*_: Any, **__: Any) -> None:
        raise AssertionError("it trains first")

    monkeypatch.chdir(tmp_path)
    for name in ("settings.toml", "drill", "data", "sql"):
        Path(name).symlink_to(ROOT / name)
    port = free_port()
    monkeypatch.setenv("ROUTER_PORT", str(port))
    monkeypatch.setattr(training, "train", trains)
    monkeypatch.setattr("service.deploying.processes.FREED_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", port + 1)):
        assert main(["drill"]) == 2
    said = capsys.readouterr().err
    assert f"port {port + 1}: Address already in use" in said
    assert "ROUTER_PORT" in said

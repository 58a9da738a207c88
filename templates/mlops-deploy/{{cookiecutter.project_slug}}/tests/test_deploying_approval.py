"""Who says yes to a release."""

from pathlib import Path

import pytest

import toy_site
from service import deploying
from service.deploying import acts, approval
from service.deploying.state import DeployError
from service.routing.routes import JsonRoutes
from service.settings import Settings
from toy_site import BAD, GOOD, FileRegistry, actions, lines


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(deploying, "open_site", toy_site.site)
    monkeypatch.setattr(approval, "open_registry", FileRegistry)
    monkeypatch.setattr(acts, "POLL_SECONDS", 0.001)
    return toy_site.make(tmp_path)


def champion_is_untouched(settings: Settings) -> bool:
    found = toy_site.site(settings).processes.version("champion")
    return (found, JsonRoutes().share(), Path("canary").exists()) == ("1", 0, False)


def asking_for_a_file(settings: Settings) -> Settings:
    return settings.model_copy(update={"rollout": settings.rollout.model_copy(update={"approval": "file"})})


def test_nobody_can_be_asked_without_a_terminal(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploying.deploy(settings, GOOD) == 1
    assert "this is no terminal" in capsys.readouterr().out
    assert actions() == ["started", "declined"]
    assert champion_is_untouched(settings)


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 1)])
def test_a_person_at_the_terminal(settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert deploying.deploy(settings, GOOD) == code


def test_a_file_approves_one_model_only(settings: Settings) -> None:
    asking = asking_for_a_file(settings)
    with pytest.raises(DeployError, match="--yes is none"):
        deploying.deploy(asking, GOOD, yes=True)
    assert deploying.deploy(asking, GOOD) == 1
    assert "does not exist" in lines()[-1]["why"]
    path = deploying.sign(asking, GOOD, "Ada", 'she said "yes"')
    assert deploying.deploy(asking, GOOD) == 0
    assert "Ada, 20" in next(line["why"] for line in lines() if line["action"] == "approved")
    path.rename(path.with_name(f"{BAD}.toml"))
    assert deploying.deploy(asking, BAD) == 1
    assert "does not approve the model" in lines()[-1]["why"]
    path.with_name(f"{BAD}.toml").write_text("version = ")
    assert deploying.deploy(asking, BAD) == 1
    with pytest.raises(DeployError, match="needs a name"):
        deploying.sign(asking, GOOD, " ")


def test_whether_a_version_or_the_champion_is_approved(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploying, "open_registry", FileRegistry)
    deploying.sign(settings, "1", "Ada", "it is good")
    for version, code, said in (("1", 0, "Ada, 20"), ("champion", 0, "Ada, 20"), (GOOD, 1, "does not exist")):
        assert deploying.approved(settings, version) == code
        assert said in capsys.readouterr().out

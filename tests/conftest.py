"""Every test is isolated from the user's home, Git settings and cookiecutter configuration."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

_HOME = tempfile.TemporaryDirectory(prefix="scaffolder-tests-")
os.environ.update(HOME=_HOME.name, XDG_CONFIG_HOME=_HOME.name, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
for name in [
    name for name in os.environ if name.startswith(("COOKIECUTTER_", "GIT_AUTHOR", "GIT_COMMITTER", "GIT_DIR"))
]:
    del os.environ[name]

# A shell starts background jobs with Ctrl-C ignored, and their children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest  # noqa: E402 - after HOME: cookiecutter reads it while it is imported
from support import MINI, Outcome, make_template  # noqa: E402

from scaffolder.cli.app import run  # noqa: E402


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def scaffolder(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run one command in this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def git_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the user's Git settings."""

    def write(text: str) -> None:
        path = tmp_path / "gitconfig"
        path.write_text(text)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))

    return write


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A small template, not one of ours, that uses the common features of cookiecutter."""
    return make_template(tmp_path / "mini", *MINI)


@pytest.fixture
def other_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home

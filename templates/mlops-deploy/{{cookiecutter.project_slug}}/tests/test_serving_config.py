"""Where the service listens: what is wrong with that is said with the name of the setting."""

import os
import subprocess
import sys
from pathlib import Path
from socket import create_server

import pytest

from service.serving.config import ConfigError, ServiceConfig, read_config

PACKAGE = ServiceConfig.__module__.partition(".")[0]
SETTING = f"{PACKAGE.upper()}_PORT"
SOURCE = str(Path(sys.modules[PACKAGE].__path__[0]).parent)


def ask(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `make serve` asks first."""
    env = {**os.environ, "PYTHONPATH": SOURCE, **environment}
    command = [sys.executable, "-m", f"{PACKAGE}.serving.config"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_a_port_that_is_taken_is_told_with_the_name_of_its_setting(tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = ask(tmp_path, **{SETTING: port})
        (tmp_path / ".env").write_text(f"{SETTING}={port}\n")
        from_file = ask(tmp_path)
    assert done.returncode == from_file.returncode == 2
    assert done.stderr == f"Error: port {port}: Address already in use; end the program that has it, or set {SETTING}\n"
    assert from_file.stderr == done.stderr


def test_a_port_that_is_free_is_none_of_its_business(tmp_path: Path) -> None:
    done = ask(tmp_path, **{SETTING: "0"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("value", "port"), [("", 8000), ("8001", 8001)])
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, value: str, port: int) -> None:
    monkeypatch.setenv(SETTING, value)
    assert read_config(ServiceConfig).port == port


def test_a_value_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "many")
    with pytest.raises(ConfigError, match=SETTING):
        read_config(ServiceConfig)

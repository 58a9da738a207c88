"""Where the service listens, and to which names it answers: what is wrong is said with the name of the setting."""

import subprocess
import sys
from socket import create_server

import pytest

from any_package.serving import config
from any_package.serving.config import ConfigError, ServiceConfig, read_config

PACKAGE = ServiceConfig.__module__.partition(".")[0]
SETTING = f"{PACKAGE.upper()}_PORT"


def test_a_port_that_is_taken_is_told_with_the_name_of_its_setting() -> None:
    ServiceConfig(port=0).check_port()
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port}: Address already in use; .* set {SETTING}"):
            ServiceConfig(port=port).check_port()


def test_make_serve_goes_on_if_the_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "0")
    assert subprocess.run([sys.executable, "-m", config.__name__], check=False).returncode == 0


@pytest.mark.parametrize("hosts", ["*", "a.example", "A.example, *.b.example", "*.a.example  x_1", "[::1],10.0.0.1"])
def test_host_names_and_patterns_are_taken(hosts: str) -> None:
    assert len(ServiceConfig(allowed_hosts=hosts).hosts) >= 5


@pytest.mark.parametrize(("value", "port"), [("", 8000), ("8001", 8001), ("65535", 65535)])
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, value: str, port: int) -> None:
    monkeypatch.setenv(SETTING, value)
    assert read_config(ServiceConfig).port == port


NO_HOSTS = ("a.*", "*example", "https://a.example", "a.example/x", "a.example:80", ",", "*.")
NO_NUMBERS = (("PORT", "many"), ("PORT", "-1"), ("PORT", "65536"), ("MAX_BODY_BYTES", "0"))


@pytest.mark.parametrize(("name", "value"), [*NO_NUMBERS, *(("ALLOWED_HOSTS", hosts) for hosts in NO_HOSTS)])
def test_a_value_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"{PACKAGE.upper()}_{name}", value)
    with pytest.raises(ConfigError, match=f"{PACKAGE.upper()}_{name}: "):
        read_config(ServiceConfig)

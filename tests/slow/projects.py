"""Generate a repository with the command line, install it and run it, as its owner would."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(pwd.getpwuid(os.getuid()).pw_dir)  # the tests use another home; downloads are cached in the real one
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HANGS = 1_800  # seconds until a command counts as hanging
OPERATED = {"mlops-deploy"}  # templates that, filled in, reach the top of the ladder
LEFT_OUT = {"VIRTUAL_ENV", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON"}


def must_run(reason: str) -> None:
    """Skip the test for this reason; in CI, where every test must run, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run this: {reason}")
    pytest.skip(reason)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other worker does this, which has one place on a machine."""
    path = Path(tempfile.gettempdir(), f"scaffolder-{what}-{os.getuid()}.lock")
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def free_ports(count: int) -> int:
    """The first of so many free ports in a row.

    They lie below those that the system gives to outgoing connections: one of these to a port on which nobody listens
    may get that very port as its own, and would then be connected to itself instead of being refused.
    """
    while True:
        first = random.SystemRandom().randrange(10_000, 30_000)
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first


def environment(*, uv: bool = True) -> dict[str, str]:
    """The user's environment, with or without uv on the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}" if uv else SYSTEM_PATH
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    return {**kept, "HOME": str(HOME), "PATH": path}


def run(*command: object, cwd: Path, env: Mapping[str, str] | None = None, code: int = 0) -> str:
    """Run a command and return its output; fails, with the output, if the exit code is not `code`."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env=env or environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=HANGS,
    )
    tail = done.stdout[-4000:]
    assert done.returncode == code, f"{' '.join(words)} in {cwd.name} ended with {done.returncode}:\n{tail}"
    return done.stdout


def scaffolder(*words: object, cwd: Path = ROOT, code: int = 0) -> str:
    """What the command of this checkout says, on either stream."""
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    said = run(sys.executable, "-m", "scaffolder", *words, cwd=cwd, env=env, code=code)
    assert "Traceback" not in said
    return said


def pythons() -> dict[str, str]:
    """The interpreters for Python 3.11 and 3.13 that this machine has."""
    found: dict[str, str] = {}
    for name in [sys.executable, "/usr/bin/python3", "python3.11", "python3.13"]:
        path = shutil.which(name)
        if path is None:
            continue
        asked = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.returncode == 0:  # a shim may name a version that is not installed
            found.setdefault(asked.stdout.strip(), path)
    return {version: found[version] for version in ("3.11", "3.13") if version in found}


@dataclass(frozen=True)
class Project:
    path: Path
    python: str

    def make(self, *targets: str, uv: bool = True, code: int = 0) -> str:
        return run("make", *targets, f"PYTHON={self.python}", cwd=self.path, env=environment(uv=uv), code=code)

    def read(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    @property
    def metrics(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.read("reports/metrics.json"))
        return loaded

    @property
    def headline(self) -> dict[str, Any]:
        """The measurement that the settings name as the headline, or the first."""
        settings = tomllib.loads(self.read("settings.toml"))
        measured = {metric["name"]: metric for metric in reversed(self.metrics["metrics"])}
        first = self.metrics["metrics"][0]["name"]
        found: dict[str, Any] = measured[
            next((each["headline"] for each in settings.values() if "headline" in each), first)
        ]
        return found

    @property
    def measured_blocks(self) -> dict[str, list[str]]:
        """The measured blocks of each document, as the contract lists them."""
        blocks: dict[str, list[str]] = tomllib.loads(self.read("scaffolder.toml"))["blocks"]
        return blocks

    def megabytes(self, venv: Path, *requirements: str) -> float:
        """Install into a new environment and add up the sizes of its files."""
        run("uv", "venv", "--quiet", "--python", self.python, venv, cwd=self.path)
        run("uv", "pip", "install", "--quiet", "--python", venv / "bin/python", *requirements, cwd=self.path)
        return sum(path.lstat().st_size for path in venv.rglob("*") if not path.is_dir()) / 1_000_000

    def demo(self) -> None:
        """Install, and run `make demo`."""
        self.make("setup")
        self.make("demo", f"ROUTER_PORT={free_ports(3)}")  # of mlops-deploy, whose demo may run beside another one


@dataclass(frozen=True)
class Finished:
    """A project after `make demo`."""

    project: Project
    template: str
    answers: Mapping[str, str]


Make = Callable[[str, Mapping[str, str]], Finished]
"""Makes the project of a template and its answers, once for all proofs."""
Lend = Callable[[Path, Project], Project]
"""Gives the project in a folder the environment of another one."""


def generate(parent: Path, template: str, python: str, name: str = "", **answers: str) -> Project:
    """A new project as a newcomer makes it, in Git and with the default name, unless a proof needs another one."""
    chosen = [word for key, value in answers.items() for word in ("--set", f"{key}={value}")]
    scaffolder("new", template, *filter(None, [name]), "-o", parent, *chosen, "--yes", "--git")
    (record,) = parent.glob(f"{name or '*'}/.scaffolder.json")
    return Project(record.parent, python)

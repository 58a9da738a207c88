"""A copy of the finished project of mlops-deploy, in which a proof may release, break and kill what it likes."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from projects import Project, environment, free_ports, run
from support import PATIENCE

SLOTS = ("router", "champion", "canary")


@dataclass(frozen=True)
class Site:
    """The copy's folder, the Python that runs it, and the port of its router; the slots have the two after it."""

    folder: Path
    python: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        more = {"PYTHONPATH": str(self.folder / "src"), "ROUTER_PORT": str(self.port), "SERVICE_ACTOR": "proof"}
        return {**environment(), **more}

    def service(self, *words: str, code: int = 0, **more: str) -> str:
        """Run one of the project's commands."""
        return run(self.python, "-m", "service", *words, cwd=self.folder, env={**self.env, **more}, code=code)

    def do(self, program: str, *words: str) -> str:
        """Run a program that imports the project's package."""
        return run(self.python, "-c", program, *words, cwd=self.folder, env=self.env)

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port + SLOTS.index(name)}"

    def ask(self, name: str, path: str) -> Any:
        """What a process answers to GET."""
        with urlopen(f"{self.address(name)}{path}", timeout=10) as answer:
            return json.load(answer)

    def serves(self, name: str) -> str:
        """The version that a slot serves."""
        return str(self.ask(name, "/model")["version"])

    def rows(self, question: str, *parameters: object) -> list[Any]:
        """What the database of answers says."""
        with closing(sqlite3.connect(self.folder / "var/service.db")) as database:
            return database.execute(question, parameters).fetchall()

    def write(self, *statements: str) -> None:
        """Change that database."""
        with closing(sqlite3.connect(self.folder / "var/service.db", timeout=30)) as database, database:
            for statement in statements:
                database.execute(statement)

    def log(self) -> list[dict[str, Any]]:
        """The deployment log."""
        return lines(self.folder / "reports/deployments.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    return list(map(json.loads, path.read_text("utf-8").splitlines()))


@contextmanager
def copied(project: Project, folder: Path) -> Iterator[Site]:
    """A copy of the project as its demo left it; what was started in it is stopped."""
    shutil.copytree(project.path, folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    site = Site(folder, project.path / ".venv/bin/python", free_ports(len(SLOTS)))
    try:
        yield site
    finally:
        site.service("down")


def until(happened: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until it returns something true, and return that; what it raises meanwhile counts as not yet."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            if found := happened():
                return found
        except (OSError, HTTPException, ValueError) as error:
            last = repr(error)  # the error itself would keep its connection open
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds:.0f} s ({last})")


@dataclass
class Callers:
    """Callers who send bookings to an address all the time, each request once."""

    port: int
    bodies: list[str]
    count: int = 4
    keep: bool = True  # a connection for the next request
    answers: list[tuple[float, int, str]] = field(default_factory=list)  # when, status (0: none), version or error

    def __enter__(self) -> Callers:
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(start,)) for start in range(self.count)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def lost(self) -> list[tuple[float, int, str]]:
        return [answer for answer in self.answers if answer[1] != 200]

    def _send(self, start: int) -> None:
        connection, number = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE), start
        while not self._stopped.is_set():
            number += self.count
            self.answers.append(self._ask(connection, self.bodies[number % len(self.bodies)]))
            if not self.keep:
                connection.close()
        connection.close()

    @staticmethod
    def _ask(connection: HTTPConnection, body: str) -> tuple[float, int, str]:
        try:
            connection.request("POST", "/predict", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            return time.time(), 0, repr(error)
        return time.time(), answer.status, str(content.get("model_version", content))


@contextmanager
def slot(site: Site, name: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One slot's process, started as a container would start it: nobody but the proof ends it."""
    port = str(site.port + SLOTS.index(name))
    process = subprocess.Popen(
        [site.python, "-m", "service", "serve"],
        cwd=site.folder,
        env={**site.env, "SERVICE_SLOT": name, "SERVICE_PORT": port, **more},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: site.ask(name, "/health/live") is not None, f"the {name} lives")
        yield process
    finally:
        process.kill()
        process.wait()


def bookings(site: Site, most: int = 500) -> list[str]:
    """Bodies of requests: the inputs of bookings that the drill has sent."""
    return [inputs for (inputs,) in site.rows("SELECT inputs FROM predictions ORDER BY at DESC LIMIT ?", most)]

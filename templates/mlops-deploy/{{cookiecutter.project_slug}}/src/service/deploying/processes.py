"""The processes on this machine: router, champion and canary.

Each one holds a lock on its file `var/<name>.pid` as long as it lives. So a process that was killed, or a number that
the system gave to another program since, is not taken for it; and none is lost when its starter is killed.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2

from ..routing.config import RouterConfig
from ..routing.routes import VAR
from .state import lock

COMMANDS = {"router": "route", "champion": "serve", "canary": "serve"}
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
SOURCE = Path(__file__).parents[2]
WRITE_PID = 'echo "$$" > "$1"; shift; exec "$@"'  # the process itself writes its number, before it becomes the server


class SlotError(ValueError):
    """A process does not run or does not answer as it should; the message says which one and why."""


class Processes:
    """Starts, stops and asks the processes. If something else, such as compose, starts them, it only asks."""

    command = (sys.executable, "-m", "service")

    def __init__(self, config: RouterConfig) -> None:
        self.config, self.remote = config, bool(config.champion)
        # No connection is kept: the other side could close it just when it is used again.
        self.client = httpx2.Client(headers={"connection": "close"}, timeout=30, trust_env=False, verify=False)

    def ask(self, name: str, path: str, content: Any = None) -> Any:
        """GET the path of a process, or POST the content. Raises SlotError without a good answer in JSON."""
        url = self.config.address(name) + path
        try:
            answer = self.client.get(url) if content is None else self.client.post(url, json=content)
            return answer.raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise SlotError(f"the {name} does not answer at {url}: {str(error).partition(chr(10))[0]}") from None

    def version(self, name: str) -> str | None:
        """The version that a slot serves; None if it does not answer."""
        with contextlib.suppress(SlotError):
            return str(self.ask(name, "/model")["version"])
        return None

    def scores(self, name: str, rows: list[dict[str, Any]]) -> list[float]:
        """The probabilities that a slot gives to rows. Raises SlotError."""
        return [answer["probability"] for answer in self.ask(name, "/predict/batch", {"rows": rows})["predictions"]]

    def alive(self, name: str) -> bool:
        """Whether the process runs; it may still be starting."""
        if self.remote:
            return name == "router" or self._answers(name, "/health/live")
        with contextlib.suppress(FileNotFoundError), _pid(name).open() as file:
            return not lock(file, fcntl.LOCK_SH)
        return False

    def start(self, name: str) -> None:
        """Start a process unless it runs, and wait until it is ready. It goes on when this program ends.

        Raises:
            SlotError: its port is taken, it ends at once, or it is not ready in time.
            OSError: its files cannot be written.
        """
        if not self.alive(name):
            _launch([*self.command, COMMANDS[name]], name, self.config.port_of(name))
        end = time.monotonic() + READY_SECONDS
        while not self._answers(name, "/-/health" if name == "router" else "/health"):
            if time.monotonic() > end or not self.alive(name):
                raise SlotError(f"the {name} does not start: {_last_words(name)}")
            time.sleep(0.1)

    def stop(self, name: str) -> None:
        """Ask a process to end, which first answers what it has accepted; kill it if it does not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + STOP_SECONDS
            if not self.remote and self.alive(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(_pid(name).read_text()), number)
            while not self.remote and self.alive(name) and time.monotonic() < end:
                time.sleep(0.02)

    def _answers(self, name: str, path: str) -> bool:
        with contextlib.suppress(SlotError):
            self.ask(name, path)
            return True
        return False


def _pid(name: str) -> Path:
    return VAR / f"{name}.pid"


def _launch(command: list[str], name: str, port: int) -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    with _pid(name).open("a") as file, (VAR / f"{name}.log").open("ab") as output, socket.socket() as probe:
        lock(file)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SlotError(f"another program has port {port} of the {name}; end it, or set ROUTER_PORT") from None
        probe.close()
        subprocess.Popen(  # noqa: S603  - our own command
            ["/bin/sh", "-c", WRITE_PID, "sh", file.name, *command],
            env={**os.environ, "SERVICE_SLOT": name, "SERVICE_PORT": str(port), "PYTHONPATH": str(SOURCE)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[file.fileno()],
            start_new_session=True,
        )


def _last_words(name: str) -> str:
    path = VAR / f"{name}.log"
    return (path.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [f"{path} is empty"])[-1]

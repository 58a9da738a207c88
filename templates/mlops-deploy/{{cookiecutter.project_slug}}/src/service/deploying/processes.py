"""The processes on this machine: router, champion and canary, and the supervisor that starts the first two again.

Each one holds a lock on its file `var/<name>.pid` as long as it lives. So a process that was killed, or a number that
the system gave to another program since, is not taken for it; and none is lost when its starter is killed.
"""

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from ..reporting.metrics import write_text
from ..routing.config import LISTENING, RouterConfig
from ..routing.routes import VAR
from .state import lock

# In this order they are stopped: the supervisor first, so that it starts nothing again.
COMMANDS = {"supervisor": "supervise", "router": "route", "champion": "serve", "canary": "serve"}
FREED_SECONDS = 2.0
READY_SECONDS = 600.0  # a slow machine may need minutes
STOP_SECONDS = 10.0
SOURCE = Path(__file__).parents[2]
PORT = VAR / "port"  # the router's, when a process was started last
WRITE_PID = 'echo "$$" > "$1"; shift; exec "$@"'  # the process itself writes its number, before it becomes the server


class SlotError(ValueError):
    """A process does not run or does not answer as it should; the message says which one and why."""


class Processes:
    """Starts, stops and asks the processes. If something else, such as compose, starts them, it only asks."""

    command = (sys.executable, "-m", "service")

    def __init__(self, config: RouterConfig) -> None:
        self.remote = bool(config.champion)
        # What runs already decides where the others are, even if ROUTER_PORT is another one now.
        runs = PORT.exists() and any(_held(name) for name in COMMANDS)
        self.config = config.model_copy(update={"port": int(PORT.read_bytes())} if runs else {})
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
            return name in ("router", "supervisor") or self._answers(name, "/health/live")
        return _held(name)

    def died(self, name: str) -> bool:
        """Whether the process was started, and ended without being stopped."""
        return _pid(name).exists() and not _stopped(name).exists() and not self.alive(name)

    def start(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Start a process unless it runs, and wait until it is ready. It goes on when this program ends.

        Args:
            name: of the process.
            meanwhile: is called again and again while it waits.

        Raises:
            SlotError: it ends at once, or it is not ready in time.
            OSError: its port is taken, or its files cannot be written.
        """
        _stopped(name).unlink(missing_ok=True)
        self.launch(name)
        end = time.monotonic() + READY_SECONDS
        for looks in count():
            if name not in LISTENING or self._answers(name, "/-/health" if name == "router" else "/health"):
                return
            if time.monotonic() > end or not (self.remote or self.alive(name)):
                raise SlotError(f"the {name} ended, or is not ready after {READY_SECONDS:.0f} s; see {VAR / name}.log")
            if looks == 100:  # some ten seconds
                print(f"The {name} is slow to start; waiting for it, up to {READY_SECONDS:.0f} seconds.", flush=True)
            meanwhile()
            time.sleep(0.1)

    def launch(self, name: str) -> None:
        """Start a process, unless it runs, without waiting until it is ready. Raises OSError."""
        if self.remote:
            return
        VAR.mkdir(parents=True, exist_ok=True)
        with _pid(name).open("a") as file, (VAR / f"{name}.log").open("ab") as output:
            while not lock(file):
                if not lock(file, fcntl.LOCK_SH):  # that is possible while others only look whether it runs
                    return
            file.truncate(0)  # the number of the one before
            write_text(PORT, str(self.config.port))
            own = {"ROUTER_PORT": str(self.config.port), "PYTHONPATH": str(SOURCE)}
            if name in LISTENING:
                self.check_port(name)
                own |= {"SERVICE_SLOT": name, "SERVICE_PORT": str(self.config.port_of(name))}
            subprocess.Popen(  # noqa: S603  - our own command
                ["/bin/sh", "-c", WRITE_PID, "sh", file.name, *self.command, COMMANDS[name]],
                env={**os.environ, **own},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[file.fileno()],
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """Ask a process to end, which first answers what it has accepted; kill it if it does not."""
        if self.remote or not _pid(name).exists():
            return
        _stopped(name).touch()
        for number in (signal.SIGTERM, signal.SIGKILL):
            end, told = time.monotonic() + STOP_SECONDS, False
            while self.alive(name) and time.monotonic() < end:
                told = told or _signal(name, number)
                time.sleep(0.02)

    def check_port(self, name: str) -> None:
        """Raises OSError if another program has the port on which this process is to listen.

        One that has just been killed gives its port back a moment after its lock.
        """
        config = self.config.model_copy(update={"port": self.config.port_of(name)})
        end = time.monotonic() + FREED_SECONDS
        while True:
            try:
                return config.check_port()
            except OSError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.05)

    def _answers(self, name: str, path: str) -> bool:
        with contextlib.suppress(SlotError):
            self.ask(name, path)
            return True
        return False


def _pid(name: str) -> Path:
    return VAR / f"{name}.pid"


def _signal(name: str, number: int) -> bool:
    """Send a signal; False if the process has not written its number yet."""
    if not (text := _pid(name).read_text(encoding="utf-8", errors="replace").strip()):
        return False
    if not re.fullmatch("[1-9][0-9]{0,6}", text):  # -1 would be all processes
        raise SlotError(f"{_pid(name)} holds no process number, but the {name} runs: write the number into it")
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(text), number)
    return True


def _stopped(name: str) -> Path:
    """The mark of a process that is to stay stopped."""
    return VAR / f"{name}.stopped"


def _held(name: str) -> bool:
    with contextlib.suppress(FileNotFoundError), _pid(name).open() as file:
        return not lock(file, fcntl.LOCK_SH)
    return False

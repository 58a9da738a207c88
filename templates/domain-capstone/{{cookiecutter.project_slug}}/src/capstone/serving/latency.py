"""Measure how long answers take over HTTP, from a server process of its own and through open connections."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from socket import create_server
from statistics import quantiles
from typing import NamedTuple

from ..reporting import served
from ..reporting.metrics import write_json

SERVICE = ("-m", __name__.partition(".")[0], "serve")
HOST = "127.0.0.1"
CLIENTS = (1, 4)  # at the same time
REQUESTS = 1000  # of each kind, divided among the clients
WARM_UP = 50  # sent before them by each client, and not counted
START_SECONDS = 30.0


class LoadError(ValueError):
    """The latency could not be measured; the message says why."""


class Request(NamedTuple):
    """POST of JSON if it has a body, otherwise GET."""

    path: str
    body: bytes | None = None


class Target(NamedTuple):
    """An endless iterator of requests of one kind, shared by the clients, and the port to send them to."""

    port: int
    requests: Iterator[Request]


def measure(targets: Mapping[str, Target], facts: Mapping[str, str], report: Path = served.LOAD) -> None:
    """Measure each kind of request, write `report` with `facts` in it, and print a table.

    Raises:
        LoadError: a server does not answer as it should.
    """
    measured = {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        **facts,
        "unit": "ms",
        "results": [
            {"clients": clients, "latency": {kind: _percentiles(target, clients) for kind, target in targets.items()}}
            for clients in CLIENTS
        ],
    }
    write_json(report, measured)
    print(served.latency(report))


@contextmanager
def server(command: Sequence[str], prefix: str, ready_path: str) -> Iterator[int]:
    """Run a server on a free port until the `with` block ends; yields the port.

    It reads host and port from environment variables that begin with `prefix`.

    Raises:
        LoadError: it stops, or is not ready in time.
    """
    with create_server((HOST, 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {**os.environ, f"{prefix}HOST": HOST, f"{prefix}PORT": str(port)}
    process = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_until_ready(process, port, ready_path)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with closing(HTTPConnection(HOST, port, timeout=10)) as connection:
                _ask(connection, Request(path))
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise LoadError(f"the server stopped, or was not ready within {START_SECONDS:.0f} s; its message is above")


def _percentiles(target: Target, clients: int) -> dict[str, float]:
    """Milliseconds that an answer takes while so many clients ask."""
    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(_client, target, REQUESTS // clients) for _ in range(clients)]
    every = quantiles([milliseconds for client in asking for milliseconds in client.result()], n=100)
    return {f"p{percent}": round(every[percent - 1], 4) for percent in (50, 95, 99)}


def _client(target: Target, count: int) -> list[float]:
    with closing(HTTPConnection(HOST, target.port, timeout=10)) as connection:
        taken = [_ask(connection, request) for request in islice(target.requests, WARM_UP + count)]
    return taken[WARM_UP:]


def _ask(connection: HTTPConnection, request: Request) -> float:
    """Send one request; returns the milliseconds until the whole answer has been read."""
    started = time.perf_counter()
    method = "POST" if request.body else "GET"
    connection.request(method, request.path, request.body, {"content-type": "application/json"})
    response = connection.getresponse()
    response.read()
    if response.status >= 300:
        raise LoadError(f"{request.path} answered with status {response.status}")
    return (time.perf_counter() - started) * 1000

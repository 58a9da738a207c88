"""Measure how long answers take over HTTP, compared with an endpoint that does nothing.

The service and the bare endpoint run as separate processes with one worker each. Short blocks of requests alternate
between them over open connections, so that a busy machine slows both of them equally.
"""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import chain, islice, repeat
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fastapi import FastAPI

REPORT = Path("reports/load.json")
PACKAGE = (__package__ or "").rpartition(".")[0]
SERVICE = ("-m", PACKAGE, "serve")
BARE = ("-m", "uvicorn", f"{__name__}:constant", "--factory", "--no-access-log", "--log-level=warning")
HOST = "127.0.0.1"
CLIENTS = (1, 4)
WARM_UP_BLOCKS = 5
REQUESTS = 1000  # of each kind, divided among the clients
LIMIT_SECONDS = 60.0
START_SECONDS = 30.0
BLOCK = 10  # requests that a client sends before it turns to the next kind
QUANTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}

Latencies = dict[str, list[float]]  # milliseconds by kind of request


class LoadError(ValueError):
    """The latency could not be measured; the message says why."""


class Request(NamedTuple):
    """A request: POST if it has a body, otherwise GET."""

    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = MappingProxyType({})


class Target(NamedTuple):
    """An endless iterator of requests of one kind, shared by the clients, and the port to send them to."""

    port: int
    requests: Iterator[Request]


def constant() -> FastAPI:
    """The bare endpoint: FastAPI and nothing else."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/")
    async def answer() -> dict[str, str]:
        return {"status": "ok"}

    return app


def compare(requests: Mapping[str, Request], report: Path = REPORT, **facts: str) -> dict[str, Any]:
    """Start the service, measure each kind of request, print a table, and write `report` with `facts` in it.

    Raises:
        LoadError: a server does not start, or does not answer as it should.
    """
    with server(SERVICE, "/health") as port:
        targets = {kind: Target(port, repeat(request)) for kind, request in requests.items()}
        return compare_targets(targets, report, **facts)


def compare_targets(targets: Mapping[str, Target], report: Path = REPORT, **facts: str) -> dict[str, Any]:
    """Like `compare`, but for servers that are already running."""
    with server(BARE, "/") as bare_port:
        targets = {"constant": Target(bare_port, repeat(Request("/"))), **targets}
        results = [summarise(measure(targets, clients), clients) for clients in CLIENTS]
    result = {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        **facts,
        "unit": "ms",
        "results": results,
    }
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(table(results))
    return result


def measure(targets: Mapping[str, Target], clients: int) -> Latencies:
    """The latencies of each kind. The kinds take turns in short blocks; all clients send the same kind at a time.

    Raises:
        LoadError: an answer is not 200, or the time limit is reached before there is anything to report.
    """
    latencies: Latencies = {kind: [] for kind in targets}
    blocks = max(1, REQUESTS // (BLOCK * clients))
    deadline = time.monotonic() + LIMIT_SECONDS
    with ThreadPoolExecutor(clients) as pool:
        lines = {kind: [_connect(target.port) for _ in range(clients)] for kind, target in targets.items()}
        for block in range(-WARM_UP_BLOCKS, blocks):
            for kind, target in targets.items():
                taken = list(pool.map(_send_block, lines[kind], [target.requests] * clients))
                if block >= 0:
                    latencies[kind].extend(chain.from_iterable(taken))
            if time.monotonic() > deadline and block >= 0:
                break
    for connection in chain.from_iterable(lines.values()):
        connection.close()
    return latencies


def summarise(latencies: Latencies, clients: int) -> dict[str, Any]:
    """Quantiles in milliseconds, and each median as a multiple of the bare endpoint's."""
    rows = {kind: _quantiles(taken) for kind, taken in latencies.items()}
    base = rows["constant"]["p50"]
    return {
        "clients": clients,
        "requests": {kind: len(taken) for kind, taken in latencies.items()},
        "latency": rows,
        "p50_ratio": {kind: round(row["p50"] / base, 3) for kind, row in rows.items() if kind != "constant"},
    }


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """The results as a table for the terminal."""
    lines = [f"{'clients':>7}  {'request':<22}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'p50 ratio':>11}"]
    for result in results:
        for kind, row in result["latency"].items():
            ratio = result["p50_ratio"].get(kind, 1.0)
            numbers = "".join(f"{row[name]:>9.2f}" for name in QUANTILES)
            lines.append(f"{result['clients']:>7}  {kind.replace('_', ' '):<22}{numbers}{ratio:>11.2f}")
    return "\n".join(lines)


@contextmanager
def server(command: Sequence[str], ready_path: str) -> Iterator[int]:
    """Run a server on a free port until the `with` block ends; yields the port.

    Raises:
        LoadError: it stops, or is not ready in time.
    """
    from .app import Config

    port, prefixes = _free_port(), (Config.model_config["env_prefix"], "UVICORN_")
    environment = {
        **os.environ,
        **{f"{prefix}PORT": str(port) for prefix in prefixes},
        **{f"{prefix}HOST": HOST for prefix in prefixes},
    }
    process = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_until_ready(process, port, ready_path)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise LoadError("the server stopped while it was starting; its message is above")
        try:
            _ask(_connect(port), Request(path))
            return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise LoadError(f"the server was not ready within {START_SECONDS:.0f} s")


def _connect(port: int) -> HTTPConnection:
    return HTTPConnection(HOST, port, timeout=10)


def _send_block(connection: HTTPConnection, requests: Iterator[Request]) -> list[float]:
    return [_ask(connection, request) for request in islice(requests, BLOCK)]


def _ask(connection: HTTPConnection, request: Request) -> float:
    """Send one request; returns the milliseconds until the whole answer has been read."""
    started = time.perf_counter()
    kind = {"content-type": "application/json"} if request.body else {}
    method = "POST" if request.body else "GET"
    connection.request(method, request.path, request.body, {**kind, **request.headers})
    response = connection.getresponse()
    response.read()
    elapsed = time.perf_counter() - started
    if response.status != 200:
        raise LoadError(f"{request.path} answered with status {response.status}")
    return elapsed * 1000


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {name: round(ordered[int(share * (len(ordered) - 1))], 4) for name, share in QUANTILES.items()}

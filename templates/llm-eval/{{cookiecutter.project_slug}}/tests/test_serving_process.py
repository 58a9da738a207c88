"""The service as a process: so many connections and no more, and SIGTERM ends it whatever is open."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from socket import create_connection, create_server, socket

import pytest

PROGRAM = """
import asyncio, sys
from fastapi.responses import StreamingResponse
from prometheus_client import CollectorRegistry
from bench.serving import web
from bench.serving.config import ServiceConfig

async def endless():
    while True:
        yield b"."
        await asyncio.sleep(0.01)

web.GRACE_SECONDS, web.MOST_AT_ONCE = 1, 4
config = ServiceConfig(host="127.0.0.1", port=int(sys.argv[1]))
app = web.create_service(
    title="Sample", version="1", description="", config=config, registry=CollectorRegistry(), readiness=dict
)
app.get("/endless")(lambda: StreamingResponse(endless()))
web.run(app, config)
"""
LINES = "GET {} HTTP/1.1\r\nHost: localhost\r\n"
HALF = LINES.format("/health").encode()
HANG = 60.0  # seconds after which something is said to hang

Service = tuple[subprocess.Popen[bytes], int]


@pytest.fixture
def service() -> Iterator[Service]:
    """A process that serves, and its port."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)]) as process:
        try:
            wait_for(process, port)
            yield process, port
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the service listens."""
    end = time.monotonic() + HANG
    while time.monotonic() < end and process.poll() is None:
        try:
            create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("the service did not start")


def opened(port: int, sent: bytes) -> socket:
    client = create_connection(("127.0.0.1", port), timeout=HANG)
    client.sendall(sent)
    return client


def asked(port: int, path: str) -> int:
    with opened(port, LINES.format(path).encode() + b"Connection: close\r\n\r\n") as client:
        answer = HTTPResponse(client)
        answer.begin()
        return answer.status


def test_it_takes_so_many_connections_and_sigterm_ends_it_whatever_is_open(service: Service) -> None:
    process, port = service
    assert asked(port, "/health/live") == 200
    clients = [opened(port, LINES.format("/endless").encode() + b"\r\n") for _ in range(2)]
    assert all(client.recv(65_536) for client in clients), "the answers have begun"
    clients += [opened(port, HALF) for _ in range(2)]
    assert asked(port, "/health/live") == 503
    process.terminate()
    process.wait(HANG)
    for client in clients:
        client.close()

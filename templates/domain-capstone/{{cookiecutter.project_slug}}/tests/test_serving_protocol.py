"""The service as a process: clients that never finish a request, or never read, are hung up on; SIGTERM is the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from socket import create_connection, create_server, socket

import pytest

PROGRAM = """
import asyncio, sys
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CollectorRegistry
from capstone.serving import protocol, web
from capstone.serving.config import ServiceConfig

async def endless():
    while True:
        yield b"."
        await asyncio.sleep(0.1)

async def echo(request: Request) -> int:
    return len(await request.body())

protocol.SECONDS = float(sys.argv[2])
config = ServiceConfig(host="127.0.0.1", port=int(sys.argv[1]))
app = web.create_service(
    title="Sample", version="1", description="", config=config, registry=CollectorRegistry(), readiness=dict
)
app.get("/endless")(lambda: StreamingResponse(endless()))
app.get("/large")(lambda: Response(b"." * 10_000_000))
app.post("/echo")(echo)
web.run(app, config)
"""
ALIVE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = {
    "idle": b"",
    "half a header": b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Half",
    "half a body": b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
    "half a second request": ALIVE + b"GET /health HTTP/1.1\r\nX-Half",
    "half a second body": ALIVE + b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
}
STREAM = b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"

Service = tuple[subprocess.Popen[bytes], int]


@pytest.fixture
def start() -> Iterator[Callable[[float], Service]]:
    """Starts a service that waits so many seconds for a request; gives the process and its port."""
    with ExitStack() as started:

        def begin(seconds: float) -> Service:
            with create_server(("127.0.0.1", 0)) as probe:
                port = probe.getsockname()[1]
            process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port), str(seconds)])
            started.callback(process.wait)
            started.callback(process.kill)
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and process.poll() is None:
                try:
                    create_connection(("127.0.0.1", port)).close()
                    return process, port
                except OSError:
                    time.sleep(0.05)
            raise AssertionError("the service did not start")

        yield begin


def opened(port: int, sent: bytes) -> socket:
    client = create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(sent)
    return client


def read_to_end(client: socket) -> bytes:
    """All that arrives until the service hangs up."""
    received = b""
    try:
        while piece := client.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def test_a_hundred_half_open_connections_go_away(start: Callable[[float], Service]) -> None:
    _, port = start(1.0)
    clients = [opened(port, sent) for sent in HALF.values() for _ in range(20)]
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
    began = time.monotonic()
    for client in clients:
        read_to_end(client)
        client.close()
    assert time.monotonic() - began < 20


def test_a_client_that_does_not_read_goes_away(start: Callable[[float], Service]) -> None:
    _, port = start(1.0)
    with opened(port, 3 * b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n") as client:
        time.sleep(3)
        assert len(read_to_end(client)) < 10_000_000


def test_an_answer_may_take_longer_than_its_question(start: Callable[[float], Service]) -> None:
    _, port = start(0.3)
    with opened(port, STREAM) as client:
        time.sleep(0.8)
        client.recv(65_536)
        assert client.recv(65_536)


def test_sigterm_ends_it_in_a_few_seconds_whatever_is_open(start: Callable[[float], Service]) -> None:
    process, port = start(60.0)
    clients = [opened(port, sent) for sent in [*HALF.values(), STREAM] for _ in range(5)]
    time.sleep(0.5)
    process.terminate()
    process.wait(timeout=10)
    for client in clients:
        client.close()

"""The service as a process: clients that never finish a request, or never read, are hung up on; SIGTERM is the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from select import select
from socket import create_connection, create_server, socket

import pytest

from assistant.serving.protocol import SECONDS

# Its clock is set forward by POST /later, so that no test waits, and none depends on how fast a machine is.
PROGRAM = """
import asyncio, sys
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CollectorRegistry
from assistant.serving import web
from assistant.serving.config import ServiceConfig

async def endless():
    while True:
        yield b"."
        await asyncio.sleep(0.01)

async def echo(request: Request) -> int:
    return len(await request.body())

async def later(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds

web.GRACE_SECONDS = 1
config = ServiceConfig(host="127.0.0.1", port=int(sys.argv[1]))
app = web.create_service(
    title="Sample", version="1", description="", config=config, registry=CollectorRegistry(), readiness=dict
)
app.get("/endless")(lambda: StreamingResponse(endless()))
app.get("/large")(lambda: Response(b"." * 10_000_000))
app.post("/echo")(echo)
app.post("/later")(later)
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
HANG = 60.0  # seconds after which something is said to hang

Service = tuple[subprocess.Popen[bytes], int]


@pytest.fixture(scope="module")
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


def ask(port: int, method: str, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=HANG)) as connection:
        connection.request(method, path)
        return connection.getresponse().status


def pass_time(port: int, looks: int = 2) -> None:
    """As much as passes between so many looks at a connection."""
    for _ in range(looks):
        assert ask(port, "POST", f"/later?seconds={SECONDS + 1}") == 200


def read_to_end(client: socket) -> bytes:
    """All that arrives until the service hangs up."""
    received = b""
    try:
        while piece := client.recv(65_536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def send_until_it_fails(client: socket) -> None:
    while True:
        client.sendall(b" ")
        time.sleep(0.01)


def test_a_hundred_half_open_connections_go_away(service: Service) -> None:
    _, port = service
    clients = [opened(port, sent) for sent in HALF.values() for _ in range(20)]
    assert ask(port, "GET", "/health") == 200
    pass_time(port)
    for client in clients:
        read_to_end(client)
        client.close()


def test_fifty_bodies_that_drip_go_away(service: Service) -> None:
    _, port = service
    clients = [opened(port, HALF["half a body"]) for _ in range(50)]
    assert ask(port, "GET", "/health") == 200
    pass_time(port, looks=1)
    for client in clients:
        client.sendall(b".")
    pass_time(port, looks=1)
    for client in clients:
        read_to_end(client)
        client.close()


def test_a_client_that_does_not_read_goes_away(service: Service) -> None:
    _, port = service
    with opened(port, 3 * b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n") as client:
        assert select([client], [], [], HANG)[0], "the answer has begun"
        pass_time(port)
        with pytest.raises(ConnectionError):
            send_until_it_fails(client)
        assert len(read_to_end(client)) < 10_000_000


def test_an_answer_may_take_longer_than_its_question(service: Service) -> None:
    _, port = service
    with opened(port, STREAM) as client:
        assert client.recv(65_536)
        pass_time(port, looks=3)
        assert all(client.recv(65_536) for _ in range(3))


def test_at_last_sigterm_ends_it_whatever_is_open(service: Service) -> None:
    process, port = service
    clients = [opened(port, sent) for sent in [*HALF.values(), STREAM] for _ in range(5)]
    assert ask(port, "GET", "/health") == 200
    process.terminate()
    process.wait(HANG)
    for client in clients:
        client.close()

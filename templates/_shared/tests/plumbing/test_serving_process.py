"""The service as a process: so many connections and no more, failures in its log, and SIGTERM ends it."""

import json
import subprocess
import sys
from http.client import HTTPConnection
from socket import create_connection, create_server, socket

PROGRAM = """
import asyncio, sys
from fastapi.responses import StreamingResponse
from prometheus_client import CollectorRegistry
from any_package.serving import web
from any_package.serving.config import ServiceConfig

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
app.get("/broken")(lambda: 1 / 0)
web.run(app, config)
"""
HALF = "GET {} HTTP/1.1\r\nHost: localhost\r\n"
HANG = 60.0  # seconds after which something is said to hang


def opened(port: int, sent: str) -> socket:
    client = create_connection(("127.0.0.1", port), timeout=HANG)
    client.sendall(sent.encode())
    return client


def asked(port: int, path: str = "/health/live") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=HANG)
    connection.request("GET", path, headers={"connection": "close", "x-request-id": "r7"})
    answer = connection.getresponse()
    assert answer.getheader("server") is None, "nobody is told what serves"
    assert answer.status == 503 or answer.getheader("x-request-id") == "r7"
    return answer.status


def test_it_takes_so_many_connections_and_sigterm_ends_it_whatever_is_open() -> None:
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], stdout=subprocess.PIPE) as process:
        try:
            assert any(b"Uvicorn running" in line for line in process.stdout or ()), "it did not start"
            assert (asked(port), asked(port, "/broken")) == (200, 500)
            clients = [opened(port, HALF.format("/endless") + "\r\n") for _ in range(2)]
            assert all(client.recv(65_536) for client in clients), "the answers have begun"
            clients += [opened(port, HALF.format("/health")) for _ in range(2)]
            assert asked(port) == 503
            process.terminate()
            said, _ = process.communicate(timeout=HANG)
            assert b"GET /health/live HTTP" not in said, "requests have a log of their own"
            (failure,) = [json.loads(line) for line in said.splitlines() if b"Traceback" in line]
            assert "ZeroDivisionError: division by zero" in failure["exception"]
            assert (failure["level"], failure["request_id"]) == ("error", "r7")
        finally:
            process.kill()
    for client in clients:
        client.close()

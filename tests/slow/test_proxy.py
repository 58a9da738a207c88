"""nginx with the lines of docs/deploy.md before a service: who sends slowly is cut off, and everybody else is answered."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from socket import create_connection, create_server, socket
from urllib.request import urlopen

import pytest
from projects import Project, must_run
from selection import templates
from service import serving
from sites import until
from support import PATIENCE

LINES = re.compile(r"^```nginx\n(.*?)^```", re.DOTALL | re.MULTILINE)
MEGABYTES = re.compile(r"client_max_body_size (\d+)m;")
PATH = "/slow"
HEADERS = f"POST {PATH} HTTP/1.1\r\nHost: YOUR.HOST\r\nContent-Type: application/json\r\n"
HALF_HEADERS = HEADERS.encode()
HALF_BODY = f"{HEADERS}Content-Length: 10\r\n\r\nhalf".encode()
CLIENTS = 50  # of each kind


@pytest.mark.parametrize("default", templates(), indirect=True)  # the lines are the same in all, but for two names
def test_slow_clients_are_cut_off_and_others_answered(default: Project, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(default.path, folder, ignore=shutil.ignore_patterns(".venv", ".git"))
    prefix, *_ = re.findall(r"^#? ?([A-Z]+)_ALLOWED_HOSTS=", default.read(".env.example"), re.MULTILINE)
    (lines,) = LINES.findall(default.read("docs/deploy.md"))
    hosts = {f"{prefix}_ALLOWED_HOSTS": "YOUR.HOST"}
    with serving(default, folder, f"{prefix}_PORT", hosts) as address, proxy(lines, address, tmp_path) as port:
        assert asked(port, b"GET /health HTTP/1.1\r\nHost: YOUR.HOST\r\n\r\n") == 200
        assert asked(port, b"GET /metrics HTTP/1.1\r\nHost: YOUR.HOST\r\n\r\n") == 404
        with ExitStack() as stack:
            half = [stack.enter_context(opened(port, sent)) for sent in [HALF_HEADERS, HALF_BODY] * CLIENTS]
            slow = stack.enter_context(opened(port, HALF_BODY))
            assert asked(port, b"GET /health HTTP/1.1\r\nHost: YOUR.HOST\r\n\r\n") == 200
            for byte in b"slow":
                assert not handed_on(address), "nginx waits for the whole request"
                slow.sendall(bytes([byte]))
            answers = [all_of(client) for client in half]
            assert {answer.partition(b"\r\n")[0] for answer in answers} <= {b"", b"HTTP/1.1 408 Request Time-out"}
            assert not handed_on(address)
        assert asked(port, HALF_BODY + b"second") in (404, 405)
        assert handed_on(address)
        (most,) = MEGABYTES.findall(lines)
        assert asked(port, HEADERS.encode() + f"Content-Length: {int(most) * 1024**2 + 1}\r\n\r\n".encode()) == 413


def handed_on(address: str) -> bool:
    """Whether the service has answered for an address that it does not have, such as PATH."""
    with urlopen(f"{address}/metrics") as answer:
        return b'http_requests_total{handler="none"' in answer.read()


def opened(port: int, sent: bytes) -> socket:
    client = create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall(sent)
    return client


def asked(port: int, sent: bytes) -> int:
    with opened(port, sent) as client:
        answer = HTTPResponse(client)
        answer.begin()
        return answer.status


def all_of(client: socket) -> bytes:
    """What arrives until nginx hangs up."""
    received = b""
    while piece := client.recv(65_536):
        received += piece
    return received


@contextmanager
def proxy(lines: str, address: str, scratch: Path) -> Iterator[int]:
    """nginx with these lines, but for its port and the service's."""
    if shutil.which("nginx") is None:
        must_run("nginx is not installed")
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for old, new in {"listen 80;": f"listen 127.0.0.1:{port};", "http://127.0.0.1:8000": address}.items():
        assert lines.count(old) == 1
        lines = lines.replace(old, new)
    places = [f"{name}_temp_path {scratch}/{name};" for name in ("proxy", "client_body", "fastcgi", "uwsgi", "scgi")]
    user = "user root;" if os.geteuid() == 0 else ""  # whose scratch folders nobody else may enter
    around = f"{user} daemon off; pid {scratch}/nginx.pid; error_log {scratch}/error.log; events {{}}"
    conf = scratch / "nginx.conf"
    conf.write_text(f"{around}\nhttp {{ access_log off; {' '.join(places)}\n{lines} }}")
    process = subprocess.Popen(["nginx", "-e", scratch / "error.log", "-c", conf])
    try:
        until(lambda: not create_connection(("127.0.0.1", port)).close(), "nginx listens")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)

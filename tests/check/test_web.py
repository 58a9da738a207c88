"""Live addresses: asked only on request, only where the public is, redirects included."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from synthetic import repository

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers import web
from scaffolder.check.readers.web import ask, live

ROUTES = {
    "/": (200, None),
    "/gone": (404, None),
    "/no-head": (405, None),
    "/moved": (301, "/"),
    "/around": (302, "/around"),
    "/inside": (302, "http://127.0.0.1/"),
    "/file": (302, "file:///etc/passwd"),
}


class _Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        status, location = ROUTES[self.path]
        self.send_response(200 if (self.command, self.path) == ("GET", "/no-head") else status)
        if location:
            self.send_header("Location", location)
        self.end_headers()

    do_GET = do_HEAD  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site on this machine whose name looks public; every other name is looked up as usual."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    looked_up = web._public_address
    known = {"radar.example": "127.0.0.1"}
    monkeypatch.setattr(web, "_public_address", lambda host, port: known.get(host) or looked_up(host, port))
    yield f"http://radar.example:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "works", "fact"),
    [
        ("/", True, "200 OK"),
        ("/moved", True, "200 OK"),
        ("/no-head", True, "200 OK"),
        ("/gone", False, "404 Not Found"),
        ("/around", False, "more than 5 redirects"),
        ("/inside", False, "no answer (its host is not public)"),
        ("/file", False, "no answer (only http and https addresses are asked)"),
    ],
)
def test_what_an_address_answers(site: str, path: str, works: bool, fact: str) -> None:
    assert ask(site + path) == (works, fact)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://0.0.0.0/"),
        *("file:///etc/passwd", "ftp://example.org/", "http://", "http://[", "javascript:alert(1)", "http://a:99999/"),
    ],
)
def test_nothing_private_and_nothing_but_http_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("it was asked"))
    assert ask(url).works is False


def test_nobody_is_asked_offline() -> None:
    assert live(repository({})) is None


def test_all_addresses_have_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = threading.Event()
    asked: list[str] = []
    monkeypatch.setattr(web, "ask", lambda url: asked.append(url) or waiting.wait())
    monkeypatch.setattr(web, "DEADLINE", 0.05)
    answer = live(Repository(Snapshot.of_files({}), online=True))
    assert answer is not None
    assert {answer(f"https://{number}.example").works for number in range(5)} == {False}
    assert len(asked) == 1
    waiting.set()


def test_each_address_once_and_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(web, "ask", lambda url: asked.append(url) or web.Live(True, "200 OK"))
    answer = live(Repository(Snapshot.of_files({}), online=True))
    assert answer is not None
    for number in [0, 0, *range(20)]:
        answer(f"https://{number}.example")
    assert len(asked) == len(set(asked)) == web.MAX_ADDRESSES
    assert answer("https://19.example").works is False

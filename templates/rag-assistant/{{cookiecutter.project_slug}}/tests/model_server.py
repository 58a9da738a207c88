"""A small HTTP server on 127.0.0.1 that behaves, or misbehaves, as a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EVENTS = "text/event-stream"
Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ModelServer:
    """What came in, and what goes out: one act for each request, the last one for all that follow."""

    url: str
    acts: list[Act]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def model_server(*acts: Act) -> Iterator[ModelServer]:
    """A server that answers its first POST by the first act, and so on."""
    log = ModelServer("", list(acts))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            log.requests.append(json.loads(body))
            log.headers.append({name.lower(): value for name, value in self.headers.items()})
            log.paths.append(self.path)
            act = log.acts[min(len(log.requests), len(log.acts)) - 1]
            try:
                act(self)
            except OSError:  # the client has gone, as it should
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    log.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()


def answer(
    body: bytes | str, kind: str = "application/json", status: int = 200, headers: Mapping[str, str] | None = None
) -> Act:
    """A whole answer."""
    content = body.encode() if isinstance(body, str) else body

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(content)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return act


def stream(*pieces: str, usage: Mapping[str, Any] | None = None, finish: str | None = "stop", done: bool = True) -> Act:
    """A chat completion in pieces, as servers send it."""
    events: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    if finish:
        events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage is not None:
        events.append({"choices": [], "usage": usage})
    return raw_events(*(json.dumps(event) for event in events), *(["[DONE]"] if done else []))


def raw_events(*data: str) -> Act:
    """Server-sent events with any content."""
    return answer("".join(f"data: {one}\n\n" for one in data), EVENTS)


def cut_stream(*pieces: str) -> Act:
    """Promises more than it sends, and hangs up."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", EVENTS)
        handler.send_header("content-length", "100000")
        handler.end_headers()
        for piece in pieces:
            event = json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]})
            handler.wfile.write(f"data: {event}\n\n".encode())
        handler.close_connection = True

    return act


def silence(seconds: float = 20) -> Act:
    """Takes the request and says nothing."""
    return lambda handler: time.sleep(seconds)


def drip(seconds: float = 20, headers_first: bool = True) -> Act:
    """A byte now and then, so that no single read ever takes long."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        if headers_first:
            handler.send_response(200)
            handler.send_header("content-type", EVENTS)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            handler.wfile.write(b":\n" if headers_first else b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    return act

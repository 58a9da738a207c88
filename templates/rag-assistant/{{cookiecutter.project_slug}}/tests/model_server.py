"""A small HTTP server on 127.0.0.1 that behaves, or misbehaves, as a test tells it to."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EVENTS = "text/event-stream"
NONE: Mapping[str, str] = {}
Act = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ModelServer:
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def model_server(*acts: Act) -> Iterator[ModelServer]:
    """A server that answers its first POST by the first act, and so on; the last act is for all that follow."""
    log = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            log.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            log.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(OSError):  # the client has gone, as it should
                acts[min(len(log.requests), len(acts)) - 1](self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    log.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()


def answer(body: str, kind: str = "application/json", status: int = 200, headers: Mapping[str, str] = NONE) -> Act:
    """A whole answer; a `content-length` may promise more than comes."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-type": kind, **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body.encode("latin-1"))

    return act


def drip(status: int, piece: bytes) -> Act:
    """An answer that sends a piece every tenth of a second, and never ends."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", EVENTS)
        handler.end_headers()
        while True:  # until the client has gone
            handler.wfile.write(piece)
            time.sleep(0.1)

    return act


def silent(handler: BaseHTTPRequestHandler) -> None:
    """No answer, until the client has gone."""
    handler.rfile.read(1)


def refusal(message: str, status: int = 400, headers: Mapping[str, str] = NONE) -> Act:
    return answer(json.dumps({"error": {"message": message}}), status=status, headers=headers)


def event(content: str | None = None, finish: str | None = None) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish}]})


def stream(*pieces: str, usage: object = None, finish: str | None = "stop") -> Act:
    return raw_events(*map(event, pieces), event(finish=finish), json.dumps({"choices": [], "usage": usage}), "[DONE]")


def raw_events(*data: str, headers: Mapping[str, str] = NONE) -> Act:
    return answer("".join(f"data: {one}\n\n" for one in data), EVENTS, headers=headers)

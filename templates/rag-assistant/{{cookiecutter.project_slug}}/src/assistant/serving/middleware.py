"""ASGI middleware: request id, log line, metrics, security headers, answers to failures, limits on size and hosts.

Starlette's `BaseHTTPMiddleware` starts a task group for each request; these classes only cost a few microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from secrets import token_hex
from time import perf_counter
from urllib.parse import urlsplit

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import METHODS, ProblemResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SECURITY_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # no-referrer would make the origin of our own forms "null"
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]

log = structlog.get_logger("request")


class Observe:
    """Give each request an id, a log line and metrics; answer a failure without showing its stack trace."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self.requests = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
        self.seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        started = perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*SECURITY_HEADERS, (b"x-request-id", request_id.encode())]
                message["headers"] = [*message.get("headers", ()), *own]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception:
                log.exception("request failed")
                if status:
                    raise
                answer = ProblemResponse(500, "The service failed; its log has the reason.", request_id)
                await answer(scope, receive, send_with_headers)
            finally:
                self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in {*METHODS, *SAFE} else "other"
        route = _route(scope)
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(seconds)
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


class BodyLimit:
    """Refuse a body over `max_bytes` with 413: by its declared length or, if it is chunked, while it arrives."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._declared(scope) > self.max_bytes:
            error = self._too_large()
            answer = ProblemResponse(413, error.detail, scope["state"]["request_id"], headers=error.headers)
            await answer(scope, receive, send)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > self.max_bytes:
                    raise self._too_large()
            return message

        await self.app(scope, receive_limited, send)

    def _too_large(self) -> HTTPException:
        detail = f"The body is larger than the limit of {self.max_bytes} bytes."
        return HTTPException(413, detail, {"connection": "close"})

    @staticmethod
    def _declared(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length":
                return int(value) if value.isdigit() else 0
        return 0


class Doorkeeper:
    """Answer only to `hosts` (against DNS rebinding), and let only our own pages, or programs, change something."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            if not self._known(headers.get("host", "")):
                app = _problem(scope, 400, "The service does not answer to this host name; its operator can allow it.")
            elif scope["method"] not in SAFE and _foreign(headers):
                app = _problem(scope, 403, "A page of another site may not do this.")
        await app(scope, receive, send)

    def _known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return any(fnmatchcase(name, pattern) for pattern in self.hosts)


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another origin; programs send neither header."""
    origin, host = headers.get("origin", "").lower(), headers.get("host", "").lower()
    elsewhere = "origin" in headers and origin not in (f"http://{host}", f"https://{host}")
    return elsewhere or headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _problem(scope: Scope, status: int, detail: str) -> ProblemResponse:
    return ProblemResponse(status, detail, scope["state"]["request_id"])


def _request_id(scope: Scope) -> str:
    """The caller's `x-request-id` if it is safe to log and to send back, otherwise a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return token_hex(16)


def _route(scope: Scope) -> str:
    """The route's template or the mount's prefix, never the caller's path, so that there are few metric labels."""
    path = getattr(scope.get("route"), "path", None)
    return str(path or scope.get("root_path") or "unmatched")

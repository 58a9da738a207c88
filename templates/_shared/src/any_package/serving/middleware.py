"""ASGI middleware: request id, log line, metrics, security headers, answers to failures, limits on size and hosts.

Starlette's `BaseHTTPMiddleware` starts a task group for each request; this class only costs a few microseconds.
"""

import re
from fnmatch import fnmatchcase
from secrets import token_hex
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import ServiceConfig
from .problems import METHODS, ProblemResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]*)?")  # with or without a port
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a caller: safe to log and to send back
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ",  # the sites follow
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # no-referrer would make the origin of our own forms "null"
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

log = structlog.get_logger("request")


class Gateway:
    """Checks each request, gives it an id, a log line and metrics, and answers failures without a stack trace."""

    def __init__(self, app: ASGIApp, config: ServiceConfig, registry: CollectorRegistry) -> None:
        self.app, self.config, self.hosts = app, config, config.hosts
        self.requests = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
        self.seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=registry
        )
        self.headers = dict(SECURITY_HEADERS)
        self.headers["content-security-policy"] += config.frame_ancestors or "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id
        status, started = 0, perf_counter()
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope  # the server leaves the body out

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update({**self.headers, "x-request-id": request_id})
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                app = self._refusal(scope) or self.app
                await app(inner, _limited(receive, self.config.max_body_bytes), send_with_headers)
            except Exception:
                log.exception("request failed")
                if status:
                    raise
                answer = ProblemResponse(500, "The service failed; its log has the reason.", request_id)
                await answer(scope, receive, send_with_headers)
            finally:
                self._record({**inner, "method": scope["method"]}, status, perf_counter() - started)

    def _refusal(self, scope: Scope) -> ProblemResponse | None:
        """What is wrong before the application looks: an unknown host (DNS rebinding), another site, a large body."""
        headers, request_id = Headers(scope=scope), scope["state"]["request_id"]
        if not _matches(headers.get("host", ""), self.hosts):
            detail = "The service does not answer to this host name; its operator can allow it."
            return ProblemResponse(400, detail, request_id)
        if scope["method"] not in SAFE and _foreign(headers):
            return ProblemResponse(403, "A page of another site may not do this.", request_id)
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.config.max_body_bytes:
            error = _too_large(self.config.max_body_bytes)
            return ProblemResponse(413, error.detail, request_id, headers=error.headers)
        return None

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in {*METHODS, *SAFE} else "other"
        # The route's template or the mount's prefix, never the caller's path, so that there are few metric labels.
        route = str(getattr(scope.get("route"), "path", None) or scope.get("root_path") or "unmatched")
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(seconds)
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


def _limited(receive: Receive, most: int) -> Receive:
    """Stops reading a body that does not declare its length, in chunks, when it is too large."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise _too_large(most)
        return message

    return receive_limited


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"The body is larger than the limit of {most} bytes.", {"connection": "close"})


def _matches(host: str, patterns: list[str]) -> bool:
    found = HOST.fullmatch(host.lower())
    return found is not None and any(fnmatchcase(found[1] or found[2], pattern) for pattern in patterns)


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another origin; programs send neither header."""
    origin, host = headers.get("origin", "").lower(), headers.get("host", "").lower()
    elsewhere = "origin" in headers and origin not in (f"http://{host}", f"https://{host}")
    return elsewhere or headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

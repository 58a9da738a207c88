"""ASGI middleware: request id, log line, metrics, security headers, and answers to failures.

Starlette's `BaseHTTPMiddleware` starts a task group for each request; this class only costs a few microseconds.
"""

import re
from secrets import token_hex
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .config import ServiceConfig
from .problems import ProblemResponse

SAFE = {"GET", "HEAD", "OPTIONS"}
METHODS = {*SAFE, "POST", "PUT", "PATCH", "DELETE"}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a caller: safe to log and to send back
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
SECURITY_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ",  # the sites follow
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",  # another version, or another project, may serve here next
    "referrer-policy": "same-origin",  # no-referrer would make the origin of our own forms "null"
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

log = structlog.get_logger("request")


class Gateway:
    """Gives each request an id, a log line and metrics, and answers failures without a stack trace."""

    def __init__(self, app: ASGIApp, config: ServiceConfig, registry: CollectorRegistry) -> None:
        self.app, self.most = app, config.max_body_bytes
        self.requests = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
        self.seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=registry
        )
        self.headers = {
            **SECURITY_HEADERS,
            "content-security-policy": SECURITY_HEADERS["content-security-policy"]
            + (config.frame_ancestors or "'none'"),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, method = Headers(scope=scope), scope["method"]
        given = headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else token_hex(16)
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope  # the server leaves the body out
        status, started = 0, perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).update({**self.headers, "x-request-id": request_id})
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                app = self._refusal(method, headers) or self.app
                await app(inner, receive, send_with_headers)
            except Exception:
                log.exception("request failed")
                if status:
                    raise
                answer = ProblemResponse(500, "The service failed; its log has the reason.")
                await answer(scope, receive, send_with_headers)
            finally:
                self._record(method, inner, status, perf_counter() - started)

    def _refusal(self, method: str, headers: Headers) -> ProblemResponse | None:
        """What is refused before anything of it is read: another site's page, and a body that is said to be large."""
        if method not in SAFE and _foreign(headers):
            return ProblemResponse(403, "A page of another site may not do this.")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.most:
            return ProblemResponse(
                413, f"The body is larger than the limit of {self.most} bytes.", headers={"connection": "close"}
            )
        return None

    def _record(self, method: str, scope: Scope, status: int, seconds: float) -> None:
        # No label is a caller's own word, so that there are few: the route's template, or a mount's prefix.
        method = method if method in METHODS else "other"
        route = str(getattr(scope.get("route"), "path", None) or scope.get("root_path") or "unmatched")
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(route).observe(seconds)
        log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 3))


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another origin; programs send neither header."""
    origin, host = headers.get("origin", "").lower(), headers.get("host", "").lower()
    elsewhere = "origin" in headers and origin not in (f"http://{host}", f"https://{host}")
    return elsewhere or headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

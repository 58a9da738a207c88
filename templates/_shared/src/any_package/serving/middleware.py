"""ASGI middleware of our own: security headers, no writes by pages of other sites, and HEAD answered like GET."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors "  # the sites follow
)


def security_headers(frame_ancestors: str) -> dict[str, str]:
    """Headers of every answer. `frame_ancestors` are the sites that may show the page in a frame."""
    return {
        "content-security-policy": POLICY + (frame_ancestors or "'none'"),
        "x-content-type-options": "nosniff",
        "cache-control": "no-cache",  # another version, or another project, may serve here next
        "referrer-policy": "same-origin",  # no-referrer would make the origin of our own forms "null"
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }


class Guard:
    """Adds the security headers to every answer, and refuses what a page of another site wants to change."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        app, method = self.app, scope.get("method", "GET")
        if method not in SAFE and _foreign(Headers(scope=scope)):
            app = JSONResponse({"detail": "A page of another site may not do this."}, 403)
        if method == "HEAD":
            scope = {**scope, "method": "GET"}  # the server leaves the body out
        await app(scope, receive, send_with_headers)


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends this for a page of another origin; programs send neither header."""
    origin, host = headers.get("origin", "").lower(), headers.get("host", "").lower()
    elsewhere = "origin" in headers and origin not in (f"http://{host}", f"https://{host}")
    return elsewhere or headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

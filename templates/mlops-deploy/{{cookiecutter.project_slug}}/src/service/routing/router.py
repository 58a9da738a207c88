"""The router in front of champion and canary: `serve()` runs it.

A request that the canary does not answer goes to the champion, so a broken canary costs no request. The other way
round it is the same as long as the canary has a share, since then somebody watches it. All tries have one deadline
together: each gets an equal part of the time that is left.
"""

import asyncio
import json
import os
import time
from pathlib import Path
from secrets import token_hex

import httpcore2
import structlog
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from ..serving.config import read_config
from ..serving.logs import configure_logs
from ..serving.web import GRACE_SECONDS, MOST_AT_ONCE, REQUEST_ID
from .config import RouterConfig
from .routes import ACCESS, JsonRoutes, Slot

# Headers that belong to one connection, and those that the router or its HTTP client writes anew.
OWN = frozenset(b"connection keep-alive te transfer-encoding upgrade expect content-length x-request-id".split())
IDLE_SECONDS = 3.0  # uvicorn closes a connection that is idle for 5, so an older one is not used again
NO_ANSWER = (httpcore2.NetworkError, httpcore2.ProtocolError, TimeoutError)

log = structlog.get_logger("router")


class AccessLog:
    """One line of JSON a request. A full disk loses lines, and no request."""

    def __init__(self, path: Path = ACCESS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def add(self, **line: object) -> None:
        try:
            os.write(self.file, json.dumps(line).encode() + b"\n")
        except OSError as error:
            log.warning("access line lost", reason=str(error))


class Router:
    """An ASGI application that passes each request on to a slot."""

    def __init__(self, config: RouterConfig, routes: JsonRoutes, access: AccessLog) -> None:
        self.config, self.routes, self.access = config, routes, access
        self.places = {name: httpcore2.URL(config.address(name)) for name in ("champion", "canary")}
        self.pool = httpcore2.AsyncConnectionPool(max_connections=None, keepalive_expiry=IDLE_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/-/health":
            await JSONResponse({"status": "ready"})(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else token_hex(16)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        named = {"x-request-id": request_id}
        body = await _body(scope, receive, self.config.max_body_bytes)
        if body is None:
            refusal = JSONResponse({"detail": "The body is too large."}, 413, {"connection": "close", **named})
            await refusal(scope, receive, send)
            return
        slot, started = self.routes.slot(request_id), time.perf_counter()
        answered, answer, retried = await self._forward(self._in_turn(slot), scope, request_id, body)
        if answer:
            await _reply(send, answer)
        else:
            await JSONResponse({"detail": "The model's service does not answer."}, 502, named)(scope, receive, send)
        self.access.add(
            id=request_id,
            at=round(time.time(), 4),
            slot=slot,
            status=answer.status if answer and answered == slot else 502,
            ms=round((time.perf_counter() - started) * 1000, 3),
            retried=retried,
        )

    def _in_turn(self, slot: Slot) -> tuple[Slot, ...]:
        """Whom to ask: the champion twice, because it may have closed a connection just when it was used again."""
        if slot == "canary":
            return ("canary", "champion")
        return ("champion", "champion", "canary") if self.routes.share() else ("champion", "champion")

    async def _forward(
        self, names: tuple[Slot, ...], scope: Scope, request_id: str, body: bytes
    ) -> tuple[Slot | None, httpcore2.Response | None, bool]:
        """The first of these slots that answers, its answer, and whether it was asked in vain before."""
        headers = [pair for pair in scope["headers"] if pair[0] not in OWN]
        headers.append((b"x-request-id", request_id.encode()))
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        deadline = time.monotonic() + self.config.seconds
        for retried, name in enumerate(names):
            place = self.places[name]
            url = httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=target)
            try:
                async with asyncio.timeout((deadline - time.monotonic()) / (len(names) - retried)):
                    answer = await self.pool.request(scope["method"], url, headers=headers, content=body)
                return name, answer, bool(retried)
            except NO_ANSWER as error:
                log.warning("no answer", slot=name, reason=str(error) or type(error).__name__)
        return None, None, True


def serve() -> None:
    """Route until stopped; settings come from the environment."""
    config = read_config(RouterConfig)
    configure_logs(config.log_level)
    uvicorn.run(
        Router(config, JsonRoutes(), AccessLog()),
        host=config.host,
        port=config.port,
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
    )


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body; None if it is larger than `most` bytes, or is said to be, or the client went away."""
    content = bytearray()
    while int(Headers(scope=scope).get("content-length", "0")) <= most:
        message = await receive()
        content += message.get("body", b"")
        if len(content) > most or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return bytes(content)
    return None


async def _reply(send: Send, answer: httpcore2.Response) -> None:
    own = (b"connection", b"keep-alive", b"transfer-encoding")  # without a length, uvicorn sends the body in chunks
    headers = [(name.lower(), value) for name, value in answer.headers if name.lower() not in own]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})

"""The web service around a model: the HTTP parts that are the same whatever is served."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_fastapi_instrumentator import Instrumentator, metrics
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from .config import ServiceConfig
from .logs import configure_logs, log_request, request_id
from .middleware import Guard, security_headers

STATIC = Path(__file__).with_name("static")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a client: safe to log and to send back
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)  # seconds
MOST_ERRORS = 20  # that the answer to one request lists
MOST_AT_ONCE = 500  # connections; with more, uvicorn answers 503
GRACE_SECONDS = 3  # for answers that are under way when the process is told to stop

# A refusal in an OpenAPI document. `detail` is a sentence or, if a request does not fit its type, a list of errors.
# In plain text, Starlette refuses an unknown host or a large body, and uvicorn a connection too many.
REFUSAL: dict[str, Any] = {
    "content": {
        "application/json": {"schema": {"type": "object", "required": ["detail"]}},
        "text/plain": {"schema": {"type": "string"}},
    }
}
NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"description": "It cannot", "content": {"application/json": {"schema": {"type": "object"}}}}
}


def create_service(
    *,
    title: str,
    version: str,
    description: str,
    config: ServiceConfig,
    registry: CollectorRegistry,
    readiness: Callable[[], dict[str, Any]],
) -> FastAPI:
    """Create an application with health checks, metrics, logs, limits and security headers.

    `readiness` returns details for `/health`, and raises an error if the service cannot answer. The interactive
    documentation pages are off: they load scripts from other sites, which the security policy forbids.
    """
    app = FastAPI(
        title=title,
        version=version,
        description=description,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the metrics would have a label for each address that is redirected
        exception_handlers={RequestValidationError: unfit, 405: not_allowed, Exception: failed},
        responses={"4XX": REFUSAL, "5XX": REFUSAL},
    )
    # The last one that is added is asked first.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=config.max_body_bytes)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=config.hosts, www_redirect=False)
    app.add_middleware(Guard, headers=security_headers(config.frame_ancestors))
    _add_metrics(app, registry)
    app.add_middleware(CorrelationIdMiddleware, validator=lambda given: bool(REQUEST_ID.fullmatch(given)))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_health(app, readiness)
    return app


async def unfit(_: Request, error: RequestValidationError) -> JSONResponse:
    """FastAPI's own answer, but for the values that the client sent: those may be long, or no JSON."""
    errors = [
        {"type": problem["type"], "loc": [_printable(part) for part in problem["loc"]], "msg": problem["msg"]}
        for problem in error.errors()[:MOST_ERRORS]
    ]
    return JSONResponse({"detail": errors}, 422)


def _printable(part: str | int, longest: int = 200) -> str | int:
    """A part of an error's place. An unknown field has the client's own name: it may be long, or no proper text."""
    return part if isinstance(part, int) else part[:longest].encode(errors="replace").decode()


async def not_allowed(request: Request, error: HTTPException) -> Response:
    """FastAPI's own answer, with all methods of the address: Starlette names those of one route."""
    path = getattr(request.scope.get("route"), "path_format", None)
    if methods := request.app.openapi()["paths"].get(path):
        error.headers = {"Allow": ", ".join(methods).upper()}
    return await http_exception_handler(request, error)


async def failed(_: Request, __: Exception) -> JSONResponse:
    """An answer without the reason, which uvicorn logs. No middleware sees it, so it brings their headers."""
    headers = {**security_headers(""), "x-request-id": request_id()}
    return JSONResponse({"detail": "The service failed; its log has the reason."}, 500, headers)


def _add_metrics(app: FastAPI, registry: CollectorRegistry) -> None:
    """Count, time and log requests by route. No label is a client's own word: not a path, nor an invented method."""
    ProcessCollector(registry=registry)
    by_route: dict[str, Any] = {"should_include_method": False, "registry": registry}
    instrumentator = Instrumentator(should_group_status_codes=False, registry=registry)
    instrumentator.add(
        metrics.requests("http_requests_total", "Requests answered", **by_route),
        metrics.latency(
            "http_request_duration_seconds", "Time to answer", should_include_status=False, buckets=BUCKETS, **by_route
        ),
        log_request,
    )
    shown: dict[str, Any] = {"summary": "Measurements for Prometheus", "response_class": PlainTextResponse}
    instrumentator.instrument(app).expose(app, tags=["operations"], **shown)


def _add_health(app: FastAPI, readiness: Callable[[], dict[str, Any]]) -> None:
    @app.get("/health/live", tags=["operations"], summary="Is the process alive?")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/health", tags=["operations"], summary="Can it answer? 503 when it cannot", responses=NOT_READY)
    def health() -> JSONResponse:  # not async, so it runs in a thread: the check may be slow
        try:
            return JSONResponse({"status": "ready", **readiness()})
        except Exception as error:
            return JSONResponse({"status": "not ready", "reason": type(error).__name__}, 503)


def run(app: FastAPI, config: ServiceConfig) -> None:
    """Serve `app` until the process is told to stop. Raises OSError if its port cannot be used.

    Slow and half-open connections are a proxy's work: docs/deploy.md has one.
    """
    config.check_port()
    configure_logs(config.log_level)
    uvicorn.run(
        app,
        host=config.host,
        port=config.port,
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
        access_log=False,
        server_header=False,
    )

"""The web service around a model: the HTTP parts that are the same whatever is served."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from .config import ServiceConfig
from .logs import configure_logs
from .middleware import Gateway
from .problems import REFUSALS, invalid, refused

STATIC = Path(__file__).with_name("static")
MOST_AT_ONCE = 500  # connections; with more, uvicorn answers 503
GRACE_SECONDS = 3  # for answers that are under way when the process is told to stop

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
    """Create an application with health checks, metrics, logs, limits, security headers and uniform refusals.

    `readiness` returns details for `/health`, and raises an error if the service cannot answer. The interactive
    documentation pages are off: they load scripts from other sites, which the security policy forbids.
    """
    app = FastAPI(
        title=title,
        version=version,
        description=description,
        docs_url=None,
        redoc_url=None,
        exception_handlers={HTTPException: refused, RequestValidationError: invalid},
        responses=REFUSALS,
    )
    ProcessCollector(registry=registry)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=config.max_body_bytes)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=config.hosts, www_redirect=False)
    app.add_middleware(Gateway, config=config, registry=registry)  # the last one that is added is asked first
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_operations(app, registry, readiness)
    return app


def _add_operations(app: FastAPI, registry: CollectorRegistry, readiness: Callable[[], dict[str, Any]]) -> None:
    @app.get("/health/live", tags=["operations"], summary="Is the process alive?")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/health", tags=["operations"], summary="Can it answer? 503 when it cannot", responses=NOT_READY)
    def health() -> JSONResponse:  # not async, so it runs in a thread: the check may be slow
        try:
            return JSONResponse({"status": "ready", **readiness()})
        except Exception as error:
            return JSONResponse({"status": "not ready", "reason": type(error).__name__}, 503)

    @app.get("/metrics", tags=["operations"], summary="Measurements for Prometheus", response_class=PlainTextResponse)
    def metrics() -> Response:  # not async, so it runs in a thread: what is measured may be read from a disk
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


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

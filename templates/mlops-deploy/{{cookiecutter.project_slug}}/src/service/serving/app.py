"""The prediction service: `create_app()` builds it, `serve()` runs it."""

# No `from __future__ import annotations`: FastAPI must see the request models, which are created at run time.

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import structlog
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Summary
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from ..model import Model
from ..registry import Registry, open_registry
from ..reporting.metrics import REPORTS
from ..settings import load_settings
from ..store import DATABASE, Monitoring, Writer
from .config import ServiceConfig, read_config
from .holder import Holder
from .logs import request_id
from .page import TIMELINE, render_page
from .schemas import POLICY, About, Answer, BatchAnswer, BatchItem, batch_model, cautions, request_model, row_model
from .web import REFUSAL, create_service, run

ALIASES = {"champion": "champion", "canary": "challenger"}  # which alias each slot follows


class Config(ServiceConfig):
    """The service's settings, from the environment variables `SERVICE_HOST`, `SERVICE_PORT` and so on."""

    slot: Literal["champion", "canary"] = Field(default="champion", description="Which of the two processes this is")
    max_batch: int = Field(default=1000, ge=1, le=10_000, description="Most rows in one batch request")
    poll_seconds: float = Field(default=1.0, gt=0, description="Seconds between two looks at the registry")
    database: Path = Field(default=DATABASE, description="SQLite file that answers are stored in")
    reports: Path = Field(default=REPORTS, description="Folder of the deployment log and the figures on the page")


class Service:
    """Answers requests with the version that the slot's alias names."""

    def __init__(self, config: Config, registry: Registry) -> None:
        self.config, self.metrics = config, CollectorRegistry()
        self.holder = Holder(registry, ALIASES[config.slot])
        self.writer = Writer(config.database, self.metrics, f"{config.slot}-{config.port}")
        self.metrics.register(Monitoring(config.database))
        self.scores = Summary("prediction_score", "Predicted probabilities", registry=self.metrics)
        self.unlike = Counter("unlike_training", "Unknown categories", ["field"], registry=self.metrics)
        self.info = Gauge("model_info", "The version that serves", ["version", "slot"], registry=self.metrics)

    @property
    def model(self) -> Model:
        """The version that serves; an answer with status 503 if there is none."""
        if self.holder.current is None:
            raise HTTPException(
                503, f"No version has the alias {self.holder.alias!r} yet; release one: make deploy VERSION=1"
            )
        return self.holder.current

    def routes(self, model: Model) -> list[BaseRoute]:
        """The routes that depend on the version: requests under way keep their own when it changes."""
        router = APIRouter(tags=["predictions"], responses={"4XX": REFUSAL, "5XX": REFUSAL})
        row_type = row_model(model.manifest)
        request_type, batch_type = request_model(row_type), batch_model(row_type, self.config.max_batch)

        # async, on the event loop: the model needs under a millisecond, and handing the row to a thread costs as much.
        @router.post("/predict", summary="Predict one row")
        async def predict(row: request_type) -> Answer:  # type: ignore[valid-type]
            return self._answer(model, row)

        @router.post("/predict/batch", summary=f"Predict up to {self.config.max_batch} rows; stores nothing")
        def predict_batch(batch: batch_type) -> BatchAnswer:  # type: ignore[valid-type]
            rows = batch.model_dump(by_alias=True)["rows"]  # type: ignore[attr-defined]
            items = [BatchItem(probability=score) for score in model.scores(rows)]
            return BatchAnswer(predictions=items, model_version=model.version)

        return router.routes

    def _answer(self, model: Model, request: BaseModel) -> Answer:
        structlog.contextvars.bind_contextvars(model_version=model.version)
        row = request.model_dump(by_alias=True)
        asked = {"reference": row.pop("reference"), "day": row.pop("day") or datetime.now(UTC).date().isoformat()}
        score, warnings = float(model.scores([row])[0]), cautions(row, model.manifest)
        for caution in warnings:
            self.unlike.labels(caution.field).inc()
        self.scores.observe(score)
        made_by = {"id": request_id(), "at": time.time(), "version": model.version, "slot": self.config.slot}
        self.writer.put({**asked, **made_by, "inputs": json.dumps(row, ensure_ascii=False), "score": score})
        return Answer(id=request_id(), probability=score, model_version=model.version, warnings=warnings)


def create_app(config: Config | None = None, registry: Registry | None = None) -> FastAPI:
    """Build the service around the version that its alias names.

    Raises:
        ConfigError: an environment variable does not fit.
        RegistryError: the registry cannot be read.
        ModelError: the version cannot be served.
    """
    config, registry = config or read_config(Config), registry or open_registry(load_settings())
    service = Service(config, registry)
    app = create_service(
        title=registry.name,
        version="none",
        description=POLICY,
        config=config,
        registry=service.metrics,
        readiness=lambda: {**service.holder.state(), "slot": config.slot},
    )
    _add_routes(app, service)
    fixed = list(app.router.routes)

    def install() -> None:
        """Replace the routes of the old version; runs between two requests, on the thread that takes them."""
        if model := service.holder.current:
            app.router.routes[:] = [*service.routes(model), *fixed]
            app.version, app.openapi_schema = model.version, None
            service.info.clear()
            service.info.labels(model.version, config.slot).set(1)

    async def follow() -> None:
        while True:
            await asyncio.sleep(config.poll_seconds)
            if await asyncio.to_thread(service.holder.look):
                install()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.writer.start()
        following = asyncio.create_task(follow())
        yield
        following.cancel()
        await asyncio.to_thread(service.writer.stop)

    install()
    app.router.lifespan_context = lifespan
    return app


def serve() -> None:
    """Serve until stopped; settings come from the environment."""
    config = read_config(Config)
    run(create_app(config), config)


def _add_routes(app: FastAPI, service: Service) -> None:
    """The routes that stay when the version changes."""
    config = service.config

    @app.get("/model", summary="Which version serves, and what it is", tags=["model"])
    async def about() -> About:
        return About(version=service.model.version, slot=config.slot, manifest=service.model.manifest)

    @app.post("/predict", include_in_schema=False)  # reached as long as no version has put its own route before
    @app.post("/predict/batch", include_in_schema=False)
    async def nothing() -> None:
        service.model  # noqa: B018  # says that there is none

    @app.get("/", include_in_schema=False)
    def index() -> HTMLResponse:
        return HTMLResponse(render_page(service.model.version, service.model.manifest, config.slot, config.reports))

    @app.get("/timeline.svg", include_in_schema=False)
    def timeline() -> FileResponse:
        if not (config.reports / TIMELINE).is_file():
            raise HTTPException(404, "There is no timeline yet; the drill draws it.")
        return FileResponse(config.reports / TIMELINE)

"""The service: it answers cases, and people review them. `create_app()` builds it, `serve()` runs it."""

# No `from __future__ import annotations`: FastAPI must see the request models, which are created at run time.

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CollectorRegistry, Counter, Gauge
from pydantic import Field

from .. import monitoring
from ..audit import DATABASE, AlreadyReviewedError, AuditError, AuditLog, State, UnknownCaseError
from ..deciding import Decider
from ..manifest import ARTIFACTS, Value
from .config import ServiceConfig, read_config
from .page import render_page
from .schemas import (
    POLICY,
    Answer,
    Case,
    CaseList,
    EventList,
    UnfitReviewError,
    case_model,
    judged,
    logged,
    review_model,
)
from .web import REFUSAL, create_service, run

REFER_ALL = "the operator has switched to: a person decides every case"
STATUSES: dict[type[Exception], int] = {
    UnknownCaseError: 404,
    AlreadyReviewedError: 409,
    UnfitReviewError: 409,
    AuditError: 503,
}


class Config(ServiceConfig):
    """The service's settings, from the environment variables `CAPSTONE_HOST`, `CAPSTONE_PORT` and so on."""

    artifacts: Path = Field(default=ARTIFACTS, description="Folder that holds model.skops and model.json")
    database: Path = Field(default=DATABASE, description="SQLite file of the audit log")
    refer_all: bool = Field(default=False, description="A person decides every case, whatever the model says")


class Service:
    """Answers and reviews cases. What is not in the log does not go out."""

    def __init__(self, decider: Decider, config: Config, registry: CollectorRegistry) -> None:
        self.log, self.refer_all = AuditLog(config.database), config.refer_all
        self.decider, self.manifest = decider, decider.manifest
        self.answered = Counter("cases_answered", "Cases answered", ["decision"], registry=registry)
        self.reviewed = Counter("cases_reviewed", "Cases that people decided", ["action"], registry=registry)
        Gauge("cases_waiting", "Referred cases that wait", registry=registry).set_function(self._waiting)
        info = Gauge("model_info", "The version that answers", ["version"], registry=registry)
        info.labels(self.manifest.version).set(1)

    def answer(self, inputs: Mapping[str, Value]) -> Answer:
        """Decide a case and log it."""
        decision, case = self.decider.decide(inputs), token_hex(8)
        if self.refer_all:
            decision = decision.model_copy(update={"accepted": False, "why": [REFER_ALL, *decision.why]})
        structlog.contextvars.bind_contextvars(case=case, model_version=decision.model_version)
        self.log.append("answered", case, {"inputs": inputs, "decision": decision.model_dump()})
        self.answered.labels("accepted" if decision.accepted else "referred").inc()
        return Answer(case=case, **decision.model_dump())

    def review(self, case: str, request: Any) -> Case:
        """Log what a person decided."""
        events = self.log.case(case)
        said = judged(request, logged(events).decision)
        review = self.log.append("accepted" if request.action == "accept" else "overridden", case, said)
        self.reviewed.labels(request.action).inc()
        return logged([events[0], review])

    def readiness(self) -> dict[str, str]:
        """Details for /health; raises an error if no case could be answered or the log not read."""
        self.decider.self_test()
        self.log.newest()
        return {"model_version": self.manifest.version}

    def _waiting(self) -> float:
        try:
            return self.log.waiting()
        except AuditError:
            return float("nan")  # the other numbers still go out


def create_app(config: Config | None = None, decider: Decider | None = None) -> FastAPI:
    """Build the service around the model in `config.artifacts`.

    Raises:
        ConfigError: an environment variable does not fit.
        ModelError: there is no usable model.
        AuditError: the log cannot be used.
    """
    config = config or read_config(Config)
    registry = CollectorRegistry()
    service = Service(decider or Decider.load(config.artifacts), config, registry)
    service.readiness()
    manifest = service.manifest
    app = create_service(
        title=manifest.settings.problem.title,
        version=manifest.version,
        description=f"{manifest.settings.problem.decision}\n{POLICY}",
        config=config,
        registry=registry,
        readiness=service.readiness,
    )
    for kind in STATUSES:
        app.add_exception_handler(kind, _refused)
    _add_cases(app, service)
    _add_records(app, service)
    _add_page(app, "/", render_page("page.html", manifest))
    _add_page(app, "/review", render_page("review.html", manifest))
    return app


def serve() -> None:
    """Serve until stopped; settings come from the environment."""
    config = read_config(Config)
    run(create_app(config), config)


def _refused(_: Request, error: Exception) -> JSONResponse:
    detail: Any = str(error)
    if isinstance(error, UnfitReviewError):
        detail = [{"type": "value_error", "loc": ["body", error.field], "msg": error.why}]
    return JSONResponse({"detail": detail}, STATUSES[type(error)])


def _add_cases(app: FastAPI, service: Service) -> None:
    case_type, review_type = case_model(service.manifest), review_model(service.manifest)

    @app.post("/cases", summary="Answer one case", tags=["cases"], status_code=201)
    def answer(case: case_type) -> Answer:  # type: ignore[valid-type]
        return service.answer(case.model_dump(by_alias=True))  # type: ignore[attr-defined]

    @app.get("/cases", summary="Cases that wait, or that people decided", tags=["cases"])
    def cases(
        state: State = "waiting", limit: Annotated[int, Query(ge=1, le=100, description="Most cases to list")] = 20
    ) -> CaseList:
        return CaseList(waiting=service.log.waiting(), cases=list(map(logged, service.log.cases(state, limit))))

    @app.get("/cases/{case}", summary="One case", tags=["cases"], responses={404: REFUSAL})
    def one(case: str) -> Case:
        return logged(service.log.case(case))

    @app.post(
        "/cases/{case}/review",
        summary="Accept or override the answer",
        tags=["cases"],
        status_code=201,
        responses={404: REFUSAL, 409: REFUSAL},
    )
    def review(case: str, review: review_type) -> Case:  # type: ignore[valid-type]
        return service.review(case, review)


def _add_records(app: FastAPI, service: Service) -> None:
    @app.get("/audit", summary="The log, oldest event first", tags=["records"])
    def audit(
        after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last event that is known already")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, description="Most events to list")] = 100,
    ) -> EventList:
        return EventList(events=service.log.events(after, limit))

    @app.get("/monitoring", summary="How often people override", tags=["records"])
    def measured() -> dict[str, Any]:
        return monitoring.measure(service.log, service.manifest.settings)

    @app.get("/model", summary="Which model answers, and how good it is", tags=["records"])
    async def about() -> dict[str, Any]:
        return service.manifest.model_dump(mode="json")


def _add_page(app: FastAPI, path: str, text: str) -> None:
    @app.get(path, include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(text)

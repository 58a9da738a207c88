"""The service: it answers cases, and people review them. `create_app()` builds it, `serve()` runs it."""

# No `from __future__ import annotations`: FastAPI must see the request models, which are created at run time.

from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Security
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CollectorRegistry
from pydantic import Field

from .. import monitoring, reviewers
from ..audit import DATABASE, AlreadyReviewedError, AuditError, AuditLog, State, UnknownCaseError
from ..deciding import Decider
from ..manifest import ARTIFACTS, Value
from ..reviewers import ReviewersError
from .config import ServiceConfig, read_config
from .page import render_page
from .schemas import (
    POLICY,
    Answer,
    Case,
    CaseList,
    EventList,
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
    AuditError: 503,
    ReviewersError: 503,
}
BEARER = Security(HTTPBearer(auto_error=False, description="A reviewer's token, which `make reviewer` shows once"))


class Config(ServiceConfig):
    """The service's settings, from the environment variables `CAPSTONE_HOST`, `CAPSTONE_PORT` and so on."""

    artifacts: Path = Field(default=ARTIFACTS, description="Folder that holds model.skops and model.json")
    database: Path = Field(default=DATABASE, description="SQLite file of the audit log")
    reviewers: Path = Field(default=reviewers.FILE, description="File with the hash of each reviewer's token")
    refer_all: bool = Field(default=False, description="A person decides every case, whatever the model says")


class Service:
    """Answers and reviews cases. What is not in the log does not go out."""

    def __init__(self, decider: Decider, config: Config) -> None:
        self.log, self.refer_all = AuditLog(config.database), config.refer_all
        self.decider, self.manifest = decider, decider.manifest

    def answer(self, inputs: Mapping[str, Value]) -> Answer:
        """Decide a case and log it."""
        decision, case = self.decider.decide(inputs), token_hex(8)
        if self.refer_all:
            decision = decision.model_copy(update={"accepted": False, "why": [REFER_ALL, *decision.why]})
        structlog.contextvars.bind_contextvars(case=case, model_version=decision.model_version)
        self.log.append("answered", case, {"inputs": inputs, "decision": decision.model_dump()})
        return Answer(case=case, **decision.model_dump())

    def review(self, case: str, request: Any, reviewer: str) -> Case:
        """Log what a person decided."""
        events = self.log.case(case)
        said = judged(request, reviewer, logged(events).decision)
        review = self.log.append("accepted" if request.action == "accept" else "overridden", case, said)
        return logged([events[0], review])

    def readiness(self) -> dict[str, str]:
        """Details for /health; raises an error if no case could be answered or the log not read."""
        self.decider.self_test()
        self.log.newest()
        return {"model_version": self.manifest.version}


def create_app(config: Config | None = None, decider: Decider | None = None) -> FastAPI:
    """Build the service around the model in `config.artifacts`.

    Raises:
        ConfigError: an environment variable does not fit.
        ModelError: there is no usable model.
        AuditError: the log cannot be used.
    """
    config = config or read_config(Config)
    service = Service(decider or Decider.load(config.artifacts), config)
    service.readiness()
    manifest = service.manifest
    app = create_service(
        title=manifest.settings.problem.title,
        version=manifest.version,
        description=f"{manifest.settings.problem.decision}\n{POLICY}",
        config=config,
        registry=CollectorRegistry(),
        readiness=service.readiness,
    )
    for kind in STATUSES:
        app.add_exception_handler(kind, _refused)
    _add_open(app, service)
    app.include_router(_for_reviewers(service, config.reviewers))
    _add_page(app, "/", render_page("page.html", manifest))
    _add_page(app, "/review", render_page("review.html", manifest))
    return app


def serve() -> None:
    """Serve until stopped; settings come from the environment."""
    config = read_config(Config)
    run(create_app(config), config)


def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, STATUSES[type(error)])


def _add_open(app: FastAPI, service: Service) -> None:
    """What everybody may do: ask, and read about the model."""
    case_type = case_model(service.manifest)

    @app.post("/cases", summary="Answer one case", tags=["cases"], status_code=201)
    def answer(case: case_type) -> Answer:  # type: ignore[valid-type]
        return service.answer(case.model_dump(by_alias=True))  # type: ignore[attr-defined]

    @app.get("/model", summary="Which model answers, and how good it is", tags=["records"])
    async def about() -> dict[str, Any]:
        return service.manifest.model_dump(mode="json")


def _for_reviewers(service: Service, file: Path) -> APIRouter:
    """What shows cases or decides them: it needs the token of a reviewer, whose name the log gets from the token."""

    def reviewer(given: Annotated[HTTPAuthorizationCredentials | None, BEARER]) -> str:
        name = reviewers.name_of(given.credentials, file) if given else None
        if name is None:
            told = "This needs the token of a reviewer: send it as 'Authorization: Bearer ...'."
            raise HTTPException(401, told, {"www-authenticate": "Bearer"})
        return name

    routes = APIRouter(dependencies=[Depends(reviewer)], responses={401: REFUSAL})
    review_type = review_model(service.manifest)

    @routes.get("/cases", summary="Cases that wait, or that people decided", tags=["cases"])
    def cases(
        name: Annotated[str, Depends(reviewer)],
        state: State = "waiting",
        limit: Annotated[int, Query(ge=1, le=100, description="Most cases to list")] = 20,
    ) -> CaseList:
        listed = list(map(logged, service.log.cases(state, limit)))
        return CaseList(reviewer=name, waiting=service.log.waiting(), cases=listed)

    @routes.get("/cases/{case}", summary="One case", tags=["cases"], responses={404: REFUSAL})
    def one(case: str) -> Case:
        return logged(service.log.case(case))

    @routes.post(
        "/cases/{case}/review",
        summary="Accept or override the answer",
        tags=["cases"],
        status_code=201,
        responses={404: REFUSAL, 409: REFUSAL},
    )
    def review(case: str, review: review_type, name: Annotated[str, Depends(reviewer)]) -> Case:  # type: ignore[valid-type]
        return service.review(case, review, name)

    @routes.get("/audit", summary="The log, oldest event first", tags=["records"])
    def audit(
        after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last event that is known already")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, description="Most events to list")] = 100,
    ) -> EventList:
        return EventList(events=service.log.events(after, limit))

    @routes.get("/monitoring", summary="How often people override", tags=["records"])
    def measured() -> dict[str, Any]:
        return monitoring.measure(service.log, service.manifest.settings)

    return routes


def _add_page(app: FastAPI, path: str, text: str) -> None:
    @app.get(path, include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(text)

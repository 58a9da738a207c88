"""The service: `create_app()` builds it, `serve()` runs it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import CollectorRegistry
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from .. import wiring
from ..answering.base import QUOTATION, Answerer
from ..documents.text import DocumentError
from ..errors import AssistantError, FilterError, QuestionError
from ..ingestion.readers import READERS
from ..settings import Settings, load_settings
from . import api
from .config import LOOPBACK, ConfigError, ServiceConfig, read_config
from .logs import configure_logs
from .schemas import About
from .service import OpenIndex, Service, log, sentence
from .web import STATIC, create_service, run

DESCRIPTION = """
Answers questions from documents, cites the passages, and says so when they hold no answer.

Each refusal has a `detail`. 404: the filter names what no document has. 422: the request cannot be used.
503: the index, the database or a model server is not there; `detail` says which, and what to run.
"""


class Config(ServiceConfig):
    """The service's settings, from the environment variables `ASSISTANT_HOST`, `ASSISTANT_PORT` and so on."""

    model_config = SettingsConfigDict(
        env_prefix="ASSISTANT_", env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    max_body_bytes: int = Field(default=11_000_000, ge=1, description="A larger request body is refused")
    token: str | None = Field(default=None, min_length=16, repr=False, description="Needed to upload, delete and rate")
    token_to_ask: bool = Field(default=False, description="Asking and reading documents need the token, too")
    max_answers: int = Field(default=4, ge=1, le=32, description="Questions that are answered at the same time")
    max_waiting: int = Field(default=16, ge=0, description="Questions that wait for their turn; more get 503")
    log_questions: bool = Field(default=False, description="The log has the words of each question")


def create_app(
    config: Config | None = None,
    settings: Settings | None = None,
    open_index: OpenIndex = wiring.open_index,
    answerer: Answerer | None = None,
) -> FastAPI:
    """Build the service over the index that `open_index` opens; it need not be there yet.

    Args:
        config: by default from the environment.
        settings: by default from settings.toml.
        open_index: an importable function, because an upload is indexed in a process of its own.
        answerer: by default the one that the environment names.

    Raises:
        ConfigError: an environment variable does not fit.
        AssistantError: settings.toml or the address of the language model does not fit.
    """
    config, settings = config or read_config(Config), settings or load_settings()
    if config.token_to_ask and not config.token:
        raise ConfigError("ASSISTANT_TOKEN_TO_ASK is true, but ASSISTANT_TOKEN is not set: everybody could ask")
    registry, answerer = CollectorRegistry(), answerer or wiring.make_answerer(settings)
    service = Service(settings, open_index, answerer, registry, log_questions=config.log_questions)
    app = create_service(
        title=settings.corpus.title,
        version="2.0",
        description=DESCRIPTION,
        config=config,
        registry=registry,
        readiness=lambda: {"embedding": service.assistant().index.embedder.name},
    )
    token = config.token or ""
    asking, changing = api.routes_with(token if config.token_to_ask else ""), api.routes_with(token)
    api.add_questions(asking, changing, service, api.turns(config.max_answers, config.max_waiting))
    api.add_documents(asking, changing, service)
    api.add_uploads(changing, service)
    app.include_router(asking)
    app.include_router(changing)
    app.router.lifespan_context = lambda _: _closed_at_the_end(service)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(STATIC.with_name("page.html"))

    unfitted = api.unfitted(settings)

    @app.get("/about", summary="What is served, and its limits")
    async def about() -> About:
        model = os.environ.get("ASSISTANT_LLM_MODEL") or "default"
        return About(
            title=settings.corpus.title,
            model=model if os.environ.get("ASSISTANT_LLM_URL") else QUOTATION,
            threshold=settings.answering.abstain_below,
            unfitted=unfitted,
            limits=settings.limits,
            suffixes=list(READERS),
            token_to_ask=config.token_to_ask,
            token_to_change=bool(config.token),
        )

    @app.exception_handler(AssistantError)
    @app.exception_handler(DocumentError)
    async def refuse(_: Request, error: Exception) -> JSONResponse:
        status = 422 if isinstance(error, (QuestionError, DocumentError)) else 503
        status = 404 if isinstance(error, FilterError) else status
        log.info("refused", reason=str(error) if status == 503 else type(error).__name__)  # no stranger's words
        return JSONResponse({"detail": sentence(error)}, status)

    return app


@asynccontextmanager
async def _closed_at_the_end(service: Service) -> AsyncIterator[None]:
    """The time in which the application runs; afterwards its database is closed."""
    yield
    service.close()


def serve(settings: Settings) -> None:
    """Serve until stopped; the rest of the configuration comes from the environment."""
    config = read_config(Config)
    if config.host not in LOOPBACK and not config.token:
        configure_logs(config.log_level)
        log.warning("no token", reason="other machines may change the documents: set ASSISTANT_TOKEN")
    run(create_app(config, settings), config)

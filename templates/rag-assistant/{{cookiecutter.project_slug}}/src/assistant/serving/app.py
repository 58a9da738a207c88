"""The service: `create_app()` builds it, `serve()` runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict
from starlette.types import Lifespan

from ..monitoring.activity import ACTIVITY, ActivityLog, Keep
from ..monitoring.measures import Measures
from ..settings import Settings, load_settings
from . import bodies, refusals
from .access import Access
from .api import api
from .config import ServiceConfig, read_config
from .library import Library
from .pages import pages
from .service import Holder, Service
from .site import Site
from .turns import Turns
from .web import create_service, run

API_VERSION = "1.0"
WAITING_UPLOADS = 4  # one is indexed at a time: that keeps a core busy, and the index takes one writer anyway
SHORTEST_TOKEN = 16  # characters
DESCRIPTION = """
Answers questions from documents, cites the passages, and says so when they hold no answer.

Every refusal is a problem (RFC 9457). 422: the question, filter or document cannot be used. 503: the index, the
database or a model server is not there; `detail` says which, and what to run.
"""

log = structlog.get_logger("service")


class Config(ServiceConfig):
    """The service's settings, from the environment variables `ASSISTANT_HOST`, `ASSISTANT_PORT` and so on."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore")

    max_body_bytes: int = Field(default=11_000_000, ge=1, description="A larger request body is refused")
    token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token for adding, deleting and rating; empty: not needed"
    )
    token_to_ask: bool = Field(default=False, description="Asking, searching and reading documents need the token too")
    max_answers: int = Field(default=4, ge=1, le=256, description="Questions that are answered at the same time")
    max_waiting: int = Field(default=64, ge=0, description="Questions that wait for their turn; more get 503")
    wait_seconds: float = Field(default=30, gt=0, description="Longest wait for a turn")
    log_questions: Keep = Field(default="hash", description="What the question log keeps of the words")
    activity: Path = Field(default=ACTIVITY, description="File of the question log and the feedback")
    activity_rows: int = Field(default=100_000, ge=1, description="Questions that the log keeps")
    activity_days: int = Field(default=90, ge=1, description="Days that the log keeps a question")

    @property
    def exposed(self) -> bool:
        """Whether other machines can reach the service."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"a token needs at least {SHORTEST_TOKEN} characters")
        return token

    @field_validator("token_to_ask")
    @classmethod
    def _with_a_token(cls, needed: bool, info: ValidationInfo) -> bool:
        token = info.data.get("token")  # missing if it was refused itself
        if needed and token is not None and not token.get_secret_value():
            raise ValueError("ASSISTANT_TOKEN is not set, so everybody could ask")
        return needed


def create_app(config: Config | None = None, settings: Settings | None = None, holder: Holder | None = None) -> FastAPI:
    """Build the service over the index that the settings name; it need not be there yet.

    Raises:
        ConfigError: an environment variable does not fit.
        SettingsError: settings.toml does not fit.
    """
    config = config or read_config(Config)
    settings = settings or load_settings()
    registry = CollectorRegistry()
    holder = holder or Holder(settings)
    activity = ActivityLog(config.activity, config.log_questions, config.activity_rows, config.activity_days)
    service = Service(settings, holder, activity, Measures(registry))
    app = create_service(
        title=title(settings),
        version=API_VERSION,
        description=DESCRIPTION,
        config=config,
        registry=registry,
        readiness=service.self_test,
    )
    app.router.lifespan_context = _lifespan(
        holder, activity, open_to_all=config.exposed and not config.token.get_secret_value()
    )
    bodies.install(app, ["question", "where", "k", "answer", "helpful", "note"])
    refusals.install(app)
    access = Access(config.token.get_secret_value(), to_ask=config.token_to_ask)
    turns = Turns(config.max_answers, config.max_waiting, config.wait_seconds)
    uploads = Turns(1, WAITING_UPLOADS, config.wait_seconds)
    library = Library(settings, holder)
    app.state.service = service
    app.include_router(api(service, library, access, turns, uploads))
    app.include_router(pages(Site(title(settings), service, library, access, turns, uploads)))
    return app


def serve() -> None:
    """Serve until stopped; settings come from the environment."""
    config = read_config(Config)
    run(create_app(config), config)


def title(settings: Settings) -> str:
    """`The Python language reference` -> `Ask the Python language reference`."""
    corpus = settings.corpus.title
    return "Ask " + (corpus[:1].lower() + corpus[1:] if corpus.startswith("The ") else corpus)


def _lifespan(holder: Holder, activity: ActivityLog, *, open_to_all: bool) -> Lifespan[FastAPI]:
    """What is said when the service starts, and closed when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if open_to_all:
            log.warning("no token", reason="other machines reach the service and may change its documents: set a token")
        yield
        holder.close()
        activity.close()

    return lifespan

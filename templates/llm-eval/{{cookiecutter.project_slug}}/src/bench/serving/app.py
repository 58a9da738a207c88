"""The read-only service: the report as a page and as JSON. `create_app()` builds it, `serve()` runs it."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from prometheus_client import CollectorRegistry
from pydantic import Field
from starlette.staticfiles import StaticFiles

from .. import results
from ..leaderboards import EvaluationReport
from ..page import render_page
from ..reporting.metrics import METRICS, REPORTS, read_report
from ..settings import FILE, load_settings
from .config import ServiceConfig, read_config
from .web import create_service, run


class Config(ServiceConfig):
    """The service's settings, from the environment variables `BENCH_HOST`, `BENCH_PORT` and so on."""

    root: Path = Field(default=Path(), description="Folder that holds settings.toml and reports/")


def create_app(config: Config | None = None) -> FastAPI:
    """Build the service around the report of the last run, which is read once.

    Raises:
        ConfigError: an environment variable does not fit.
        BenchError, ReportError: there is no report, or it does not fit this code.
    """
    config = config or read_config(Config)
    title = load_settings(config.root / FILE).title
    report = read_report(config.root / METRICS, EvaluationReport)
    page = render_page(report, results.read_examples(config.root / results.EXAMPLES), title, inline=False)

    def ready() -> dict[str, Any]:
        return {"data_sha256": report.run.data_sha256, "commit": report.run.commit}

    app = create_service(
        title=title,
        version=(report.run.commit or "uncommitted")[:12],
        description="Which systems were compared on a frozen benchmark, and which differences are real.",
        config=config,
        registry=CollectorRegistry(),
        readiness=ready,
    )
    app.mount("/figures", StaticFiles(directory=config.root / REPORTS / "figures"), name="figures")

    @app.get("/", include_in_schema=False)
    async def index() -> HTMLResponse:
        return HTMLResponse(page)

    @app.get("/report", summary="Every number of the report, as JSON", tags=["report"])
    async def numbers() -> EvaluationReport:
        return report

    return app


def serve() -> None:
    """Serve until stopped; settings come from the environment."""
    config = read_config(Config)
    run(create_app(config), config)

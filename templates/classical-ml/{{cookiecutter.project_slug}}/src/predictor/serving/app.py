"""The prediction service: `create_app()` builds it."""

# No `from __future__ import annotations`: FastAPI must see the request models, which are created at run time.

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse
from prometheus_client import CollectorRegistry
from pydantic import Field

from ..model import ARTIFACTS, Manifest, load_model
from .config import ServiceConfig, read_config
from .page import method, render_page
from .schemas import POLICY, Prediction, row_model, values
from .service import Service
from .web import create_service


class Config(ServiceConfig):
    """The service's settings, from the environment variables `PREDICTOR_HOST`, `PREDICTOR_PORT` and so on."""

    artifacts: Path = Field(default=ARTIFACTS, description="Folder that holds model.onnx and model.json")


def create_app(config: Config | None = None) -> FastAPI:
    """Build the service around the model in `config.artifacts`.

    Raises:
        ConfigError: an environment variable does not fit.
        ModelError: there is no usable model.
    """
    config = config or read_config(Config)
    registry = CollectorRegistry()
    service = Service(load_model(config.artifacts), registry)
    service.self_test()
    manifest = service.manifest
    notice = f"**Trained on {manifest.made_up} data.**\n\n" if manifest.made_up else ""
    app = create_service(
        title=manifest.title,
        version=manifest.version,
        description=f"{notice}Predicts `{manifest.target}`.\n{POLICY}\n**Reasons.** {method(manifest)}",
        config=config,
        registry=registry,
        readiness=service.self_test,
    )
    row_type, page = row_model(manifest), render_page(manifest)
    top = Annotated[int, Query(ge=0, le=len(manifest.inputs), description="How many reasons to give")]

    # async, on the event loop: the model needs under a millisecond, and handing the row to a thread costs as much.
    @app.post("/predict", summary="Predict one row", tags=["predictions"])
    async def predict(row: row_type, reasons: top = 5) -> Prediction:  # type: ignore[valid-type]
        return service.predict(values(row), reasons)

    @app.get("/model", summary="Which model is served, and how good it is", tags=["model"])
    async def about() -> Manifest:
        return manifest

    @app.get("/", include_in_schema=False)
    async def index() -> HTMLResponse:
        return HTMLResponse(page)

    return app

"""A service with one route, for tests of what every service has."""

from fastapi import Body
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from pydantic_settings import SettingsConfigDict

from any_package.serving.config import ServiceConfig
from any_package.serving.web import create_service

LIMIT = 150_000
JSON = {"content-type": "application/json"}


class Config(ServiceConfig):
    model_config = SettingsConfigDict(env_prefix="SAMPLE_", extra="ignore")


class Engine:
    """What stands behind the service; it can break."""

    broken = False

    def ready(self) -> dict[str, str]:
        if self.broken:
            raise ArithmeticError("a secret reason")
        return {"version": "7"}


def client_of(engine: Engine) -> TestClient:
    app = create_service(
        title="Sample",
        version="7",
        description="For tests",
        config=Config(max_body_bytes=LIMIT, allowed_hosts="a.example, *.b.example, www.c.example"),
        registry=CollectorRegistry(),
        readiness=engine.ready,
    )

    @app.post("/length/{kind}")
    def length(kind: str, text: str = Body(embed=True)) -> dict[str, int]:
        engine.ready()
        return {kind: len(text)}

    return TestClient(app, "http://localhost", raise_server_exceptions=False)

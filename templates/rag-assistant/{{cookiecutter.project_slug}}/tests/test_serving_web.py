"""The parts that every service has: health, metrics, limits, headers and uniform refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import Body
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from pydantic_settings import SettingsConfigDict

from assistant.serving.config import ConfigError, ServiceConfig, read_config
from assistant.serving.web import create_service

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


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def client(engine: Engine) -> TestClient:
    app = create_service(
        title="Sample",
        version="7",
        description="For tests",
        config=Config(max_body_bytes=LIMIT),
        registry=CollectorRegistry(),
        readiness=engine.ready,
    )

    @app.post("/length/{kind}")
    def length(kind: str, text: str = Body(embed=True)) -> dict[str, int]:
        engine.ready()
        return {kind: len(text)}

    return TestClient(app, raise_server_exceptions=False)


def test_health_admits_a_failure_and_not_why(client: TestClient, engine: Engine) -> None:
    assert client.get("/health").json() == {"status": "ready", "version": "7"}
    engine.broken = True
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "reason": "ArithmeticError"})
    assert client.get("/health/live").json() == {"status": "alive"}


def test_a_failure_is_answered_without_its_stack_trace(client: TestClient, engine: Engine) -> None:
    engine.broken = True
    answer = client.post("/length/text", json={"text": "abc"}, headers={"x-request-id": "abc"})
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc"
    assert "secret" not in answer.text
    assert 'route="/length/{kind}",status="500"' in client.get("/metrics").text


def test_metrics_count_by_route_and_not_by_path(client: TestClient) -> None:
    assert client.post("/length/text", json={"text": "abc"}).json() == {"text": 3}
    client.get("/invented/by/a/client")
    client.request("INVENTED", "/")
    client.get("/static/style.css")
    text = client.get("/metrics").text
    assert 'http_requests_total{method="POST",route="/length/{kind}",status="200"} 1.0' in text
    assert 'http_request_duration_seconds_count{route="/length/{kind}"} 1.0' in text
    assert 'method="other"' in text
    assert 'route="/static"' in text
    assert "invented" not in text.lower()


@pytest.mark.parametrize("path", ["/nothing", "/static/style.css", "/health"])
def test_security_headers_are_on_every_answer(path: str, client: TestClient) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_a_harmless_request_id_is_kept_and_another_replaced(client: TestClient) -> None:
    assert client.get("/health", headers={"x-request-id": "Ab-1.2_3"}).headers["x-request-id"] == "Ab-1.2_3"
    for bad in ("a b", "x" * 65, '"}{', ""):
        given = client.get("/health", headers={"x-request-id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", given)


def in_pieces(size: int) -> Iterator[bytes]:
    yield b"["
    for _ in range(size // 1000):
        yield b" " * 1000


def test_a_large_body_is_refused_declared_or_chunked(client: TestClient) -> None:
    for content in (b" " * (LIMIT + 1), in_pieces(LIMIT)):
        answer = client.post("/length/text", content=content, headers=JSON)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(LIMIT) in answer.json()["detail"]
        assert answer.headers["x-request-id"]
    assert client.post("/length/text", content=b" " * LIMIT, headers=JSON).status_code == 422


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "is required"),
        (b"{", 422, "is not valid JSON"),
        (b'{"a": 1,}', 422, "is not valid JSON"),
        (b'{"a": "\xff"}', 400, "cannot be read as JSON"),
        (b"[" * 100_000, 400, "cannot be read as JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400, "cannot be read as JSON"),
    ],
    ids=["nothing", "half", "comma", "encoding", "nesting", "digits"],
)
def test_a_body_that_is_no_json_gets_one_reason(client: TestClient, content: bytes, status: int, words: str) -> None:
    answer = client.post("/length/text", content=content, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    (error,) = problem["errors"]
    assert words in error["reason"]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_PORT", "9000")
    assert read_config(Config).port == 9000
    monkeypatch.setenv("SAMPLE_PORT", "many")
    with pytest.raises(ConfigError, match="SAMPLE_PORT"):
        read_config(Config)

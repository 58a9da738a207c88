"""The parts that every service has: health, metrics, limits, headers and uniform refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import Body, FastAPI
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
        config=Config(max_body_bytes=LIMIT, allowed_hosts="a.example, *.b.example"),
        registry=CollectorRegistry(),
        readiness=engine.ready,
    )

    @app.post("/length/{kind}")
    def length(kind: str, text: str = Body(embed=True)) -> dict[str, int]:
        engine.ready()
        return {kind: len(text)}

    return TestClient(app, "http://localhost", raise_server_exceptions=False)


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
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_a_harmless_request_id_is_kept_and_another_replaced(client: TestClient) -> None:
    assert client.get("/health", headers={"x-request-id": "Ab-1.2_3"}).headers["x-request-id"] == "Ab-1.2_3"
    for bad in ("a b", "x" * 65, '"}{', ""):
        given = client.get("/health", headers={"x-request-id": bad}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", given)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8000", 200),
        ("a.example", 200),
        ("x.b.example:443", 200),
        ("b.example", 400),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost@evil.example", 400),
        ("[", 400),
        ("", 400),
    ],
)
def test_only_known_host_names_are_answered(client: TestClient, host: str, status: int) -> None:
    answer = client.get("/health", headers={"host": host})
    assert answer.status_code == status
    if status == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "host name" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost"}, 200),
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "http://localhost:3000"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[broken"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_page_of_another_site_changes_nothing(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.post("/length/text", json={"text": "abc"}, headers=headers)
    assert answer.status_code == status
    assert client.get("/health", headers=headers).status_code == 200
    if status == 403:
        assert answer.headers["content-type"] == "application/problem+json"


def test_options_and_405_name_the_methods_of_all_routes_at_an_address(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.get("/length/{kind}")(lambda kind: kind)
    asked = client.options("/length/text")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, POST")
    refused = client.put("/length/text")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
    assert client.post("/static/style.css").headers["allow"] == "GET, HEAD"
    assert client.options("/nothing").status_code == 404


def test_another_content_type_is_refused_as_such(client: TestClient) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/jsonp"):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    for kind in ("application/json", "application/json; charset=utf-8", "application/vnd.sample+json"):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert answer.json() == {"text": 3}


def test_the_api_document_names_every_refusal_as_a_problem(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert {"Problem", "FieldProblem"} <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in document["components"]["schemas"]
    responses = document["paths"]["/length/{kind}"]["post"]["responses"]
    assert set(responses) == {"200", "400", "403", "413", "415", "422"}
    for status, told in responses.items():
        assert status == "200" or list(told["content"]) == ["application/problem+json"]
    metrics = document["paths"]["/metrics"]["get"]["responses"]
    assert list(metrics["200"]["content"]) == ["text/plain"]
    assert set(metrics) == {"200", "400", "413"}
    assert set(document["paths"]["/health"]["get"]["responses"]) == {"200", "400", "413", "503"}


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


def test_whether_others_can_reach_the_service_shows_in_its_address() -> None:
    exposed = {host: Config(host=host).exposed for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "lan")}
    assert [host for host, reached in exposed.items() if reached] == ["0.0.0.0", "::", "lan"]

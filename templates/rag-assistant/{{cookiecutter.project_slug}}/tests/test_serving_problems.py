"""Every refusal has the same form."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from toy_service import JSON, LIMIT, Engine, client_of


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def client(engine: Engine) -> TestClient:
    return client_of(engine)


def test_options_and_405_name_the_methods_of_all_routes_at_an_address(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.get("/length/{kind}")(lambda kind: kind)
    asked = client.options("/length/text")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, POST")
    refused = client.put("/length/text")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert client.post("/static/style.css").headers["allow"] == "GET, HEAD"
    assert client.options("/nothing").status_code == 404


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

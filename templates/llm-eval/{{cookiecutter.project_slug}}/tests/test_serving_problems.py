"""Every refusal has the same form, and the API document names it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from small_service import JSON, LIMIT, Engine, client_of


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


def test_one_reason_is_not_reasons(client: TestClient) -> None:
    assert client.post("/length/text", json={}).json()["detail"] == "The request cannot be used, for 1 reason."


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
        (b"", 422, "Field required"),
        (b"{", 422, "is not valid JSON"),
        (b'{"a": 1,}', 422, "is not valid JSON"),
        (b'{"a": "\xff"}', 400, "cannot be read"),
        (b"[" * 100_000, 400, "cannot be read"),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400, "cannot be read"),
    ],
    ids=["nothing", "half", "comma", "encoding", "nesting", "digits"],
)
def test_a_body_that_is_no_json_gets_one_reason(client: TestClient, content: bytes, status: int, words: str) -> None:
    answer = client.post("/length/text", content=content, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert words in problem["detail"] + "".join(error["reason"] for error in problem["errors"])

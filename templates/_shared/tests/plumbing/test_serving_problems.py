"""Every refusal has the same form, names what cannot be used, and stands in the API document."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from toy_service import JSON, LIMIT, Engine, client_of


@pytest.fixture
def client() -> TestClient:
    return client_of(Engine())


def test_a_405_names_the_methods_of_all_routes_at_an_address(client: TestClient) -> None:
    app: Any = client.app
    files = APIRouter()
    for add in (app.get("/length/{kind}"), files.get("/files/{kind:path}"), files.delete("/files/{kind:path}")):
        add(lambda kind: kind)
    app.include_router(files)
    for path, allowed in {"/length/text": "POST, GET", "/files/a/b": "GET, DELETE"}.items():
        for method in ("PUT", "OPTIONS"):
            refused = client.request(method, path)
            assert (refused.status_code, refused.headers["allow"]) == (405, allowed), path
    assert client.post("/static/style.css").headers["allow"] == "GET, HEAD"
    assert client.options("/nothing").status_code == 404


def in_pieces(size: int) -> Iterator[bytes]:
    yield b"["
    for _ in range(size // 1000):
        yield b" " * 1000


def test_a_large_body_is_refused_declared_or_chunked(client: TestClient) -> None:
    for content, words in ((b" " * (LIMIT + 1), f"limit of {LIMIT} bytes"), (in_pieces(LIMIT), "is larger than")):
        answer = client.post("/length/text", content=content, headers=JSON)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert words in answer.json()["detail"]
        assert answer.headers["x-request-id"]
    assert client.post("/length/text", content=b" " * LIMIT, headers=JSON).status_code == 422


class Row(BaseModel, extra="forbid"):
    ages: list[int]


def rows(rows: list[Row]) -> int:
    return len(rows)


def test_each_reason_names_its_field_and_of_many_the_first_20_are_listed(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    client.app.post("/rows")(rows)
    assert client.post("/length/text", json={}).json()["detail"].endswith(" used, for 1 reason.")
    two = client.post("/rows", json=[{"ages": [1, "x"]}, {"age": 2}]).json()
    assert two["detail"] == "The request cannot be used, for 3 reasons."
    assert [error["field"] for error in two["errors"]] == ["[0].ages[1]", "[1].ages", "[1].age"]
    assert two["errors"][2]["reason"] == "is not a known field"
    many = client.post("/rows", json=[{}] * 21).json()
    assert many["detail"] == "The request cannot be used, for 21 reasons; the first 20 are listed."
    assert len(many["errors"]) == 20
    assert client.post("/rows", json=5).json()["errors"][0]["field"] == "body"
    assert client.post("/rows", json=[{"x" * 999: 1}]).json()["errors"][1]["field"] == f"[0].{'x' * 196}"


def test_another_content_type_is_refused_as_such(client: TestClient) -> None:
    form = "application/x-www-form-urlencoded"
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/jsonp", form):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    for kind in ("application/json", "application/json; charset=utf-8", "application/vnd.sample+json"):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert answer.json() == {"text": 3}


def test_the_api_document_names_every_refusal_as_a_problem(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    responses = document["paths"]["/length/{kind}"]["post"]["responses"]
    assert set(responses) == {"200", "4XX", "5XX"}
    for status in ("4XX", "5XX"):
        assert list(responses[status]["content"]) == ["application/problem+json", "text/plain"]
        schema = responses[status]["content"]["application/problem+json"]["schema"]
        assert set(schema["properties"]) == set(client.get("/nothing").json())
    metrics = document["paths"]["/metrics"]["get"]["responses"]
    assert list(metrics["200"]["content"]) == ["text/plain"]
    assert set(document["paths"]["/health"]["get"]["responses"]) == {"200", "4XX", "5XX", "503"}


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

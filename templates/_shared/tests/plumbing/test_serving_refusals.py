"""A refusal has a status and a `detail` that names what cannot be used, whatever the client has sent."""

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
    for path, allowed in {"/length/text": "POST, GET", "/files/a/b": "GET, DELETE", "/health": "GET"}.items():
        for method in ("PUT", "OPTIONS"):
            refused = client.request(method, path)
            assert (refused.status_code, refused.headers["allow"]) == (405, allowed), path
            assert refused.json() == {"detail": "Method Not Allowed"}
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
        assert "Content Too Large" in answer.text  # the library refuses one in plain text, and FastAPI the other
        assert answer.headers["x-request-id"]
    assert client.request("GET", "/health/live", content=b" " * (LIMIT + 1)).status_code == 413
    assert client.post("/length/text", content=b" " * LIMIT, headers=JSON).status_code == 422


class Row(BaseModel, extra="forbid"):
    ages: list[int]


def rows(rows: list[Row]) -> int:
    return len(rows)


def test_each_error_names_its_place_and_of_many_the_first_20_are_listed(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    client.app.post("/rows")(rows)
    three = client.post("/rows", json=[{"ages": [1, "x"]}, {"age": 2}]).json()["detail"]
    places = [["body", 0, "ages", 1], ["body", 1, "ages"], ["body", 1, "age"]]
    assert [error["loc"] for error in three] == places
    assert (three[1]["msg"], three[2]["type"]) == ("Field required", "extra_forbidden")
    assert len(client.post("/rows", json=[{}] * 21).json()["detail"]) == 20


def test_what_a_client_sends_is_not_sent_back_but_for_a_short_name(client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    client.app.post("/rows")(rows)
    long = client.post("/rows", json=[{"x" * 100_000: 1}])
    assert (long.status_code, long.json()["detail"][1]["loc"]) == (422, ["body", 0, "x" * 200])
    for half in (b'[{"\\ud800": 1}]', b'[{"ages": ["\\ud800"]}]', b'["\\ud800"]', b'[{"ages": [NaN, "secret"]}]'):
        answer = client.post("/rows", content=half, headers=JSON)
        assert answer.status_code == 422, half
        assert "secret" not in answer.text
        assert {key for error in answer.json()["detail"] for key in error} == {"type", "loc", "msg"}


def test_what_is_not_declared_as_json_is_not_read_as_json(client: TestClient) -> None:
    form = "application/x-www-form-urlencoded"
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/jsonp", form):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert answer.status_code == 422, kind
    for kind in ("application/json", "application/json; charset=utf-8", "application/vnd.sample+json"):
        answer = client.post("/length/text", content=b'{"text": "abc"}', headers={"content-type": kind})
        assert answer.json() == {"text": 3}


def test_the_api_document_names_every_refusal(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    responses = document["paths"]["/length/{kind}"]["post"]["responses"]
    assert set(responses) == {"200", "4XX", "5XX"}
    for status in ("4XX", "5XX"):
        assert list(responses[status]["content"]) == ["application/json", "text/plain"]
        assert responses[status]["content"]["application/json"]["schema"]["required"] == ["detail"]
    metrics = document["paths"]["/metrics"]["get"]["responses"]
    assert list(metrics["200"]["content"]) == ["text/plain"]
    assert set(document["paths"]["/health"]["get"]["responses"]) == {"200", "4XX", "5XX", "503"}


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "Field required"),
        (b"{", 422, "JSON decode error"),
        (b'{"a": 1,}', 422, "JSON decode error"),
        (b'{"a": "\xff"}', 400, "error parsing the body"),
        (b"[" * 100_000, 400, "error parsing the body"),
        (b'{"a": ' + b"9" * 5_000 + b"}", 400, "error parsing the body"),
    ],
    ids=["nothing", "half", "comma", "encoding", "nesting", "digits"],
)
def test_a_body_that_is_no_json_gets_one_reason(client: TestClient, content: bytes, status: int, words: str) -> None:
    answer = client.post("/length/text", content=content, headers=JSON)
    assert answer.status_code == status
    assert words in str(answer.json()["detail"])

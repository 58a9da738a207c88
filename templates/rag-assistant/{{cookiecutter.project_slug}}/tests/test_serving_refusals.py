"""Bad questions, dead databases, a missing index, too many at once: the right status, a reason, the service lives."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.errors import Unavailable
from assistant.settings import Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, HANG, Scripted, make_app, make_current, wait_for

JSON = {"content-type": "application/json"}


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(settings: Settings, index: Index, answerer: Scripted) -> Iterator[TestClient]:
    make_current(settings, index)
    app = make_app(settings, answerer, max_answers=2, max_waiting=1, max_body_bytes=2_000_000)
    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


def detail(response: Any, status: int) -> Any:
    """Why a request was refused with this status."""
    assert response.status_code == status, response.text
    assert response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return response.json()["detail"]


BODIES: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "question"),
    "empty": ({"question": ""}, "question"),
    "number": ({"question": 1}, "question"),
    "half a character": ({"question": "\ud800"}, "question"),
    "misspelt field": ({**BOOK, "filter": {}}, "filter"),
    "filter of text": ({**BOOK, "where": {"kind": "guide"}}, "where.kind"),
    "filter of nothing": ({**BOOK, "where": {"kind": []}}, "where.kind"),
    "filter of numbers": ({**BOOK, "where": {"kind": [1]}}, "where.kind.0"),
    "filter of everything": ({**BOOK, "where": {str(n): ["a"] for n in range(21)}}, "where"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_body_gets_a_reason_for_its_field(case: str, client: TestClient) -> None:
    body, field = BODIES[case]
    errors = detail(client.post("/ask", content=json.dumps(body), headers=JSON), 422)
    assert field in {".".join(map(str, error["loc"][1:])) for error in errors}


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
filters = st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=8)))
bodies = st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner))


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=bodies | st.fixed_dictionaries({"question": st.text(max_size=200), "where": filters}))
def test_any_json_is_answered_or_refused(client: TestClient, body: Any) -> None:
    for path in ("/ask", "/ask/stream", "/feedback"):
        assert client.post(path, content=json.dumps(body), headers=JSON).status_code in (200, 400, 404, 422)


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ("Why?", True),
        ("é", True),
        ("a" * 1000, True),
        ("a" * 1001, False),
        ("?", False),
        ("a\x00", False),
        ("\t_ ", False),
    ],
)
def test_the_api_document_says_which_questions_are_taken(client: TestClient, question: str, fits: bool) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    said = schemas["Limited"]["properties"]["question"]
    assert bool(re.search(said["pattern"], question) and len(question) <= said["maxLength"]) == fits
    assert client.post("/ask", json={"question": question}).status_code == (200 if fits else 422)


@pytest.mark.parametrize("where", [{"colour": ["red"]}, {"kind": ["novel"]}])
def test_a_filter_that_no_document_can_pass_is_named(client: TestClient, where: dict[str, list[str]]) -> None:
    for path in ("/ask", "/ask/stream"):
        assert "there are:" in detail(client.post(path, json={**BOOK, "where": where}), 404)


def test_a_database_that_dies_and_comes_back(client: TestClient, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> None:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as broken:
        for method in ("dense", "documents", "document", "fingerprint"):
            broken.setattr(type(index.store), method, dead)
        for response in (client.post("/ask", json=BOOK), client.get("/documents")):
            assert "database" in detail(response, 503)
        assert client.get("/health").status_code == 503
        assert client.get("/").status_code == 200
    assert client.post("/ask", json=BOOK).status_code == 200
    assert client.get("/health").json() == {"status": "ready", "embedding": "hash-64"}


def test_a_service_without_an_index_says_what_to_run_and_wakes_up(settings: Settings, index: Index) -> None:
    with TestClient(make_app(settings)) as client:
        assert detail(client.post("/ask", json=BOOK), 503).endswith("run: make ingest.")
        assert client.get("/health").json() == {"status": "not ready", "reason": "StaleIndex"}
        assert client.get("/health/live").status_code == 200
        assert "make ingest" in detail(client.get("/documents"), 503)
        make_current(settings, index)
        assert client.post("/ask", json=BOOK).status_code == 200
        index.store.set_fingerprint("another model")
        assert "make ingest" in detail(client.post("/ask", json=BOOK), 503)


def test_too_many_questions_are_sent_away_and_the_rest_still_answers(client: TestClient, answerer: Scripted) -> None:
    go_on = threading.Event()
    answerer.before = lambda: go_on.wait(HANG)
    with ThreadPoolExecutor(6) as pool:
        replies = [pool.submit(client.post, "/ask", json=BOOK) for _ in range(6)]
        wait_for(lambda: 'status="503"} 3.0' in client.get("/metrics").text)  # two are answered, one waits
        for path in ("/", "/health", "/documents", "/about"):
            assert client.get(path).status_code == 200
        busy = client.post("/ask", json=BOOK)
        assert "busy" in detail(busy, 503)
        assert busy.headers["retry-after"] == "5"
        go_on.set()
        assert sorted(reply.result(HANG).status_code for reply in replies) == [200, 200, 200, 503, 503, 503]
    assert client.post("/ask", json=BOOK).status_code == 200

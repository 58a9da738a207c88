"""Ratings over HTTP: of answers that the service has given, and of no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.serving import service
from assistant.settings import Settings
from assistant.stores.base import Index
from toy_assistant import BOOK, make_app, make_current


@pytest.fixture
def client(settings: Settings, index: Index) -> Iterator[TestClient]:
    make_current(settings, index)
    with TestClient(make_app(settings), raise_server_exceptions=False) as running:
        yield running


def test_a_rating_is_counted_and_logged_with_the_answers_request(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    request = client.post("/ask", json=BOOK).headers["x-request-id"]
    assert client.post("/feedback", json={"answer": request, "helpful": True}).status_code == 204
    assert 'answer_feedback_total{verdict="helpful"} 1.0' in client.get("/metrics").text
    assert request in capsys.readouterr().out.split("feedback")[1]
    assert client.post("/feedback", json={"answer": "a b", "helpful": True}).status_code == 422
    unknown = client.post("/feedback", json={"answer": "never-asked", "helpful": True})
    assert (unknown.status_code, unknown.json()["detail"][:38]) == (404, "There is no answer of this id among th")
    assert 'answer_feedback_total{verdict="helpful"} 1.0' in client.get("/metrics").text


def test_only_the_last_answers_can_be_rated(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "RATEABLE", 2)
    ids = [client.post("/ask", json=BOOK).headers["x-request-id"] for _ in range(3)]
    rated = [client.post("/feedback", json={"answer": one, "helpful": False}).status_code for one in ids]
    assert rated == [404, 204, 204]

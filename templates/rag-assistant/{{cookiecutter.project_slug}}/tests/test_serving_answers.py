"""Questions over HTTP: the answer with its sources, whole or in events, what is counted and logged."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from fastapi import HTTPException, Request
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from assistant.answering.base import REFUSAL, Answer
from assistant.errors import Unavailable
from assistant.serving.api import turns
from assistant.serving.service import Service
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import open_toy
from toy_assistant import BOOK, HANG, Scripted, events, make_app, make_current

FAR = {"question": "What is the weather like?"}


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(settings: Settings, index: Index, answerer: Scripted) -> Iterator[TestClient]:
    make_current(settings, index)
    with TestClient(make_app(settings, answerer), raise_server_exceptions=False) as running:
        yield running


def test_an_answer_cites_what_the_document_says(client: TestClient, index: Index) -> None:
    reply = client.post("/ask", json=BOOK).json()
    (source,) = reply["citations"]
    document = index.store.document(source["document"])
    assert document is not None
    assert document.text[source["span"]["start"] : source["span"]["end"]] == source["quote"]
    marked = document.text[source["mark"]["start"] : source["mark"]["end"]]
    assert reply["text"] == f"{marked} [1]"
    assert (reply["abstained"], reply["model"], reply["confidence"]) == (False, "scripted", 0.9)
    assert (reply["usage"]["prompt_tokens"], reply["usage"]["cost"]) == (11, 0.5)
    scores = [hit["score"] for hit in reply["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_a_question_that_the_documents_do_not_answer_is_said_to_be_one(client: TestClient) -> None:
    reply = client.post("/ask", json=FAR).json()
    assert (reply["abstained"], reply["text"], reply["citations"]) == (True, REFUSAL, [])
    assert reply["hits"]


def test_a_streamed_answer_comes_in_pieces_and_then_whole(client: TestClient, answerer: Scripted) -> None:
    response = client.post("/ask/stream", json=BOOK)
    assert response.headers["content-type"].startswith("text/event-stream")
    *tokens, (name, reply) = events(response.text)
    assert name == "answer"
    assert {name for name, _ in tokens} == {"token"}
    assert "".join(token for _, token in tokens) == reply["text"]
    assert reply == client.post("/ask", json=BOOK).json()
    assert answerer.closed == 2


def test_an_answer_that_breaks_off_ends_with_an_error(client: TestClient, answerer: Scripted) -> None:
    def stop() -> None:
        raise Unavailable("the language model broke off", "10.0.0.7 said so")

    answerer.middle = stop
    response = client.post("/ask/stream", json=BOOK)
    assert response.status_code == 200
    assert [name for name, _ in events(response.text)] == ["token", "error"]
    assert events(response.text)[-1][1] == {
        "detail": "the language model broke off.",
        "request_id": response.headers["x-request-id"],
    }
    answerer.middle = lambda: 1 / 0
    assert "division" not in events(client.post("/ask/stream", json=BOOK).text)[-1][1]["detail"]
    answerer.middle = lambda: None
    assert client.post("/ask", json=BOOK).status_code == 200


@pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
def test_what_fails_before_its_first_word_has_a_status(
    client: TestClient, answerer: Scripted, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise Unavailable("the model is busy", 'connection to "10.0.0.7" as "root" failed')

    answerer.before = refuse
    response = client.post(path, json=BOOK)
    assert (response.status_code, response.json()["detail"]) == (503, "the model is busy.")
    assert "10.0.0.7" in capsys.readouterr().out
    answerer.before = lambda: 1 / 0
    response = client.post(path, json=BOOK)
    assert (response.status_code, "division" in response.text) == (500, False)
    assert client.post(path, json={"question": "?"}).status_code == 422


def test_an_answer_whose_reader_left_is_counted(settings: Settings, index: Index) -> None:
    make_current(settings, index)
    registry = CollectorRegistry()
    service = Service(settings, open_toy, Scripted(), registry, log_questions=False)
    whole, broken_off = (service.stream(BOOK["question"], {}) for _ in range(2))
    assert isinstance(next(item for item in whole if isinstance(item, Answer)), Answer)
    next(broken_off)
    for items in (whole, broken_off):
        items.close()
    counted = [registry.get_sample_value("questions_total", {"outcome": one}) for one in ("answered", "left")]
    assert counted == [1, 1]


def test_nobody_is_answered_who_left_while_waiting() -> None:
    class Left(Request):
        async def is_disconnected(self) -> bool:
            return True

    with pytest.raises(HTTPException, match="left before"):
        anyio.run(anext, turns(1, 1)(Left({"type": "http"})))


def test_questions_are_counted_by_what_became_of_them(client: TestClient, answerer: Scripted) -> None:
    client.post("/ask", json=BOOK)
    client.post("/ask", json=FAR)
    client.post("/ask", json={**BOOK, "where": {"colour": ["red"]}})
    answerer.before = lambda: 1 / 0
    client.post("/ask", json=BOOK)
    metrics = client.get("/metrics").text
    for outcome in ("answered", "abstained", "refused", "failed"):
        assert 'questions_total{outcome="' + outcome + '"} 1.0' in metrics
    for line in (
        'answer_tokens_total{kind="prompt"} 11.0',
        "answer_cost_total 0.5",
        "answer_duration_seconds_count 2.0",
        'answer_duration_seconds_bucket{le="40.0"} 2.0',  # the first one beyond the time that an answer may take
        "answer_confidence_count 2.0",
    ):
        assert line in metrics


@pytest.mark.parametrize("kept", [False, True])
def test_the_log_has_a_line_for_each_answer_and_words_only_if_wanted(
    settings: Settings, index: Index, capsys: pytest.CaptureFixture[str], kept: bool
) -> None:
    make_current(settings, index)
    with TestClient(make_app(settings, log_questions=kept), raise_server_exceptions=False) as client:
        client.post("/ask", json=BOOK)
        client.post("/ask", json={**BOOK, "where": {"kind": ["lent"]}})
    logged = capsys.readouterr().out
    assert "answered" in logged
    assert "refused" in logged
    assert ("How long is a book lent?" in logged) == kept
    assert kept or "lent" not in logged


def test_a_client_that_leaves_ends_the_answer(settings: Settings, index: Index, answerer: Scripted) -> None:
    make_current(settings, index)
    gone, sent = threading.Event(), b""
    answerer.middle = lambda: gone.wait(HANG)
    left = iter([{"type": "http.request", "body": json.dumps(BOOK).encode()}])

    async def receive() -> Any:
        while b"token" not in sent and not (message := next(left, None)):
            await anyio.sleep(0.01)
        if b"token" not in sent:
            return message
        gone.set()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal sent
        sent += message.get("body", b"")

    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/ask/stream", "query_string": b"", "headers": headers}
    anyio.run(make_app(settings, answerer), scope, receive, send)
    assert (answerer.closed, b"event: answer" in sent) == (1, False)

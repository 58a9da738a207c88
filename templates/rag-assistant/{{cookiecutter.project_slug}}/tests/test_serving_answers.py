"""Questions over HTTP: the answer with its sources, whole or streamed, the passages, the opinion about it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answering.base import REFUSAL
from assistant.errors import Unavailable
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, events, make_app

BOOK = {"question": "How long is a book lent?"}
STREAMED = {"accept": "text/event-stream"}


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(settings: Settings, store: Store, answerer: Scripted, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(settings, store, answerer, tmp_path), raise_server_exceptions=False) as running:
        yield running


def test_an_answer_cites_what_the_document_says(client: TestClient, store: Store) -> None:
    reply = client.post("/ask", json=BOOK).json()
    (source,) = reply["citations"]
    document = store.document(source["document"])
    assert document is not None
    assert document.text[source["span"]["start"] : source["span"]["end"]] == source["quote"]
    assert reply["text"] == f"{source['quote']} [1]"
    assert (reply["abstained"], reply["model"], reply["confidence"]) == (False, "scripted", 0.9)
    assert reply["usage"] == {"prompt_tokens": 11, "completion_tokens": 7, "cost": 0.5, "currency": "USD"}
    assert 0 < reply["seconds"] < 10


def test_the_passages_come_with_their_scores(client: TestClient) -> None:
    passages = client.post("/ask", json=BOOK).json()["passages"]
    scores = [passage["score"] for passage in passages]
    assert scores == sorted(scores, reverse=True)
    assert passages[0]["dense"] is not None
    assert {"kind", "topic"} <= passages[0]["metadata"].keys()


def test_a_question_that_the_documents_do_not_answer_is_said_to_be_one(client: TestClient) -> None:
    reply = client.post("/ask", json={"question": "What is the weather like?"}).json()
    assert (reply["abstained"], reply["text"], reply["citations"]) == (True, REFUSAL, [])


@pytest.mark.parametrize("ask", [{"headers": STREAMED}, {"params": {"stream": "true"}}], ids=["header", "parameter"])
def test_a_streamed_answer_comes_in_pieces_and_then_whole(client: TestClient, ask: dict[str, Any]) -> None:
    response = client.post("/ask", json=BOOK, **ask)
    assert response.headers["content-type"].startswith("text/event-stream")
    *tokens, (name, reply) = events(response.text)
    assert name == "answer"
    assert {name for name, _ in tokens} == {"token"}
    assert "".join(token["text"] for _, token in tokens) == reply["text"]
    assert reply["citations"]


def test_an_answer_that_breaks_off_ends_with_an_error(client: TestClient, answerer: Scripted) -> None:
    def stop() -> None:
        raise Unavailable("The language model broke off; try again later")

    answerer.middle = stop
    response = client.post("/ask", json=BOOK, headers=STREAMED)
    assert response.status_code == 200
    names = [name for name, _ in events(response.text)]
    assert names == ["token", "error"]
    problem = events(response.text)[-1][1]
    assert problem == {
        "detail": "The language model broke off; try again later.",
        "request_id": response.headers["x-request-id"],
    }


def test_a_mistake_in_mid_stream_is_told_without_its_words(client: TestClient, answerer: Scripted) -> None:
    answerer.middle = lambda: 1 / 0
    name, problem = events(client.post("/ask", json=BOOK, headers=STREAMED).text)[-1]
    assert name == "error"
    assert "division" not in problem["detail"]
    answerer.middle = lambda: None
    assert client.post("/ask", json=BOOK).status_code == 200


def test_an_answer_without_an_end_is_an_error(client: TestClient, answerer: Scripted) -> None:
    answerer.ends_early = True
    assert client.post("/ask", json=BOOK).status_code == 503
    assert events(client.post("/ask", json=BOOK, headers=STREAMED).text)[-1][0] == "error"


def test_a_filter_narrows_what_is_searched(client: TestClient) -> None:
    asked = {"question": "What does a late book cost?", "where": {"kind": ["guide"]}}
    found = client.post("/search", json=asked).json()["passages"]
    assert found
    assert {passage["metadata"]["kind"] for passage in found} == {"guide"}


def test_search_gives_as_many_passages_as_asked_for(client: TestClient) -> None:
    assert len(client.post("/search", json={**BOOK, "k": 2}).json()["passages"]) == 2


def test_an_opinion_is_kept_and_may_change(client: TestClient) -> None:
    answer = client.post("/ask", json=BOOK).json()["id"]
    for helpful in (True, False):
        opinion = {"answer": answer, "helpful": helpful, "note": "because"}
        assert client.post("/feedback", json=opinion).json() == {"answer": answer, "helpful": helpful}
    metrics = client.get("/metrics").text
    assert 'answer_feedback_total{verdict="helpful"} 1.0' in metrics
    assert 'answer_feedback_total{verdict="unhelpful"} 1.0' in metrics


def test_an_opinion_about_no_answer_is_refused(client: TestClient) -> None:
    response = client.post("/feedback", json={"answer": "0" * 24, "helpful": True})
    assert response.status_code == 404
    assert "older than the log" in response.json()["detail"]


def test_questions_are_counted_by_what_became_of_them(client: TestClient, answerer: Scripted) -> None:
    client.post("/ask", json=BOOK)
    client.post("/ask", json={"question": "What is the weather like?"})
    client.post("/ask", json={**BOOK, "where": {"colour": ["red"]}})
    answerer.before = lambda: 1 / 0
    client.post("/ask", json=BOOK)
    metrics = client.get("/metrics").text
    for outcome in ("answered", "abstained", "refused", "failed"):
        assert 'questions_total{outcome="' + outcome + '"} 1.0' in metrics
    assert 'answer_tokens_total{kind="prompt"} 11.0' in metrics
    assert "answer_cost_total 0.5" in metrics
    assert "answer_duration_seconds_count 2.0" in metrics
    assert "retrieval_top_score_count 2.0" in metrics


def test_the_api_shows_an_example_of_each_request(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for name, field in (("Question", "question"), ("SearchQuestion", "question"), ("Opinion", "answer")):
        assert schemas[name]["properties"][field]["examples"]

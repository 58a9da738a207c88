"""Bad questions, dead databases, broken models, too many at once: the right status, a reason, and the service lives."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.documents.ingest import FINGERPRINT
from assistant.errors import AssistantError, StaleIndex, Unavailable
from assistant.serving import service
from assistant.serving.app import Config, create_app
from assistant.serving.events import answering
from assistant.serving.service import Holder
from assistant.serving.turns import Turns
from assistant.settings import Settings
from assistant.stores.base import Store
from sample_service import Scripted, make_app, make_holder

BOOK = {"question": "How long is a book lent?"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def answerer() -> Scripted:
    return Scripted()


@pytest.fixture
def client(settings: Settings, store: Store, answerer: Scripted, tmp_path: Path) -> Iterator[TestClient]:
    app = make_app(settings, store, answerer, tmp_path, max_body_bytes=2_000_000)
    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


def problem(response: Any, status: int) -> dict[str, Any]:
    """Check the one shape of every refusal; returns it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert found["request_id"] == response.headers["x-request-id"]
    assert found["detail"].endswith((".", "?"))
    assert "Traceback" not in response.text
    return found


BODIES: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "question"),
    "empty": ({"question": ""}, "question"),
    "number": ({"question": 1}, "question"),
    "list": ({"question": ["a"]}, "question"),
    "half a character": ({"question": "\ud800"}, "question"),
    "misspelt field": ({**BOOK, "filter": {}}, "filter"),
    "filter as text": ({**BOOK, "where": "kind"}, "where"),
    "filter of text": ({**BOOK, "where": {"kind": "guide"}}, "where.kind"),
    "filter of nothing": ({**BOOK, "where": {"kind": []}}, "where.kind"),
    "filter of numbers": ({**BOOK, "where": {"kind": [1]}}, "where.kind[0]"),
    "filter of everything": ({**BOOK, "where": {str(n): ["a"] for n in range(21)}}, "where"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_bad_question_gets_a_reason_for_its_field(case: str, client: TestClient) -> None:
    body, field = BODIES[case]
    found = problem(client.post("/ask", content=json.dumps(body), headers=JSON), 422)
    assert field in {error["field"] for error in found["errors"]}


@pytest.mark.parametrize("path", ["/ask", "/search"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"question": " \n\t"}, "empty"),
        ({"question": "?!"}, "empty"),
        ({"question": "a\x00b"}, "U+0000"),
        ({"question": "why " * 250_000}, "1000000 characters; at most 1000"),
        ({**BOOK, "where": {"colour": ["red"]}}, "colour"),
        ({**BOOK, "where": {"kind": ["poem"]}}, "poem"),
    ],
    ids=["blank", "signs", "nul", "megabyte", "unknown field", "unknown value"],
)
def test_what_cannot_be_asked_is_refused(client: TestClient, path: str, body: Any, words: str) -> None:
    assert words in problem(client.post(path, json=body), 422)["detail"]
    assert client.post(path, json=BOOK).status_code == 200


@pytest.mark.parametrize("k", [0, 51, -1, 1.5, "2"])
def test_a_bad_number_of_passages(client: TestClient, k: Any) -> None:
    assert problem(client.post("/search", json={**BOOK, "k": k}), 422)["errors"][0]["field"] == "k"


@pytest.mark.parametrize(
    "opinion",
    [{}, {"answer": "x", "helpful": True}, {"answer": "0" * 24}, {"answer": "0" * 24, "helpful": "yes"},
     {"answer": "0" * 24, "helpful": True, "note": "x" * 1001}],
    ids=["nothing", "no id", "no opinion", "text", "long"],
)  # fmt: skip
def test_a_bad_opinion(client: TestClient, opinion: Any) -> None:
    problem(client.post("/feedback", json=opinion), 422)


often = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)


@often
@given(question=st.text(max_size=200), where=st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=8))))
def test_any_words_are_answered_or_refused(client: TestClient, question: str, where: Any) -> None:
    body = json.dumps({"question": question, "where": where})
    assert client.post("/ask", content=body, headers=JSON).status_code in (200, 422)


@often
@given(body=st.recursive(values, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner)))
def test_any_json_is_answered_or_refused(client: TestClient, body: Any) -> None:
    for path in ("/ask", "/search", "/feedback"):
        assert client.post(path, content=json.dumps(body), headers=JSON).status_code in (200, 400, 422)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_that_fails_before_its_first_word_gives_503(
    client: TestClient, answerer: Scripted, streamed: bool
) -> None:
    def refuse() -> None:
        raise Unavailable("The language model at ASSISTANT_LLM_URL is busy (status 429); try again later")

    answerer.before = refuse
    response = client.post("/ask", json=BOOK, params={"stream": streamed})
    assert "429" in problem(response, 503)["detail"]
    answerer.before = lambda: None
    assert client.post("/ask", json=BOOK).status_code == 200


def test_what_a_driver_says_of_hosts_and_users_stays_in_the_log(
    client: TestClient, answerer: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise Unavailable("the database does not answer", 'connection to "10.0.0.7" as "root" failed')

    answerer.before = refuse
    assert problem(client.post("/ask", json=BOOK), 503)["detail"] == "The database does not answer."
    assert "10.0.0.7" in capsys.readouterr().out


def test_a_mistake_in_the_code_is_answered_without_its_words(client: TestClient, answerer: Scripted) -> None:
    answerer.before = lambda: 1 / 0
    assert "division" not in problem(client.post("/ask", json=BOOK), 500)["detail"]


def test_a_database_that_dies_and_comes_back(client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_: object) -> None:
        raise Unavailable("The database does not answer; is it running?")

    with monkeypatch.context() as broken:
        for method in ("dense", "lexical", "facts", "documents", "document", "facets"):
            broken.setattr(type(store), method, dead)
        for response in (client.post("/ask", json=BOOK), client.get("/documents")):
            assert "database" in problem(response, 503)["detail"]
        assert client.get("/health").status_code == 503
        page = client.get("/")
        assert page.status_code == 200
        assert "not available" in page.text
    assert client.post("/ask", json=BOOK).status_code == 200
    assert client.get("/health").json()["status"] == "ready"


def test_an_index_of_other_settings_is_said_to_be_one(client: TestClient, store: Store) -> None:
    assert client.get("/health").status_code == 200
    store.set_facts({FINGERPRINT: "another model"})
    assert client.get("/health").json() == {"status": "not ready", "reason": "StaleIndex"}


def test_a_service_without_an_index_says_what_to_run_and_wakes_up(
    settings: Settings, store: Store, answerer: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_holder(settings, store, answerer).get()
    problems: list[AssistantError] = [StaleIndex("there is no index yet; run: make ingest")]

    def make(_: Settings) -> Any:
        if problems:
            raise problems[0]
        return made

    app = create_app(Config(activity=tmp_path / "a.db"), settings, Holder(settings, make))
    with TestClient(app, "http://localhost") as client:
        assert problem(client.post("/ask", json=BOOK), 503)["detail"] == "There is no index yet; run: make ingest."
        assert client.get("/health").status_code == 503
        assert client.get("/health/live").status_code == 200
        problems.clear()
        assert client.post("/ask", json=BOOK).status_code == 503  # not tried again at once
        monkeypatch.setattr(service, "monotonic", lambda: time.monotonic() + service.RETRY_SECONDS)
        assert client.post("/ask", json=BOOK).status_code == 200


def asked_together(client: TestClient, count: int) -> list[int]:
    with ThreadPoolExecutor(count) as pool:
        replies = list(pool.map(lambda _: client.post("/ask", json=BOOK), range(count)))
    return sorted(reply.status_code for reply in replies)


@pytest.fixture
def slow(answerer: Scripted) -> Iterator[Callable[[], None]]:
    """Answers wait until what this returns is called."""
    go_on = threading.Event()
    answerer.before = lambda: go_on.wait(20)
    yield go_on.set
    go_on.set()


def test_too_many_questions_are_sent_away_and_health_still_answers(
    settings: Settings, store: Store, answerer: Scripted, tmp_path: Path, slow: Callable[[], None]
) -> None:
    app = make_app(settings, store, answerer, tmp_path, max_answers=2, max_waiting=1)
    with TestClient(app) as client, ThreadPoolExecutor(1) as pool:
        replies = pool.submit(asked_together, client, 6)
        deadline = time.monotonic() + 10
        while 'status="503"} 3.0' not in client.get("/metrics").text:  # two are answered, one waits
            assert time.monotonic() < deadline
        assert client.get("/health").status_code == 200
        assert client.get("/documents").status_code == 200
        busy = client.post("/ask", json=BOOK)
        assert "busy" in problem(busy, 503)["detail"]
        assert busy.headers["retry-after"] == "5"
        slow()
        assert replies.result(20) == [200, 200, 200, 503, 503, 503]
        assert client.post("/ask", json=BOOK).status_code == 200


def test_nobody_waits_for_ever(
    settings: Settings, store: Store, answerer: Scripted, tmp_path: Path, slow: Callable[[], None]
) -> None:
    app = make_app(settings, store, answerer, tmp_path, max_answers=1, wait_seconds=0.05)
    with TestClient(app) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/ask", json=BOOK)
        while not first.running():
            time.sleep(0.01)
        time.sleep(0.1)
        problem(client.post("/ask", json=BOOK), 503)
        slow()
        assert first.result(20).status_code == 200


def test_an_answer_that_nobody_listens_to_is_ended_and_its_turn_is_free() -> None:
    ended: list[str] = []

    def endless() -> Iterator[str]:
        try:
            while True:
                yield "word"
        finally:
            ended.append("closed")

    async def listen_and_leave() -> None:
        turns = Turns(at_once=1, waiting=0, seconds=1)
        for _ in range(3):
            items = answering(turns, endless)
            assert await anext(items) == "word"
            await items.aclose()

    asyncio.run(listen_and_leave())
    assert ended == ["closed"] * 3


def test_uploads_wait_in_their_own_line(
    settings: Settings, store: Store, answerer: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr("assistant.serving.library.document_id", lambda _: go_on.wait(20))
    app = make_app(settings, store, answerer, tmp_path)
    with TestClient(app) as client, ThreadPoolExecutor(7) as pool:
        uploads = [
            pool.submit(client.post, "/documents", files={"file": (f"n{number}.md", b"# A\n\nText.\n")})
            for number in range(7)
        ]
        deadline = time.monotonic() + 10
        while client.get("/metrics").text.count('route="/documents",status="503"') == 0:
            assert time.monotonic() < deadline
        assert client.post("/ask", json=BOOK).status_code == 200
        go_on.set()
        assert sorted(one.result(20).status_code for one in uploads) == [201] * 5 + [503] * 2

"""Answers through a language model's server: checked citations, counted tokens, and servers that misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.answering.base import REFUSAL, Answer
from assistant.answering.evidence import EvidenceFinder
from assistant.answering.generative import Generative
from assistant.errors import AssistantError, Unavailable
from assistant.hits import Hit
from assistant.settings import Answering
from assistant.stores.base import Store
from model_server import Act, answer, cut_stream, drip, model_server, raw_events, silence, stream
from toy import HashEmbedder

QUESTION = "How long is a book lent?"
LENT = "A book is lent for four weeks [1]."


@pytest.fixture
def hits(store: Store, embedder: HashEmbedder) -> list[Hit]:
    found = store.dense(embedder.embed([QUESTION])[0], 3)
    return [Hit(chunk, 1.0) for chunk in store.chunks([one for one, _ in found])]


@pytest.fixture
def finder(store: Store, embedder: HashEmbedder) -> EvidenceFinder:
    return EvidenceFinder(store, embedder)


def make(finder: EvidenceFinder, url: str, **changes: Any) -> Generative:
    values = {"abstain_below": 0.0, "timeout_seconds": 5, "retries": 0, "model": "small", **changes}
    return Generative(Answering(**values), finder, url, "a-key")


def run(generative: Generative, hits: Sequence[Hit]) -> tuple[str, Answer]:
    *pieces, last = generative.stream(QUESTION, hits)
    assert isinstance(last, Answer)
    return "".join(map(str, pieces)), last


def test_an_answer_with_its_citation(finder: EvidenceFinder, hits: list[Hit]) -> None:
    usage = {"prompt_tokens": 700, "completion_tokens": 12}
    with model_server(stream("A book is lent ", "for four weeks [", "2", "].", usage=usage)) as server:
        prices = {"price_per_million_prompt_tokens": 2, "price_per_million_completion_tokens": 10}
        text, found = run(make(finder, server.url, **prices), hits)
    assert text == found.text == LENT
    assert (found.abstained, found.model, found.prompt, found.unsupported) == (False, "small", "answer-v1", ())
    citation = found.citations[0]
    assert (citation.number, citation.chunk, citation.quote) == (1, hits[1].chunk.id, hits[1].chunk.text)
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens, found.usage.estimated) == (700, 12, False)
    assert found.usage.cost == pytest.approx((700 * 2 + 12 * 10) / 1e6)


def test_what_the_server_is_asked(finder: EvidenceFinder, hits: list[Hit], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    with model_server(stream(LENT)) as server:
        run(make(finder, server.url, max_tokens=50), hits)
    request, headers = server.requests[0], server.headers[0]
    assert server.paths == ["/v1/chat/completions"]
    assert (request["model"], request["stream"], request["max_tokens"]) == ("small", True, 50)
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert QUESTION in request["messages"][1]["content"]
    assert headers["authorization"] == "Bearer a-key"
    assert "secret" not in json.dumps(headers)


def test_pieces_are_passed_on_as_they_arrive(finder: EvidenceFinder, hits: list[Hit]) -> None:
    """The server goes on only when the piece before has come through."""
    came_through = threading.Semaphore(0)

    def step_by_step(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        for piece, finish in (("One", None), (" two", None), (" three [1].", "stop")):
            event = {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": finish}]}
            handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            handler.wfile.flush()
            if not finish and not came_through.acquire(timeout=4):
                return
        handler.close_connection = True

    with model_server(step_by_step) as server:
        pieces: list[str | Answer] = []
        for piece in make(finder, server.url, timeout_seconds=30).stream(QUESTION, hits):
            pieces.append(piece)
            came_through.release()
    assert pieces[:-1] == ["One", " two", " three [1]."]


def test_citations_of_passages_that_were_not_given_are_taken_out(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with model_server(stream("Four weeks [3]. Forever [7]. Free [0].")) as server:
        text, found = run(make(finder, server.url), hits)
    assert text == found.text == "Four weeks [1]. Forever. Free."
    assert [one.chunk for one in found.citations] == [hits[2].chunk.id]
    assert found.unsupported == (7, 0)


@pytest.mark.parametrize(
    ("said", "unsupported"),
    [
        (REFUSAL, ()),
        (f"{REFUSAL} They only speak of books [1].", ()),
        ("the documents do not answer this question", ()),
        ("A book is lent for four weeks.", ()),
        ("A book is lent for four weeks [9].", (9,)),
    ],
)
def test_a_refusal(finder: EvidenceFinder, hits: list[Hit], said: str, unsupported: tuple[int, ...]) -> None:
    with model_server(stream(said)) as server:
        _, found = run(make(finder, server.url), hits)
    assert (found.text, found.citations, found.abstained) == (REFUSAL, (), True)
    assert found.unsupported == unsupported
    assert found.usage is not None


def test_a_question_without_evidence_costs_nothing(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with model_server(stream(LENT)) as server:
        text, found = run(make(finder, server.url, abstain_below=1.0), hits)
        _, nothing = run(make(finder, server.url), [])
    assert text == found.text == nothing.text == REFUSAL
    assert (found.abstained, nothing.abstained, found.usage, server.requests) == (True, True, None, [])
    assert 0 < found.confidence < 1


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1, "completion_tokens": "many"}, "all"])
def test_tokens_that_the_server_does_not_count_are_estimated(
    finder: EvidenceFinder, hits: list[Hit], usage: Any
) -> None:
    with model_server(stream(LENT, usage=usage)) as server:
        _, found = run(make(finder, server.url, price_per_million_completion_tokens=1e6), hits)
    assert found.usage is not None
    assert found.usage.estimated
    assert found.usage.prompt_tokens > 100
    assert found.usage.completion_tokens == round(len(LENT) / 4)
    assert found.usage.cost == pytest.approx(found.usage.completion_tokens)


HTML = "<!doctype html><title>Welcome to the proxy</title>"
MISBEHAVIOUR: dict[str, tuple[Act, str]] = {
    "no such key": (answer("{}", status=401), r"refuses the key \(status 401\); check ASSISTANT_LLM_KEY"),
    "forbidden": (answer("{}", status=403), r"refuses the key \(status 403\)"),
    "no such model": (answer("{}", status=404), r"refuses the request \(status 404\); check its address and model"),
    "bad request": (answer("{}", status=400), r"status 400"),
    "quota": (answer("{}", status=429), r"busy, or its quota is used up"),
    "far too busy": (answer("{}", status=429, headers={"retry-after": "3600"}), "asks to wait 3600 seconds"),
    "failure": (answer("oops", status=500), r"has failed \(status 500\)"),
    "gateway": (answer(HTML, "text/html", status=502), r"has failed \(status 502\)"),
    "page": (answer(HTML, "text/html"), "it sent no stream of events"),
    "json instead of a stream": (answer('{"choices": []}'), "it sent no stream of events"),
    "page as a stream": (answer(HTML, "text/event-stream"), "answers, but not in the expected format"),
    "nothing": (answer(b"", "text/event-stream"), "it stopped in the middle"),
    "not JSON": (raw_events('{"choices": [', "[DONE]"), "the content is broken"),
    "not UTF-8": (answer(b"data: \xff\xfe\n\n", "text/event-stream"), "the content is broken"),
    "a number": (raw_events("42"), "not a piece of an answer"),
    "null": (raw_events("null"), "not a piece of an answer"),
    "choices are no list": (raw_events('{"choices": "many"}'), "not a piece of an answer"),
    "a delta that is none": (raw_events('{"choices": [{"delta": 1}]}'), "not a piece of an answer"),
    "text that is none": (raw_events('{"choices": [{"delta": {"content": [1]}}]}'), "not a piece of an answer"),
    "an error in the stream": (raw_events('{"error": {"message": "out of memory"}}'), "reports an error"),
    "no choices": (stream(finish=None), "it stopped in the middle"),
    "no text": (stream(""), "it sent no text"),
    "no end": (stream("A book", finish=None, done=False), "it stopped in the middle"),
    "hangs up": (cut_stream("A book is"), "stopped in the middle"),
    "never stops": (stream(*["word " * 1000] * 5), "more than it was asked for"),
}


@pytest.mark.parametrize(("act", "reason"), MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
def test_a_server_that_misbehaves(finder: EvidenceFinder, hits: list[Hit], act: Act, reason: str) -> None:
    with model_server(act) as server:
        with pytest.raises(Unavailable, match=reason) as caught:
            run(make(finder, server.url), hits)
        assert server.url not in str(caught.value)  # the address may be nobody's business
    assert str(caught.value).startswith("The language model at ASSISTANT_LLM_URL ")


@pytest.mark.parametrize(
    "act", [silence(), drip(), drip(headers_first=False)], ids=["silent", "drips", "drips headers"]
)
def test_nobody_waits_longer_than_the_timeout(finder: EvidenceFinder, hits: list[Hit], act: Act) -> None:
    with model_server(act) as server:
        generative = make(finder, server.url, timeout_seconds=0.4, retries=2)
        started = time.monotonic()
        with pytest.raises(Unavailable, match=r"not finished within 0\.4 seconds"):
            run(generative, hits)
    assert time.monotonic() - started < 5


def test_a_server_that_is_not_there(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be reached"):
        run(make(finder, f"http://127.0.0.1:{port}/v1"), hits)


@pytest.mark.parametrize("url", ["localhost", "ftp://127.0.0.1/v1", "http://"])
def test_an_address_that_leads_nowhere(finder: EvidenceFinder, hits: list[Hit], url: str) -> None:
    with pytest.raises(Unavailable, match="cannot be reached; is the address right"):
        run(make(finder, url), hits)


def test_an_address_that_is_none(finder: EvidenceFinder) -> None:
    with pytest.raises(AssistantError, match="ASSISTANT_LLM_URL is not an address"):
        make(finder, "http://host:port/v1")


def busy(seconds: str) -> Act:
    return answer("{}", status=429, headers={"retry-after": seconds})


def hang_up(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("first", [busy("0.05"), answer("{}", status=503), hang_up], ids=["429", "503", "hangs up"])
def test_a_passing_failure_is_tried_again(finder: EvidenceFinder, hits: list[Hit], first: Act) -> None:
    with model_server(first, stream(LENT)) as server:
        text, _ = run(make(finder, server.url, retries=1), hits)
    assert (text, len(server.requests)) == (LENT, 2)


def test_the_server_is_given_the_time_it_asks_for(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with model_server(busy("1"), stream(LENT)) as server:
        started = time.monotonic()
        run(make(finder, server.url, retries=1), hits)
    assert time.monotonic() - started >= 1


def test_retries_end(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with model_server(busy("0.01")) as server, pytest.raises(Unavailable, match="status 429"):
        run(make(finder, server.url, retries=2), hits)
    assert len(server.requests) == 3


def test_nothing_is_sent_after_everybody_has_left(finder: EvidenceFinder, hits: list[Hit]) -> None:
    """A retry that comes due after the time limit would cost money for nobody."""
    with model_server(answer("{}", status=503), stream(LENT)) as server:
        with pytest.raises(Unavailable, match="not finished within"):
            run(make(finder, server.url, timeout_seconds=0.2, retries=1), hits)
        time.sleep(0.8)  # the client's first pause is at most half a second
    assert len(server.requests) == 1


def test_the_server_is_hung_up_on_when_nobody_reads_on(finder: EvidenceFinder, hits: list[Hit]) -> None:
    noticed = threading.Event()

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b'data: {"choices": [{"index": 0, "delta": {"content": "word "}}]}\n\n')
                time.sleep(0.01)
        except OSError:
            noticed.set()
            raise

    with model_server(endless, stream(LENT)) as server:
        generative = make(finder, server.url)
        reader = generative.stream(QUESTION, hits)
        next(reader)
        reader.close()  # type: ignore[attr-defined]
        assert noticed.wait(10)
        assert run(generative, hits)[1].text == LENT


def test_usage_is_found_wherever_it_comes(finder: EvidenceFinder, hits: list[Hit]) -> None:
    counted = {"prompt_tokens": 5, "completion_tokens": 6}
    text = json.dumps({"choices": [{"delta": {"content": LENT}, "finish_reason": "stop"}], "usage": counted})
    with model_server(raw_events(text, '{"choices": [], "usage": null}', "[DONE]")) as server:
        _, found = run(make(finder, server.url), hits)
    assert found.usage is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (5, 6)


def test_several_at_once(finder: EvidenceFinder, hits: list[Hit]) -> None:
    with model_server(stream(LENT)) as server, ThreadPoolExecutor(8) as pool:
        generative = make(finder, server.url)
        texts = list(pool.map(lambda _: run(generative, hits)[1].text, range(16)))
    assert texts == [LENT] * 16

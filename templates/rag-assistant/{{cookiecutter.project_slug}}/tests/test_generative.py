"""Answers through a language model's server: checked citations, counted tokens, and servers that misbehave."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from assistant.answering.base import REFUSAL, Answer, Usage
from assistant.answering.generative import Generative
from assistant.errors import AssistantError, Unavailable
from assistant.hits import Hit
from assistant.settings import Answering
from assistant.stores.base import Index
from model_server import EVENTS, Act, answer, drip, event, model_server, raw_events, refusal, silent, stream

QUESTION = "How long is a book lent?"
LENT = "A book is lent for four weeks [1]."
KEY = "sk-private"
HANG = 60.0  # seconds after which something is said to hang
Run = Callable[..., Answer]


@pytest.fixture
def hits(index: Index) -> list[Hit]:
    chunks = index.store.chunks([f"guides/loans#{number}" for number in range(3)])
    return [Hit(chunk, 1.0, cosines=(0.5,) * len(chunk.sentences)) for chunk in chunks]


def make(url: str, key: str = KEY, **changes: Any) -> Generative:
    values = {"abstain_below": 0.0, "timeout_seconds": HANG, "retries": 0, **changes}
    return Generative(Answering(**values), url, key, "small")


@pytest.fixture
def run(hits: list[Hit]) -> Run:
    def runner(url: str, **changes: Any) -> Answer:
        *pieces, last = make(url, **changes).stream(QUESTION, hits)
        assert isinstance(last, Answer)
        assert last.abstained or "".join(map(str, pieces)) == last.text
        return last

    return runner


def test_an_answer_with_its_citation(run: Run, hits: list[Hit]) -> None:
    counts = {"prompt_tokens": 700, "completion_tokens": 12}
    with model_server(stream("A book is lent ", "for four weeks [", "2", "].", usage=counts)) as server:
        found = run(server.url, price_per_million_prompt_tokens=2, price_per_million_completion_tokens=10)
    assert (found.text, found.abstained, found.model, found.prompt) == (LENT, False, "small", "answer-v1")
    (one,), chunk = found.citations, hits[1].chunk
    assert (one.number, one.span, one.quote, one.mark) == (1, chunk.span, chunk.text, chunk.sentences[0])
    assert found.usage == Usage(700, 12, (700 * 2 + 12 * 10) / 1e6)


def test_what_the_server_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "ADMIN_KEY", "BASE_URL", "CUSTOM_HEADERS"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://secret/")
    with model_server(stream(LENT)) as server:
        run(server.url, max_tokens=50)
    request = server.requests[0]
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("small", 50, 0)
    assert QUESTION in request["messages"][1]["content"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "secret" not in str(server.headers)


def test_pieces_come_at_once_and_the_server_is_hung_up_on_when_nobody_reads_on(run: Run, hits: list[Hit]) -> None:
    noticed = threading.Event()

    def endless(handler: BaseHTTPRequestHandler) -> None:
        try:
            answer("", EVENTS)(handler)
            while True:
                handler.wfile.write(f"data: {event('word ')}\n\n".encode())
                time.sleep(0.01)
        finally:
            noticed.set()

    with model_server(endless) as server:
        reader = make(server.url).stream(QUESTION, hits)
        assert next(reader) == "word"
        reader.close()  # type: ignore[attr-defined]
        assert noticed.wait(HANG)
        with pytest.raises(Unavailable, match="not finished in time"):
            run(server.url, timeout_seconds=0.3)


def test_what_the_model_makes_up_is_taken_out(run: Run, hits: list[Hit]) -> None:
    with model_server(stream("Four weeks [3]. Forever [7]. \x1b[31mFree\ud800 [0].")) as server:
        found = run(server.url)
    assert found.text == "Four weeks [1]. Forever. [31mFree\ufffd."
    assert [one.chunk for one in found.citations] == [hits[2].chunk.id]


@pytest.mark.parametrize("said", [REFUSAL, f"{REFUSAL} Only of books [1].", f"{REFUSAL.upper()} [1]", "No.", "It [9]."])
def test_a_refusal(run: Run, said: str) -> None:
    with model_server(stream(said)) as server:
        found = run(server.url)
    assert (found.text, found.citations, found.abstained, found.usage is None) == (REFUSAL, (), True, False)


def test_a_question_without_evidence_costs_nothing(hits: list[Hit]) -> None:
    with model_server(stream(LENT)) as server:
        sceptical = make(server.url, abstain_below=1.0)
        for *pieces, found in (sceptical.stream(QUESTION, hits), make(server.url).stream(QUESTION, [])):
            assert isinstance(found, Answer)
            assert (pieces, found.text, found.abstained, found.usage) == ([REFUSAL], REFUSAL, True, None)
    assert server.requests == []


@pytest.mark.parametrize("counts", [None, {}, {"prompt_tokens": 0, "completion_tokens": "many"}, "all"])
def test_tokens_that_the_server_does_not_count_are_estimated(run: Run, hits: list[Hit], counts: object) -> None:
    with model_server(stream(LENT, usage=counts)) as server:
        after = run(server.url, price_per_million_completion_tokens=1e6).usage
    assert after == Usage(after.prompt_tokens if after else 0, 9, 9, estimated=True)


THINKS = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
WARM = "Unsupported value: 'temperature' does not support 0 with this model."
EXTRA = '{"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}'


def test_what_the_server_refuses_by_name_is_not_asked_again(hits: list[Hit]) -> None:
    with model_server(refusal(THINKS), refusal(WARM), answer(EXTRA, status=422), stream(LENT)) as server:
        generative = make(server.url)
        assert [next(generative.stream(QUESTION, hits)) for _ in range(2)] == [LENT] * 2
    assert [sorted(set(one) - {"model", "messages", "stream"}) for one in server.requests] == [
        ["max_tokens", "stream_options", "temperature"],
        ["max_completion_tokens", "stream_options", "temperature"],
        ["max_completion_tokens", "stream_options"],
        ["max_completion_tokens"],
        ["max_completion_tokens"],
    ]


HTML = "<!doctype html><title>Welcome to the proxy</title>"
LONG = f"max_tokens is too large for the context length \x1b[0m, {KEY}"
MISBEHAVIOUR: dict[str, tuple[Act, str]] = {
    "no such key": (refusal(f"No key {KEY}", 401), "refuses the key; check ASSISTANT_LLM_KEY"),
    "no such model": (answer("{}", status=404), "does not know the model or the path; check ASSISTANT_LLM_MODEL"),
    "too long a prompt": (refusal(LONG), r"refuses the request.* too large for the context length \[0m, \.\.\.\)$"),
    "quota": (answer("{}", status=429), "is busy, or its quota is used up"),
    "gateway": (answer(HTML, "text/html", status=502), "has failed"),
    "page": (answer(HTML, "text/html"), "sends no text"),
    "nothing": (answer("", EVENTS), "sends no text"),
    "not JSON": (raw_events('{"choices": [', "[DONE]"), "not in the format"),
    "not UTF-8": (answer("data: \xff\xfe\n\n", EVENTS), "not in the format"),
    "null": (raw_events("null"), "not in the format"),
    "nested": (raw_events("[" * 100_000), "not in the format"),
    "text that is none": (raw_events('{"choices": [{"delta": {"content": [1]}}]}'), "not in the format"),
    "an error at once": (raw_events('{"error": {"message": "out of memory"}}'), "reports an error"),
    "an error later": (raw_events(event("A"), '{"error": {"message": "x"}}'), "stopped in the middle"),
    "only thoughts": (stream("", finish="length"), "used up max_tokens before it wrote anything"),
    "no end": (stream("A book", finish=None), "stopped in the middle"),
    "hangs up": (raw_events(event("A book"), headers={"content-length": "9999"}), "stopped in the middle"),
    "hangs up at once": (raw_events(headers={"content-length": "9999"}), "cannot be reached, or hangs up"),
    "never stops": (stream(*["word " * 1000] * 5), "does not stop at max_tokens"),
}


@pytest.mark.parametrize(("act", "reason"), MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
def test_a_server_that_misbehaves(run: Run, act: Act, reason: str) -> None:
    is_given_up(run, act, reason)


@pytest.mark.slow  # it waits for time-outs
@pytest.mark.parametrize("act", [silent, drip(200, b": still here\n\n"), drip(200, b"d"), drip(400, b" ")])
def test_a_server_that_never_ends(run: Run, act: Act) -> None:
    is_given_up(run, act, "has not finished in time", timeout_seconds=0.3, retries=2)  # for all attempts together


def is_given_up(run: Run, act: Act, reason: str, **limits: float) -> None:
    with model_server(act) as server, pytest.raises(Unavailable, match=reason) as caught:
        run(server.url, **limits)
    assert len(server.requests) == 1
    assert str(caught.value).startswith("The language model at ASSISTANT_LLM_URL ")
    assert not [secret for secret in (server.url, KEY, "\x1b") if secret in str(caught.value)]


WRONG = {
    "nobody there": ("http://127.0.0.1:9/v1", KEY, "cannot be reached"),
    "key that no header can hold": ("http://127.0.0.1:9/v1", "schl\u00fcssel", "check ASSISTANT_LLM_KEY"),
    "no scheme": ("localhost", KEY, "ASSISTANT_LLM_URL is not an address"),
    "no port": ("http://host:port/v1", KEY, "ASSISTANT_LLM_URL is not an address"),
}


@pytest.mark.parametrize(("url", "key", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_address_or_key(run: Run, url: str, key: str, reason: str) -> None:
    with pytest.raises(AssistantError, match=reason):
        run(url, key=key)


@pytest.mark.parametrize("first", [refusal("", 429, {"retry-after": "0.05"}), answer("{}", status=503)])
def test_a_passing_failure_is_tried_again(run: Run, first: Act) -> None:
    with model_server(first, stream(LENT)) as server:
        assert run(server.url, retries=1).text == LENT

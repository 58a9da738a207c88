"""Vectors from a server, tried over real HTTP: a good one, and all kinds of bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
import pytest

from assistant.embedding.endpoint import TEXTS_AT_ONCE, EndpointEmbedder
from assistant.errors import AssistantError, Unavailable
from model_server import Act, ModelServer, answer, model_server, silence
from toy import HashEmbedder

Rows = list[dict[str, Any]]


def embedder(url: str, **settings: Any) -> EndpointEmbedder:
    return EndpointEmbedder(url, "secret", "embed-1", **{"timeout": 2, "retries": 0, **settings})


def rows_of(texts: list[str]) -> Rows:
    """An honest answer; the vectors are three times too long."""
    vectors = (HashEmbedder().embed(texts) * 3).tolist()
    return [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]


@contextmanager
def embedding_server(change: Callable[[Rows], object] = lambda rows: rows) -> Iterator[ModelServer]:
    """A server that answers honestly, but for what `change` does to its rows."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        rows = change(rows_of(server.requests[-1]["input"]))
        answer(json.dumps({"object": "list", "model": "embed-1", "data": rows}))(handler)

    with model_server(act) as server:
        yield server


def test_returns_unit_vectors_and_learns_their_length() -> None:
    with embedding_server() as server:
        endpoint = embedder(server.url)
        texts = ["borrow books", "quiet room"]
        np.testing.assert_allclose(endpoint.embed(texts), HashEmbedder().embed(texts), atol=1e-6)
        assert (endpoint.name, endpoint.dimensions) == ("endpoint:embed-1", 64)
        assert endpoint.embed([]).shape == (0, 64)
        assert server.paths[0] == "/v1/embeddings"
        assert server.headers[0]["authorization"] == "Bearer secret"
        assert server.requests[0] == {"model": "embed-1", "input": texts, "encoding_format": "float"}
        assert len(server.requests) == 1  # its answer had told the length


def test_puts_the_vectors_into_the_order_of_the_texts() -> None:
    with embedding_server(lambda rows: rows[::-1]) as server:
        texts = ["borrow books", "quiet room", "lost film"]
        np.testing.assert_allclose(embedder(server.url).embed(texts), HashEmbedder().embed(texts), atol=1e-6)


def test_sends_many_texts_in_batches() -> None:
    texts = [f"number{i} borrows" for i in range(2 * TEXTS_AT_ONCE + 1)]
    with embedding_server() as server:
        np.testing.assert_allclose(embedder(server.url).embed(texts), HashEmbedder().embed(texts), atol=1e-6)
        sizes = [len(request["input"]) for request in server.requests]
    assert sizes == [TEXTS_AT_ONCE, TEXTS_AT_ONCE, 1]


def test_sends_no_text_that_servers_refuse() -> None:
    with embedding_server() as server:
        vectors = embedder(server.url).embed(["", " \n", "a\ud800"])
        assert all(text.strip() for text in server.requests[0]["input"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:-1], "was sent 2 texts and returned 1 vectors"),
        (lambda rows: rows * 2, "was sent 2 texts and returned 4 vectors"),
        (
            lambda rows: [{**row, "index": 0} for row in rows],
            "was sent 2 texts and returned 2 vectors, or vectors for other texts",
        ),
        (lambda rows: [{**row, "index": None} for row in rows], "not in the expected format"),
        (lambda rows: [rows[0], {**rows[1], "embedding": [1.0, 2.0]}], "not in the expected format"),
        (lambda rows: [{**row, "embedding": []} for row in rows], "vectors are zero or not numbers"),
        (lambda rows: [{**row, "embedding": [0.0] * 64} for row in rows], "vectors are zero or not numbers"),
        (lambda rows: [{**row, "embedding": [float("nan")] * 64} for row in rows], "vectors are zero or not numbers"),
        (lambda rows: [{**row, "embedding": "AAAA"} for row in rows], "not in the expected format"),
        (lambda rows: [{"index": row["index"]} for row in rows], "not in the expected format"),
        (lambda rows: "vectors", "not in the expected format"),
        (lambda rows: None, "not in the expected format"),
    ],
)
def test_refuses_nonsense(change: Callable[[Rows], object], message: str) -> None:
    with embedding_server(change) as server, pytest.raises(Unavailable, match=message) as error:
        embedder(server.url).embed(["borrow books", "quiet room"])
    assert str(error.value).startswith("The embedding model at ASSISTANT_EMBEDDING_URL answers, but not in")


def test_refuses_vectors_that_change_their_length() -> None:
    def change(rows: Rows) -> Rows:
        return [{**row, "embedding": [1.0] * (64 if len(rows) == 1 else 32)} for row in rows]

    with embedding_server(change) as server:
        endpoint = embedder(server.url)
        assert endpoint.dimensions == 64
        with pytest.raises(Unavailable, match="its vectors had 64 numbers and now have 32"):
            endpoint.embed(["borrow books", "quiet room"])


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (answer("<html>hello</html>", "text/html"), "not in the expected format"),
        (answer("{"), "not in the expected format"),
        (answer("[]"), "not in the expected format"),
        (
            answer('{"error": {"message": "no"}}', status=401),
            "refuses the key .status 401.; check ASSISTANT_EMBEDDING_KEY",
        ),
        (answer("{}", status=404), "status 404.; check its address and model"),
        (answer("{}", status=429), "is busy, or its quota is used up .status 429."),
        (answer("{}", status=500), "has failed .status 500.; try again later"),
        (silence(5), "has not finished within 0.5 seconds"),
    ],
)
def test_each_failure_is_a_sentence(act: Act, message: str) -> None:
    with model_server(act) as server, pytest.raises(Unavailable, match=message):
        embedder(server.url, timeout=0.5).embed(["borrow books"])


def test_a_host_that_does_not_answer() -> None:
    with model_server(silence()) as server:
        gone = server.url
    with pytest.raises(Unavailable, match="cannot be reached; is the address right, and is it running"):
        _ = embedder(gone).dimensions


def test_tries_again_where_that_helps() -> None:
    good = answer(json.dumps({"data": rows_of(["borrow books"])}))
    with model_server(answer("{}", status=503, headers={"retry-after": "0"}), good) as server:
        assert embedder(server.url, retries=1).embed(["borrow books"]).shape == (1, 64)
        assert len(server.requests) == 2


@pytest.mark.parametrize(("url", "model"), [("http://127.0.0.1/v1", ""), ("http://host:port/v1", "embed-1")])
def test_settings_that_cannot_work(url: str, model: str) -> None:
    with pytest.raises(AssistantError, match=r"name the embedding model: |ASSISTANT_EMBEDDING_URL is not an address"):
        EndpointEmbedder(url, "", model)

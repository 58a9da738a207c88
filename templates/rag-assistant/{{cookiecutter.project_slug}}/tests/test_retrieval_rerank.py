"""Rerankers put the candidates into a better order and lose none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import AssistantError, Unavailable
from assistant.hits import Hit
from assistant.retrieval.endpoint import EndpointReranker
from assistant.retrieval.rerank import BestSentence, Mmr, maximal_marginal_relevance
from assistant.retrieval.search import Retriever
from assistant.settings import Retrieval, Settings
from assistant.stores.base import Store
from assistant.wiring import make_reranker
from model_server import Act, answer, model_server, silence
from toy import HashEmbedder

QUESTION = "How long is a book lent?"


@pytest.fixture
def hits(store: Store, embedder: HashEmbedder) -> list[Hit]:
    return Retriever(store, embedder, Retrieval()).search(QUESTION)


def scores(*pairs: tuple[int, Any]) -> Act:
    return answer(json.dumps({"results": [{"index": index, "relevance_score": score} for index, score in pairs]}))


@pytest.mark.parametrize("make", [BestSentence, lambda store: Mmr(store, 0.5)], ids=["sentences", "mmr"])
def test_the_same_hits_best_first(
    store: Store, embedder: HashEmbedder, hits: list[Hit], make: Callable[[Store], BestSentence | Mmr]
) -> None:
    found = make(store).rerank(QUESTION, embedder.embed([QUESTION])[0], hits)
    assert sorted(hit.chunk.id for hit in found) == sorted(hit.chunk.id for hit in hits)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert all(hit.rerank is not None for hit in found)


def test_one_good_sentence_lifts_its_passage(store: Store, embedder: HashEmbedder, hits: list[Hit]) -> None:
    sentence = "Nobody can renew a book that another reader has reserved."
    equal = [replace(hit, score=1.0) for hit in hits]
    found = BestSentence(store).rerank(sentence, embedder.embed([sentence])[0], equal)
    assert found[0].chunk.id == "guides/loans#2"
    assert found[0].rerank == pytest.approx(1.0, abs=1e-5)


def test_variety_puts_a_repetition_last() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    relevance = np.array([1.0, 0.9, 0.5], dtype=np.float32)
    order = [index for index, _ in maximal_marginal_relevance(relevance, vectors, 0.5, 3)]
    assert order == [0, 2, 1]
    assert [index for index, _ in maximal_marginal_relevance(relevance, vectors, 1.0, 3)] == [0, 1, 2]


@given(st.integers(0, 6), st.integers(0, 8), st.floats(0, 1))
def test_each_is_chosen_at_most_once(size: int, count: int, trade_off: float) -> None:
    vectors = np.eye(max(size, 1), dtype=np.float32)[:size]
    order = maximal_marginal_relevance(np.linspace(0, 1, size, dtype=np.float32), vectors, trade_off, count)
    assert len({index for index, _ in order}) == len(order) == min(size, count)


def test_the_server_orders_the_passages(embedder: HashEmbedder, hits: list[Hit]) -> None:
    with model_server(scores((2, 0.9), (0, 0.1))) as server:
        found = EndpointReranker(server.url, "a-key", "small").rerank(QUESTION, embedder.embed([QUESTION])[0], hits)
    left_out = [hit.chunk.id for index, hit in enumerate(hits) if index not in {0, 2}]
    assert [hit.chunk.id for hit in found] == [hits[2].chunk.id, hits[0].chunk.id, *left_out]
    assert [hit.rerank for hit in found[:3]] == [0.9, 0.1, None]
    assert [hit.score for hit in found] == sorted({hit.score for hit in found}, reverse=True)
    assert server.paths == ["/v1/rerank"]
    assert server.headers[0]["authorization"] == "Bearer a-key"
    documents = [hit.chunk.text for hit in hits]
    assert server.requests == [{"query": QUESTION, "documents": documents, "model": "small"}]


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (answer("<html>", "text/html"), "it sent no list"),
        (answer("{", "application/json"), "the content is broken"),
        (answer("[]"), "it sent no list"),
        (answer("{}"), "it sent no list"),
        (answer('{"results": []}'), "it sent no list"),
        (scores((0, "good")), "it sent no list"),
        (scores((0, float("nan"))), "it sent no list"),
        (scores((99, 0.5)), "a passage that was not sent"),
        (scores((-1, 0.5)), "a passage that was not sent"),
        (answer("{}", status=500), "has failed"),
        (answer("{}", status=401), "check ASSISTANT_RERANK_KEY"),
        (silence(), "not finished within"),
    ],
)
def test_a_server_that_misbehaves(embedder: HashEmbedder, hits: list[Hit], act: Act, reason: str) -> None:
    with model_server(act) as server:
        reranker = EndpointReranker(server.url, timeout=0.5, retries=0)
        with pytest.raises(Unavailable, match=f"^The reranker at ASSISTANT_RERANK_URL .*{reason}"):
            reranker.rerank(QUESTION, embedder.embed([QUESTION])[0], hits)


def test_a_reranker_without_an_address(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSISTANT_RERANK_URL", raising=False)
    asked = settings.model_copy(update={"retrieval": Retrieval(rerank="endpoint")})
    with pytest.raises(AssistantError, match="ASSISTANT_RERANK_URL is not set"):
        make_reranker(asked, store)


@pytest.mark.parametrize(("name", "kind"), [("none", type(None)), ("sentences", BestSentence), ("mmr", Mmr)])
def test_the_settings_name_the_reranker(store: Store, settings: Settings, name: Any, kind: type) -> None:
    assert type(make_reranker(settings.model_copy(update={"retrieval": Retrieval(rerank=name)}), store)) is kind

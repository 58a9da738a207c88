"""Passages by meaning, by words and by both; the query cache never outlives the index it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.embedding.base import Vectors
from assistant.errors import QuestionError
from assistant.hits import Hit
from assistant.retrieval.cache import QueryCache
from assistant.retrieval.fusion import convex_combination, min_max
from assistant.retrieval.search import Retriever
from assistant.settings import Retrieval
from assistant.stores.base import Store
from toy import HashEmbedder, index_document, toy_documents

QUESTION = "How long is a book lent?"
SCORES = st.lists(st.floats(-10, 10), max_size=8)


class CountingEmbedder(HashEmbedder):
    calls = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.id for hit in hits]


@pytest.mark.parametrize("method", ["dense", "bm25", "hybrid"])
def test_each_method_finds_the_passage(store: Store, embedder: CountingEmbedder, method: Any) -> None:
    hits = Retriever(store, embedder, Retrieval(method=method, top_k=3)).search(QUESTION)
    assert ids(hits)[0] == "guides/loans#1"
    assert 1 <= len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert (hits[0].dense is None) == (method == "bm25")
    assert (hits[0].lexical is None) == (method == "dense")


def test_bm25_alone_embeds_nothing(store: Store, embedder: CountingEmbedder) -> None:
    before = embedder.calls
    Retriever(store, embedder, Retrieval(method="bm25")).search(QUESTION)
    assert embedder.calls == before


def test_the_hybrid_is_the_weighted_sum(store: Store, embedder: CountingEmbedder) -> None:
    hits = Retriever(store, embedder, Retrieval(dense_weight=0.25, candidates=50, top_k=50)).search(QUESTION)
    dense = dict(zip(ids(hits), min_max([hit.dense or 0.0 for hit in hits]), strict=True))
    found = [hit for hit in hits if hit.lexical is not None]
    lexical = dict(zip(ids(found), min_max([hit.lexical or 0.0 for hit in found]), strict=True))
    for hit in hits:
        assert hit.score == pytest.approx(0.25 * dense[hit.chunk.id] + 0.75 * lexical.get(hit.chunk.id, 0.0), abs=1e-6)


def test_more_passages_than_candidates_can_be_asked_for(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval(method="dense", candidates=1, top_k=1))
    assert len(retriever.search(QUESTION)) == 1
    assert len(retriever.search(QUESTION, k=5)) == 5


def test_a_filter_is_kept_to(store: Store, embedder: CountingEmbedder) -> None:
    hits = Retriever(store, embedder, Retrieval()).search(QUESTION, {"kind": ["reference"]})
    assert {hit.chunk.document for hit in hits} == {"reference/fees"}


def test_an_unknown_filter_is_named(store: Store, embedder: CountingEmbedder) -> None:
    with pytest.raises(QuestionError, match="colour"):
        Retriever(store, embedder, Retrieval()).search(QUESTION, {"colour": ["red"]})


def test_a_question_asked_again_comes_from_the_cache(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval())
    first, before = retriever.search(QUESTION), embedder.calls
    assert retriever.search(QUESTION) == first
    assert embedder.calls == before
    assert (retriever.cache.lookups, retriever.cache.found) == (2, 1)


def test_another_filter_or_number_is_another_question(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval())
    everything = retriever.search(QUESTION)
    assert ids(retriever.search(QUESTION, {"kind": ["guide"]})) != ids(everything)
    assert len(retriever.search(QUESTION, k=1)) == 1
    assert retriever.cache.found == 0
    retriever.search(QUESTION, {"topic": ["building", "borrowing"], "kind": ["guide"]})
    retriever.search(QUESTION, {"kind": ["guide"], "topic": ["borrowing", "building"]})
    assert retriever.cache.found == 1


def test_a_write_makes_the_cache_forget(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval())
    assert "guides/loans" in {hit.chunk.document for hit in retriever.search(QUESTION)}
    store.remove("guides/loans")
    assert "guides/loans" not in {hit.chunk.document for hit in retriever.search(QUESTION)}
    index_document(store, embedder, toy_documents()[0])
    assert "guides/loans" in {hit.chunk.document for hit in retriever.search(QUESTION)}
    store.clear()
    assert retriever.search(QUESTION) == []
    assert retriever.cache.found == 0


def test_without_a_cache_every_question_is_searched_for(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval(cache_size=0))
    assert retriever.search(QUESTION) == retriever.search(QUESTION)
    assert retriever.cache.found == 0


def test_who_changes_his_hits_changes_nobody_elses(store: Store, embedder: CountingEmbedder) -> None:
    retriever = Retriever(store, embedder, Retrieval())
    expected = ids(retriever.search(QUESTION))
    retriever.search(QUESTION).clear()
    assert ids(retriever.search(QUESTION)) == expected


def test_the_cache_forgets_what_was_asked_longest_ago() -> None:
    cache = QueryCache(2)
    for key in "ab":
        cache.put(key, [])
    assert cache.get("a") == []
    cache.put("c", [])
    assert [cache.get(key) for key in "abc"] == [[], None, []]


def test_the_cache_in_many_threads() -> None:
    cache = QueryCache(3)

    def use(number: int) -> None:
        cache.put(number % 5, [])
        cache.get((number + 1) % 5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(2000)))
    assert cache.lookups == 2000
    assert sum(cache.get(key) is not None for key in range(5)) == 3


@given(SCORES)
def test_scaling_keeps_the_order_and_reaches_from_0_to_1(scores: list[float]) -> None:
    scaled = min_max(scores)
    assert all(0 <= value <= 1 for value in scaled)
    assert not scores or max(scaled) == 1
    assert [scaled[i] for i in np.argsort(scores, kind="stable")] == sorted(scaled)


@given(SCORES, SCORES, st.floats(0, 1))
def test_fusion_keeps_every_passage_once(dense: list[float], lexical: list[float], weight: float) -> None:
    near = [(f"d{i}", score) for i, score in enumerate(dense)]
    worded = [(f"d{i + 3}", score) for i, score in enumerate(lexical)]
    fused = convex_combination(near, worded, weight)
    assert set(fused) == {one for one, _ in [*near, *worded]}
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())

"""Passages by meaning, by words and by both, put into order by their best sentence."""

from collections.abc import Sequence
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest

from assistant.errors import QuestionError
from assistant.hits import Hit
from assistant.passages import Chunk
from assistant.retrieval.fusion import min_max
from assistant.retrieval.search import SENTENCE_WEIGHT, Retriever
from assistant.settings import Retrieval
from assistant.stores.base import Index
from toy import index_document, toy_documents

QUESTION = "How long is a book lent?"


def search(index: Index, question: str = QUESTION, **settings: Any) -> list[Hit]:
    return Retriever(index, Retrieval(**settings)).search(question)


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.id for hit in hits]


@pytest.mark.parametrize("rerank", ["none", "sentences"])
@pytest.mark.parametrize("method", ["dense", "bm25", "hybrid"])
def test_each_method_finds_the_passage(index: Index, method: str, rerank: str) -> None:
    hits = search(index, method=method, rerank=rerank, top_k=3)
    assert ids(hits)[0] == "guides/loans#1"
    assert 1 <= len(hits) <= 3
    assert all(one.score >= other.score for one, other in pairwise(hits))
    vector, *sentences = index.embedder.embed([QUESTION, *hits[0].chunk.sentence_texts()])
    assert hits[0].cosines == pytest.approx([one @ vector for one in sentences], abs=1e-6)


def test_the_hybrid_is_the_weighted_sum(index: Index) -> None:
    hits = search(index, dense_weight=0.25, candidates=50, top_k=50, rerank="none")
    alone = {
        method: {hit.chunk.id: hit.score for hit in search(index, method=method, top_k=50, rerank="none")}
        for method in ("dense", "bm25")
    }
    for hit in hits:
        expected = 0.25 * alone["dense"][hit.chunk.id] + 0.75 * alone["bm25"].get(hit.chunk.id, 0.0)
        assert hit.score == pytest.approx(expected, abs=1e-6)


def test_one_good_sentence_lifts_its_passage(index: Index) -> None:
    question = "Nobody can renew a book that another reader has reserved."
    plain = {hit.chunk.id: hit for hit in search(index, question, top_k=50, rerank="none")}
    hits = search(index, question, top_k=50)
    assert sorted(ids(hits)) == sorted(plain)
    assert hits[0].chunk.id == "guides/loans#2"
    assert max(hits[0].cosines) == pytest.approx(1.0, abs=1e-5)
    sentences = min_max([max(hit.cosines) for hit in hits])
    passages = min_max([plain[hit.chunk.id].score for hit in hits])
    for hit, passage, sentence in zip(hits, passages, sentences, strict=True):
        assert hit.score == pytest.approx((1 - SENTENCE_WEIGHT) * passage + SENTENCE_WEIGHT * sentence)


@pytest.mark.parametrize("rerank", ["none", "sentences"])
@pytest.mark.parametrize("method", ["dense", "bm25", "hybrid"])
def test_equal_passages_come_in_the_order_of_their_ids(index: Index, method: str, rerank: str) -> None:
    index.store.clear()
    for name in "cadb":
        document = toy_documents()[1]
        index_document(index.store, index.embedder, type(document)(name, document.title, document.text))
    hits = search(index, "Group rooms hold eight people", method=method, rerank=rerank, top_k=3, candidates=3)
    assert ids(hits) == ["a#1", "b#1", "c#1"]


@pytest.mark.parametrize(("candidates", "top_k"), [(2, 6), (4, 2), (50, 3)])
def test_how_many_are_asked_for_changes_no_score(index: Index, candidates: int, top_k: int) -> None:
    retriever = Retriever(index, Retrieval(candidates=candidates, top_k=top_k))
    every = retriever.search(QUESTION, k=50)
    assert len(every) <= max(candidates, top_k)
    assert every[:top_k] == retriever.search(QUESTION)
    assert every[:1] == retriever.search(QUESTION, k=1)


def test_a_question_sees_one_state_of_the_index(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    before, chunks = search(index), index.store.chunks

    def late(wanted: Sequence[str]) -> list[Chunk]:
        writer = Thread(target=index.store.clear)
        writer.start()
        writer.join()
        return chunks(wanted)

    monkeypatch.setattr(index.store, "chunks", late)
    assert search(index) == before
    assert index.store.documents() == []


def test_a_filter_is_kept_to_and_an_unknown_one_named(index: Index) -> None:
    retriever = Retriever(index, Retrieval())
    assert {hit.chunk.document for hit in retriever.search(QUESTION, {"kind": ["reference"]})} == {"reference/fees"}
    with pytest.raises(QuestionError, match="colour"):
        retriever.search(QUESTION, {"colour": ["red"]})


def test_an_empty_index_answers_with_nothing(index: Index) -> None:
    index.store.clear()
    assert search(index) == []

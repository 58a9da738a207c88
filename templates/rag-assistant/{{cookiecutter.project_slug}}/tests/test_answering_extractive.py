"""Extractive answers quote the documents word for word, in context, and stay silent without evidence."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.answering.base import REFUSAL, Answer
from assistant.answering.evidence import EvidenceFinder, Sentence, confidence
from assistant.answering.extractive import Extractive
from assistant.answering.words import asked_words, coverage, stem
from assistant.documents.chunking import Chunking
from assistant.documents.ingest import index_document
from assistant.hits import Hit
from assistant.passages import Document
from assistant.retrieval.search import Retriever
from assistant.settings import Answering, Retrieval
from assistant.stores.base import Store
from toy import HashEmbedder

GUIDE = """\
# Opening the archive

The archive opens on Mondays. It closes at lunchtime.

## Requests

A request needs a form. Write the form like this:

```text
shelf = 12
number = 7
```

This costs nothing.

The following may be requested:

- maps from before 1900
- letters

Photographs are kept elsewhere.
"""
WORDS = ["archive", "opens", "Mondays", "closes", "request", "form", "shelf", "maps", "letters", "kept", "book", "card"]


@pytest.fixture
def hits(store: Store, embedder: HashEmbedder) -> list[Hit]:
    """The passages of one document, best first whatever is asked."""
    document = Document("archive", "Archive", GUIDE, "0" * 64, {"kind": "guide"})
    chunks = index_document(store, document, Chunking(size=400, overlap=0), embedder)
    return [Hit(chunk, 1.0, dense=0.5) for chunk in chunks]


def ask(store: Store, embedder: HashEmbedder, hits: list[Hit], question: str, **changes: Any) -> Answer:
    settings = Answering(**{"abstain_below": 0.0, "max_sentences": 1, **changes})
    *pieces, answer = Extractive(settings, store, embedder).stream(question, hits)
    assert isinstance(answer, Answer)
    assert "".join(map(str, pieces)) == answer.text
    return answer


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        ("The archive opens on which days?", ["The archive opens on Mondays."]),
        ("It closes at lunchtime, right?", ["The archive opens on Mondays. It closes at lunchtime."]),
        (
            "Write the form like what?",
            ["Write the form like this:\n\n```text\nshelf = 12\nnumber = 7\n```"],
        ),
        ("What is shelf number?", ["Write the form like this:\n\n```text\nshelf = 12\nnumber = 7\n```"]),
        ("What of the following may be requested?", ["The following may be requested:\n\n- maps from before 1900"]),
        (
            "This costs nothing.",
            ["Write the form like this:\n\n```text\nshelf = 12\nnumber = 7\n```\n\nThis costs nothing."],
        ),
        ("Where are photographs kept?", ["Photographs are kept elsewhere."]),
    ],
)
def test_a_sentence_is_quoted_with_what_it_leans_on(
    store: Store, embedder: HashEmbedder, hits: list[Hit], question: str, quotes: list[str]
) -> None:
    answer = ask(store, embedder, hits, question)
    assert [citation.quote for citation in answer.citations] == quotes


def test_a_citation_follows_each_quotation(store: Store, embedder: HashEmbedder, hits: list[Hit]) -> None:
    answer = ask(store, embedder, hits, "Where are photographs kept?")
    assert answer.text == "Photographs are kept elsewhere. [1]"
    code = ask(store, embedder, hits, "What is shelf number?").text
    assert code.endswith("number = 7\n```\n[1]")  # a mark on the line of the fence would undo the code


def test_neighbours_become_one_quotation(store: Store, embedder: HashEmbedder, hits: list[Hit]) -> None:
    answer = ask(store, embedder, hits, "Write the request form", max_sentences=2, mmr_lambda=1.0)
    assert [citation.quote.split("\n")[0] for citation in answer.citations] == [
        "A request needs a form. Write the form like this:"
    ]


def test_what_is_not_relevant_does_not_fill_up_the_answer(
    store: Store, embedder: HashEmbedder, hits: list[Hit]
) -> None:
    answer = ask(store, embedder, hits, "Photographs are kept elsewhere.", max_sentences=10)
    assert answer.text == "Photographs are kept elsewhere. [1]"


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), count=st.integers(1, 5))
def test_everything_said_is_in_the_documents(
    store: Store, embedder: HashEmbedder, hits: list[Hit], words: list[str], count: int
) -> None:
    found = Retriever(store, embedder, Retrieval()).search(" ".join(words))
    answer = ask(store, embedder, found, " ".join(words), max_sentences=count)
    assert 0 <= answer.confidence <= 1
    assert 1 <= len(answer.citations) <= count
    left = answer.text
    for number, citation in enumerate(answer.citations, 1):
        document = store.document(citation.document)
        assert document is not None
        assert citation.number == number
        assert document.text[citation.span.start : citation.span.end] == citation.quote
        assert citation.chunk in {hit.chunk.id for hit in found}
        left = left.replace(citation.quote, "", 1).replace(f"[{number}]", "", 1)
    assert not left.strip()


@pytest.mark.parametrize("words", [WORDS, WORDS[::2], WORDS[1::2], ["form"], ["following", "requested", "letters"]])
def test_no_part_is_quoted_twice(store: Store, embedder: HashEmbedder, hits: list[Hit], words: list[str]) -> None:
    settings = Chunking(method="recursive", size=120, overlap=80)
    overlapping = index_document(store, Document("again", "Again", GUIDE, "1" * 64, {}), settings, embedder)
    found = [*hits, *(Hit(chunk, 1.0) for chunk in overlapping)] * 2
    answer = ask(store, embedder, found, " ".join(words), max_sentences=10, mmr_lambda=1.0)
    spans = sorted((one.document, one.span.start, one.span.end) for one in answer.citations)
    assert all(end <= start or other != one for (one, _, end), (other, start, _) in pairwise(spans))


def test_headings_are_not_answers(store: Store, embedder: HashEmbedder) -> None:
    document = Document("empty", "Archive", "# Opening the archive\n", "0" * 64, {})
    hits = [Hit(chunk, 1.0) for chunk in index_document(store, document, Chunking(), embedder)]
    answer = ask(store, embedder, hits, "Opening the archive")
    assert answer.confidence > 0.9
    assert (answer.text, answer.abstained) == (REFUSAL, True)


def test_a_sentence_that_only_points_elsewhere_is_not_an_answer(store: Store, embedder: HashEmbedder) -> None:
    text = "For more information on letters, see The letter room. Letters may be read on Mondays."
    document = Document("letters", "Letters", text, "0" * 64, {"kind": "guide"})
    chunks = index_document(store, document, Chunking(), embedder)
    answer = ask(store, embedder, [Hit(chunks[0], 1.0)], "more information on letters")
    assert [citation.quote for citation in answer.citations] == ["Letters may be read on Mondays."]


def test_without_enough_evidence_it_refuses_and_says_how_sure_it_was(
    store: Store, embedder: HashEmbedder, hits: list[Hit]
) -> None:
    sure = ask(store, embedder, hits, "The archive opens on which days?")
    answer = ask(store, embedder, hits, "The archive opens on which days?", abstain_below=sure.confidence + 0.01)
    assert (answer.text, answer.citations, answer.abstained) == (REFUSAL, (), True)
    assert answer.confidence == sure.confidence
    assert answer.hits == tuple(hits)
    assert not ask(store, embedder, hits, "The archive opens on which days?", abstain_below=sure.confidence).abstained


def test_without_passages_it_refuses_even_if_it_never_should(store: Store, embedder: HashEmbedder) -> None:
    answer = ask(store, embedder, [], "The archive opens on which days?")
    assert (answer.text, answer.abstained, answer.confidence) == (REFUSAL, True, 0.0)


def test_a_passage_that_the_index_has_lost_meanwhile_is_left_out(
    store: Store, embedder: HashEmbedder, hits: list[Hit]
) -> None:
    store.remove("archive")
    assert ask(store, embedder, hits, "The archive opens on which days?").abstained


def test_confidence_tells_what_the_documents_answer(store: Store, embedder: HashEmbedder, hits: list[Hit]) -> None:
    finder = EvidenceFinder(store, embedder)
    on, near, off = (
        finder.find(question, hits).confidence
        for question in (
            "Photographs are kept elsewhere?",
            "Paintings are kept elsewhere?",
            "Do penguins swim in winter?",
        )
    )
    assert on > near > off


@pytest.mark.parametrize(
    ("word", "expected"), [("closes", "clos"), ("closed", "clos"), ("close", "clos"), ("is", "is")]
)
def test_endings_do_not_count(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_confidence_counts_the_words_of_the_best_passages(store: Store, embedder: HashEmbedder) -> None:
    hits = [Hit(chunk, 1.0) for chunk in store.chunks(["guides/rooms#0", "guides/rooms#1", "reference/fees#0"])]
    sentences = [Sentence(0, 0, hits[0].chunk.sentences[0], "any", 0.5)]
    known, half, unknown = (confidence(question, hits, sentences) for question in ("desk euros", "desk x", "x y"))
    assert known == pytest.approx(half + 0.15) == pytest.approx(unknown + 0.3)
    assert confidence("desk euros", [*[hits[0]] * 3, *hits], sentences) == unknown


def test_the_share_of_the_words() -> None:
    asked = asked_words("How are the old books renewed?")
    assert coverage(asked, ["Renewing a book"]) == pytest.approx(2 / 3)
    assert coverage(asked, ["Renewing", "an old book"]) == 1
    assert coverage(asked, []) == 0
    assert coverage(asked_words("???"), ["anything"]) == 0

"""A quotation is found where it stands, and a passage that holds half of it counts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.evidence import Evidence, EvidenceError, Passage, covers, first_ranks, locate
from assistant.passages import Chunk, Document, Span

FEES = Document("fees", "Fees", "A card costs ten euros. A late day costs twenty cents.", "0" * 64)


def chunk(start: int, end: int, document: str = "a") -> Chunk:
    return Chunk(f"{document}#{start}", document, "A", (), Span(start, end), "x" * (end - start), ())


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 100, True), (15, 100, True), (16, 100, False), (0, 15, True), (0, 14, False), (50, 60, False)],
)
def test_half_of_the_quotation_is_enough(start: int, end: int, expected: bool) -> None:
    assert covers(chunk(start, end), Passage("a", Span(10, 20))) is expected
    assert not covers(chunk(start, end, "b"), Passage("a", Span(10, 20)))


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_coverage_is_counted_in_characters(a: int, long: int, b: int, wide: int) -> None:
    shared = len(set(range(a, a + long)) & set(range(b, b + wide)))
    assert covers(chunk(b, b + wide), Passage("a", Span(a, a + long))) is (2 * shared >= long)


def test_a_quotation_may_be_one_character_and_not_none() -> None:
    with pytest.raises(ValueError, match="at least 1 character"):
        Evidence(document="fees", section="", quote="")
    assert Evidence(document="f", section="", quote="A").quote == "A"


def test_each_evidence_has_the_rank_of_the_first_passage_with_one_of_its_places() -> None:
    first, last, other = (Passage("a", Span(0, 10)), Passage("a", Span(90, 100)), Passage("b", Span(0, 10)))
    ranked = [chunk(40, 60), chunk(0, 50), chunk(0, 100), chunk(5, 100)]
    assert first_ranks([[first], [last], [other]], ranked) == [2, 3, None]
    assert first_ranks([[other, last, first]], ranked) == [2]


def found(quote: str, *texts: str, **more: Any) -> list[str]:
    """The words in the texts at which a quotation is located."""
    documents = {f"d{number}": Document(f"d{number}", "D", text) for number, text in enumerate(texts)}
    places = locate("q1", Evidence(quote=quote, **more), documents)
    return [documents[one.document].text[one.span.start : one.span.end] for one in places]


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("each   LATE\nday", "Each **late** day costs", "Each **late** day"),
        ("see the list.", "Please see [the list](https://a.b/c?d).", "see [the list](https://a.b/c?d)."),
        ("don't “quote”", "we don’t 'quote' it", "don’t 'quote"),
        ("ten", "often, or ten", "ten"),
        ("1.5", "15 or 1.5", "1.5"),
        ("C++", "C or C++ here", "C++"),
        ("三天", "员工有三天假期", "三天"),
        ("== x", "if a == x:", "== x"),
    ],
)
def test_words_are_found_whatever_their_markup(words: str, text: str, expected: str) -> None:
    assert found(words, text) == [expected]


@given(text=st.text(max_size=300), cut=st.tuples(st.integers(0, 300), st.integers(1, 40)))
def test_what_is_found_stands_there(text: str, cut: tuple[int, int]) -> None:
    wanted = text[cut[0] : sum(cut)]
    letters = [sign for sign in wanted.casefold() if sign.isalnum()]
    if wanted:
        with suppress(EvidenceError):
            for place in found(wanted, text):
                assert [sign for sign in place.casefold() if sign.isalnum()] == letters


def test_each_place_in_each_document_counts() -> None:
    texts = ("It costs two euros. Bring cash.", "Nothing.", "It costs two euros, and it costs *two* euros.")
    assert found("costs two euros", *texts) == ["costs two euros", "costs two euros", "costs *two* euros"]
    assert found("costs two euros", *texts, document="d0", unique=True) == ["costs two euros"]
    said = "question q1: the quotation 'costs two euros' stands in 3 places of the documents; copy"
    with pytest.raises(EvidenceError, match=said):
        found("costs two euros", *texts, unique=True)
    with pytest.raises(EvidenceError, match="stands in 2 places of d2"):
        found("costs two euros", *texts, document="d2", unique=True)


@pytest.mark.parametrize(
    ("document", "quote", "message"),
    [
        ("fees", "Late days cost nothing.", "'Late days cost nothing.' stands in no places of fees; copy"),
        ("", "Late days cost nothing.", "'Late days cost nothing.' stands in no places of the documents; copy"),
        ("fees", "**", "'**' stands in no places of fees; copy"),
        ("cats", "costs", "'costs' stands in no places of cats; copy"),
    ],
)
def test_a_quotation_that_is_not_there_is_named(document: str, quote: str, message: str) -> None:
    with pytest.raises(EvidenceError) as error:
        locate("q1", Evidence(document=document, quote=quote), {"fees": FEES})
    assert str(error.value).startswith(f"question q1: the quotation {message}")

"""A quotation is found where it stands, and a passage that holds half of it counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.evaluation.evidence import Evidence, EvidenceError, Passage, covers, first_ranks, locate
from bench.passages import Chunk, Document, Span

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


def test_each_evidence_has_the_rank_of_its_first_passage() -> None:
    passages = [Passage("a", Span(0, 10)), Passage("a", Span(90, 100)), Passage("b", Span(0, 10))]
    ranked = [chunk(40, 60), chunk(0, 50), chunk(0, 100), chunk(5, 100)]
    assert first_ranks(passages, ranked) == [2, 3, None]


@pytest.mark.parametrize(
    ("quote", "span"), [("costs twenty", Span(35, 47)), ("A card", Span(0, 6)), ("cents.", Span(48, 54))]
)
def test_a_quotation_is_found_where_it_stands(quote: str, span: Span) -> None:
    passage = locate("q1", Evidence(document="fees", section="", quote=quote), {"fees": FEES})
    assert passage == Passage("fees", span)
    assert FEES.text[span.start : span.end] == quote


@pytest.mark.parametrize(
    ("document", "quote", "message"),
    [
        ("fees", "Late days cost nothing.", "question q1: fees does not contain the quotation 'Late days"),
        ("fees", "costs", "question q1: fees contains the quotation 'costs' more than once"),
        ("cats", "costs", "question q1: cats is not among the documents"),
    ],
)
def test_a_quotation_that_is_not_there_once_is_named(document: str, quote: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        locate("q1", Evidence(document=document, section="", quote=quote), {"fees": FEES})

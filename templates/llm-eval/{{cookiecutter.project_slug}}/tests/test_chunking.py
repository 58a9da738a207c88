"""What holds for the passages of any document, and what each method adds."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.documents.blocks import Block, blocks
from bench.documents.chunking import Chunking, chunk
from bench.passages import Chunk, Document, Span
from test_chunking_sentences import ANY_TEXT

Method = Literal["fixed", "recursive", "headings"]
METHOD_NAMES: list[Method] = ["fixed", "recursive", "headings"]

WORDS = "The quick brown fox jumps over the lazy dog while nobody looks. "
CODE = "```python\nfor number in range(10):\n    print(number)\n\nprint('done')\n```"
LONG_TEXTS = st.lists(
    st.sampled_from([WORDS * 2, CODE, "# One\n\n", "## Two\n\n", "### Three\n\n", "- item. " + WORDS, "x" * 150])
    | st.text(max_size=60),
    max_size=25,
).map("\n\n".join)
TEXTS = ANY_TEXT | LONG_TEXTS
SETTINGS = st.builds(
    Chunking, method=st.sampled_from(METHOD_NAMES), size=st.integers(100, 400), overlap=st.integers(0, 99)
)


def document(text: str) -> Document:
    return Document("guide/x", "X", text, "0" * 64, {"kind": "guide"})


def cut(text: str, method: Method = "headings", size: int = 200, overlap: int = 0) -> list[Chunk]:
    return chunk(document(text), Chunking(method=method, size=size, overlap=overlap))


def texts(chunks: list[Chunk]) -> list[str]:
    return [one.text for one in chunks]


@given(TEXTS, SETTINGS)
def test_passages_of_any_text_keep_the_contract(text: str, settings: Chunking) -> None:
    chunks = chunk(document(text), settings)
    assert [one.id for one in chunks] == [f"guide/x#{number}" for number in range(len(chunks))]
    covered = 0
    for one in chunks:
        assert one.text == text[one.span.start : one.span.end]
        assert one.text.strip()
        assert len(one.text) <= settings.size
        assert not text[covered : one.span.start].strip()
        assert one.span.end > covered
        assert covered - one.span.start <= settings.overlap
        covered = one.span.end
        assert (one.document, one.title, one.metadata) == ("guide/x", "X", {"kind": "guide"})
    assert not text[covered:].strip()
    assert chunks == chunk(document(text), settings)


@given(TEXTS, SETTINGS)
def test_sentences_are_ordered_parts_of_their_passage(text: str, settings: Chunking) -> None:
    for one in chunk(document(text), settings):
        assert one.sentences
        assert all(one.span.start <= span.start < span.end <= one.span.end for span in one.sentences)
        assert all(before.end <= after.start for before, after in pairwise(one.sentences))
        assert all(sentence == sentence.strip() for sentence in one.sentence_texts())


@given(TEXTS, SETTINGS)
def test_code_that_fits_is_never_cut(text: str, settings: Chunking) -> None:
    whole = [one.span for one in blocks(text) if one.kind == "code" and length(one.span) <= settings.size]
    for one in chunk(document(text), settings):
        for code in whole:
            assert not code.start < one.span.start < code.end
            assert not code.start < one.span.end < code.end


def test_code_of_exactly_the_size_is_one_passage() -> None:
    code = "```\n" + "\n".join(f"line {number} of code" for number in range(14)) + "\n```"
    found = texts(cut(f"Words before it.\n\n{code}\n\nWords after it.", size=len(code)))
    assert found == ["Words before it.", code, "Words after it."]


@given(TEXTS, SETTINGS)
def test_the_section_is_the_innermost_that_holds_all_of_a_passage(text: str, settings: Chunking) -> None:
    """Checked against a walk over the lines of the passage, one heading after the other."""
    marks = [one for one in blocks(text) if one.kind == "heading"]
    for one in chunk(document(text), settings):
        paths = [path_at(marks, one.span.start), *(path_at(marks, m.span.start) for m in inside(marks, one.span))]
        shared = [titles[0] for titles in zip(*paths, strict=False) if len(set(titles)) == 1]
        assert list(one.section) == shared[: len(one.section)]
        assert len(one.section) == len(shared) or len({path[len(one.section)] for path in paths}) > 1


def inside(marks: list[Block], span: Span) -> list[Block]:
    return [mark for mark in marks if span.start < mark.span.start < span.end]


def path_at(marks: list[Block], place: int) -> list[str]:
    path: list[Block] = []
    for mark in marks:
        if mark.span.start <= place:
            path = [one for one in path if one.level < mark.level] + [mark]
    return [one.title for one in path if one.title]


def length(span: Span) -> int:
    return span.end - span.start


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_a_short_document_is_one_passage_and_a_blank_one_none(method: Method) -> None:
    assert texts(cut("\n# Title\n\nA text.\n\n", method)) == ["# Title\n\nA text."]
    assert cut(" \n\n", method) == []


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_a_word_longer_than_a_passage_is_cut(method: Method) -> None:
    assert texts(cut("x" * 450, method)) == (["x" * 200, "x" * 200, "x" * 50])


def test_fixed_cuts_at_words_wherever_the_size_is_reached() -> None:
    chunks = cut(WORDS * 10, "fixed", size=100)
    assert all(len(one.text) > 90 for one in chunks[:-1])
    assert not all(one.text.endswith(".") for one in chunks)
    assert re.sub(r"\s+", " ", " ".join(texts(chunks))) == (WORDS * 10).strip()
    assert all(len(one.text) > 85 for one in cut(f"{WORDS}\n\n" * 10, "fixed", size=100)[:-1])
    assert len(cut("whole" + " word" * 60, "fixed", size=100)[0].text) == 100


def test_fixed_repeats_the_end_of_the_passage_before() -> None:
    for before, after in pairwise(cut(WORDS * 10, "fixed", size=150, overlap=40)):
        assert 30 < before.span.end - after.span.start <= 40


def test_recursive_cuts_at_paragraphs_first() -> None:
    paragraphs = [f"Paragraph {number}. {WORDS}" for number in range(5)]
    chunks = cut("\n\n".join(paragraphs), "recursive", size=180)
    assert texts(chunks) == [
        "\n\n".join(paragraphs[:2]).strip(),
        "\n\n".join(paragraphs[2:4]).strip(),
        paragraphs[4].strip(),
    ]


def test_recursive_cuts_a_long_paragraph_at_sentences_and_evenly() -> None:
    chunks = cut(WORDS * 7, "recursive", size=300)
    assert [one.text.count("fox") for one in chunks] == [4, 3]
    assert all(one.text.endswith(".") for one in chunks)


@pytest.mark.parametrize(("overlap", "lengths"), [(0, [99, 99, 99]), (20, [89, 89, 89, 89])])
def test_recursive_cuts_evenly_whatever_is_repeated(overlap: int, lengths: list[int]) -> None:
    assert [len(one.text) for one in cut("Yes. " * 60, "recursive", size=100, overlap=overlap)] == lengths


def test_the_first_paragraph_may_be_the_best_place_to_cut() -> None:
    chunks = cut("It has no end\n\n".replace("It", "It " * 15) + "nor has this " * 7, "recursive", size=100)
    assert chunks[0].text.endswith("no end")


def test_recursive_prefers_a_sentence_to_a_paragraph_that_ends_far_from_the_middle() -> None:
    chunks = cut(f"Short.\n\n{WORDS * 6}", "recursive", size=300)
    assert [one.text.count("fox") for one in chunks] == [3, 3]
    chunks = cut(f"{WORDS}\n\n{WORDS * 4}", "recursive", size=200)
    assert [one.text.count("fox") for one in chunks] == [2, 3]


def test_recursive_repeats_whole_sentences() -> None:
    for before, after in pairwise(cut(WORDS * 20, "recursive", size=300, overlap=80)):
        assert after.sentence_texts()[0] == before.sentence_texts()[-1]


def test_long_code_is_cut_between_lines() -> None:
    lines = [f"print('line {number:03}')" for number in range(30)]
    chunks = cut("\n".join(["```", *lines, "```"]), "recursive")
    assert len(chunks) > 2
    assert all(line in {"```", *lines} for one in chunks for line in one.text.splitlines())


def test_sentences_of_a_passage_leave_out_headings_and_rules() -> None:
    (one,) = cut("## Title\n\nA sentence.\n\n| a | b |\n|---|---|\n| c | d |\n\n---\n", size=300)
    assert one.sentence_texts() == ["A sentence.", "| a | b |", "| c | d |"]
    (heading,) = cut("## Title alone")
    assert heading.sentence_texts() == ["## Title alone"]

"""Words are found in documents whatever their markup, and what holds them is quoted so that it is unique."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.authoring.matching import evidence_at, find
from assistant.evaluation.benchmark import BenchmarkError
from assistant.passages import Document, Span


def document(text: str) -> Document:
    return Document("one", "One", text)


@pytest.mark.parametrize(
    ("words", "text", "found"),
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
def test_words_are_found_whatever_their_markup(words: str, text: str, found: str) -> None:
    assert [text[span.start : span.end] for _, span in find(words, [(document(text), Span(0, len(text)))])] == [found]


@given(text=st.text(max_size=300), words=st.text(max_size=20), cut=st.tuples(st.integers(0, 300), st.integers(1, 40)))
def test_what_is_found_stands_there(text: str, words: str, cut: tuple[int, int]) -> None:
    known = document(text)
    for wanted in (words, text[cut[0] : sum(cut)]):
        for _, span in find(wanted, [(known, Span(0, len(text)))]):
            try:
                evidence = evidence_at(known, span)
            except BenchmarkError:  # the text repeats itself
                continue
            assert text.count(evidence.quote) == 1
            assert text[span.start : span.end] in evidence.quote or "\n" in wanted


def test_a_repeated_sentence_is_quoted_with_its_neighbours() -> None:
    text = "# A\n\nIt costs two euros. Bring cash.\n\n# B\n\nIt costs two euros. Cards are fine."
    found = evidence_at(document(text), Span(text.rindex("two"), text.rindex("two") + 3))
    assert (found.section, found.quote) == ("B", "# B\n\nIt costs two euros. Cards are fine.")
    with pytest.raises(BenchmarkError, match="several times; quote more of it"):
        evidence_at(document("Again and again. " * 30), Span(170, 175))

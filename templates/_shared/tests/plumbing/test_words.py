"""A search looks for the words that say what a text is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_package.words import MOST, QUESTION_WORDS, content_words


@given(st.text())
def test_content_words_are_in_the_text(text: str) -> None:
    words = content_words(text)
    assert len(words) == len(set(words)) <= MOST
    assert all(word.isalnum() for word in words)
    assert QUESTION_WORDS.isdisjoint(words) or QUESTION_WORDS.issuperset(words)
    assert content_words(" ".join(words)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is the Caf\u00e9's \ufb01ne?", ["cafe", "s", "fine"]),
        ("Who are they, and who are we?", ["who", "are", "they", "and", "we"]),
        ("", []),
    ],
)
def test_question_words_are_looked_for_only_where_a_text_has_no_others(text: str, words: list[str]) -> None:
    assert content_words(text) == words


def test_a_pasted_file_gives_no_more_words_than_a_long_question() -> None:
    assert content_words(" ".join(f"w{number}" for number in range(1000))) == [f"w{number}" for number in range(64)]

"""Index and search see the same words, whatever their spelling."""

from __future__ import annotations

import pytest

from assistant.passages import Chunk, Span
from assistant.words import MOST, all_words, content_words, indexed_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two words.", ["two", "words"]),
        ("CAF\u00c9 caf\u00e9 cafe\u0301", ["cafe", "cafe", "cafe"]),
        ("Stra\u00dfe", ["strasse"]),
        ("\ufb01ne", ["fine"]),
        ("x\u00b2", ["x2"]),
        ("Na\u00efve os_path", ["naive", "os", "path"]),
        ("os_path.join(3.11)", ["os", "path", "join", "3", "11"]),
        ("Ada's book", ["ada", "s", "book"]),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", ["\u043c\u043e\u0441\u043a\u0432\u0430"]),
        ("?! --", []),
    ],
)
def test_words_are_runs_of_letters_and_digits_in_their_plain_form(text: str, words: list[str]) -> None:
    assert all_words(text) == words


def test_all_words_keep_their_order_and_come_as_often_as_in_the_text() -> None:
    assert all_words("A lost book is a book.") == ["a", "lost", "book", "is", "a", "book"]


def test_a_search_looks_for_each_word_once_in_the_order_of_the_question() -> None:
    assert content_words("Lost book, lost card, book?") == ["lost", "book", "card"]


def test_question_words_are_not_looked_for() -> None:
    assert content_words("What does a lost book cost?") == ["lost", "book", "cost"]


def test_words_that_mean_something_in_a_subject_stay() -> None:
    assert content_words("What is with, and what is for?") == ["with", "for"], "BM25 knows how frequent these are"


def test_of_a_text_with_question_words_alone_these_are_looked_for() -> None:
    assert content_words("Who are we?") == ["who", "are", "we"], "a search for nothing would find nothing"
    assert content_words("...") == []


def test_a_pasted_file_costs_no_more_than_a_long_question() -> None:
    pasted = " ".join(["what", "is", *(f"w{number}" for number in range(MOST + 10))])
    assert content_words(pasted) == [f"w{number}" for number in range(MOST)], "question words do not count to the limit"


def test_the_index_holds_the_title_the_headings_and_the_text_of_a_passage() -> None:
    text = "A book is lent\nfor four weeks."
    chunk = Chunk("loans#1", "loans", "Pr\u00eats", ("Loans", "Periods"), Span(0, len(text)), text, ())
    assert indexed_words(chunk) == "prets loans periods a book is lent for four weeks"

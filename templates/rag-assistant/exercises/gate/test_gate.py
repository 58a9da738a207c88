"""Whether the passages are enough for an answer: the nearest sentence, and the words of the best passages."""

from __future__ import annotations

import pytest

from assistant.answering.confidence import BEST_PASSAGES, COVERAGE_WEIGHT, confidence, coverage, quotable
from assistant.hits import Hit
from assistant.passages import Chunk, Span

NEAR = 1 - COVERAGE_WEIGHT


def hit(*sentences: str, cosines: tuple[float, ...] = (), title: str = "", section: tuple[str, ...] = ()) -> Hit:
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = text.index(sentence)
        spans.append(Span(start, start + len(sentence)))
    return Hit(Chunk("d#0", "d", title, section, Span(0, len(text)), text, tuple(spans)), 1.0, cosines)


def test_coverage_is_the_share_of_the_questions_words() -> None:
    texts = ["A lost book costs its price."]
    assert coverage("What does a lost book cost?", texts) == 1
    assert coverage("What does a lost card cost?", texts) == pytest.approx(2 / 3), "lost and cost, but no card"
    assert coverage("lost lost lost card", texts) == pytest.approx(1 / 2), "a word that comes three times is one word"


def test_endings_make_no_difference() -> None:
    assert coverage("Is it closed?", ["It closes at nine."]) == 1
    assert coverage("renewing loans", ["A loan is renewed."]) == 1
    assert coverage("renewing renewed card", ["renewed"]) == pytest.approx(1 / 2), "two forms of a word are one word"


def test_the_words_may_be_in_different_texts() -> None:
    assert coverage("renewing an old book", ["Renewed", "an old book"]) == 1


def test_a_long_text_is_read_to_its_end() -> None:
    text = " ".join([*(f"w{number}" for number in range(100)), "desk"])
    assert coverage("desk", [text]) == 1


def test_without_words_nothing_is_covered() -> None:
    assert coverage("???", ["anything"]) == 0
    assert coverage("book", []) == 0


def test_the_nearest_sentence_of_all_passages_counts() -> None:
    hits = [hit("One.", "Two.", cosines=(0.1, 0.3)), hit("Three.", cosines=(0.6,))]
    assert confidence("zebra", hits) == pytest.approx(NEAR * 0.6), "one good sentence is enough: no mean"
    hits = [hit("One.", "Two.", cosines=(0.1, 0.6)), hit("Three.", cosines=(0.3,))]
    assert confidence("zebra", hits) == pytest.approx(NEAR * 0.6), "it need not be the first sentence of its passage"


def test_the_words_count_beside_the_nearest_sentence() -> None:
    hits = [hit("The desk is open.", cosines=(0.5,))]
    assert confidence("desk", hits) == pytest.approx(NEAR * 0.5 + COVERAGE_WEIGHT)
    assert confidence("desk, euros", hits) == pytest.approx(NEAR * 0.5 + COVERAGE_WEIGHT / 2)


def test_title_and_headings_are_words_of_a_passage() -> None:
    hits = [hit("Four weeks.", title="Loans", section=("Periods",))]
    assert confidence("loan period", hits) == pytest.approx(COVERAGE_WEIGHT)


def test_only_the_best_passages_give_words() -> None:
    hits = [*[hit("Nothing.", cosines=(0.2,))] * BEST_PASSAGES, hit("The desk.", cosines=(0.4,))]
    assert confidence("desk", hits) == pytest.approx(NEAR * 0.4), "any word turns up in some passage further down"


def test_confidence_is_a_share() -> None:
    assert confidence("zebra", [hit("One.", cosines=(-0.9,))]) == 0, "a cosine below 0 counts as 0"
    assert confidence("zebra", []) == 0
    assert confidence("desk", [hit("The desk.", cosines=(1.0000002,))]) == 1, "rounding must not lead above 1"


def test_a_passage_that_only_points_elsewhere_is_not_quotable() -> None:
    assert not quotable(hit("# Loans", "See the page about rooms."))
    assert quotable(hit("# Loans", "A book is lent for four weeks.")), "one sentence that says something is enough"

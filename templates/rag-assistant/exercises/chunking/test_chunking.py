"""A region becomes passages: none too long, nothing lost, cut at the best places, with offsets in the whole text."""

from __future__ import annotations

import re
from itertools import pairwise
from math import inf

import pytest

from assistant.documents.cutting import Places, _end, _nearest, _next_start, cut
from assistant.passages import Span

TEXT = "one two three four five six seven eight nine ten eleven twelve"


def words(text: str, *, even: bool = False) -> Places:
    found = list(re.finditer(r"\S+", text))
    return Places(text, [([one.end() for one in found], inf)], [one.start() for one in found], even)


def passages(text: str, size: int, overlap: int = 0, *, even: bool = False) -> list[str]:
    spans = list(cut(words(text, even=even), Span(0, len(text)), size, overlap))
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(("ideal", "nearest"), [(9, 10), (14, 10), (15, 10), (16, 20), (20, 20), (40, 30), (1, 10)])
def test_the_nearest_offset_wins_and_of_two_the_lower_one(ideal: int, nearest: int) -> None:
    assert _nearest([0, 10, 20, 30, 50], ideal, above=0, limit=45) == nearest


def test_an_offset_must_be_above_the_start_and_not_beyond_the_limit() -> None:
    assert _nearest([5, 50], 20, above=5, limit=45) is None, "5 would make an empty passage, 50 one that is too long"
    assert _nearest([], 20, above=0, limit=45) is None
    assert _nearest([45], 20, above=0, limit=45) == 45


def test_what_fits_is_one_passage() -> None:
    assert passages(TEXT, len(TEXT)) == [TEXT]


def test_no_passage_is_too_long_and_no_word_is_lost_or_cut() -> None:
    for size in range(8, 40):
        found = passages(TEXT, size)
        assert max(map(len, found)) <= size, f"with size {size}, a passage is longer than that"
        assert " ".join(found) == TEXT, f"with size {size}, words are lost, cut or come twice"


def test_passages_are_as_long_as_the_size_allows() -> None:
    assert passages(TEXT, 20) == ["one two three four", "five six seven eight", "nine ten eleven", "twelve"]


def test_even_places_make_pieces_of_equal_length() -> None:
    lengths = [len(one) for one in passages("word " * 40, 110, even=True)]
    assert len(lengths) == 2, "two pieces are enough for 200 characters"
    assert max(lengths) - min(lengths) <= 5, "both are about 100 long, not 110 and 90"


def test_offsets_count_in_the_whole_text() -> None:
    start, stop = TEXT.index("five"), TEXT.index(" ten")
    spans = list(cut(words(TEXT), Span(start, stop), 14, 0))
    assert [TEXT[span.start : span.end] for span in spans] == ["five six seven", "eight nine"]


def test_a_word_longer_than_a_passage_is_cut_at_the_size() -> None:
    assert passages("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_paragraph_that_ends_near_the_ideal_place_comes_before_a_sentence() -> None:
    def end(paragraph: int) -> int:
        places = Places("a" * 200, [([paragraph], 1 / 4), ([95], inf)], [], even=False)
        return _end(places, Span(0, 200), 100, 0)

    assert end(80) == 80, "20 from the ideal is within a quarter of the size"
    assert end(75) == 75, "just a quarter is near enough"
    assert end(60) == 95, "40 from the ideal is too far: the sentence counts"


def test_a_passage_repeats_as_much_of_the_one_before_as_the_overlap_allows() -> None:
    spans = list(cut(words(TEXT), Span(0, len(TEXT)), 24, 9))
    assert [TEXT[span.start : span.end] for span in spans][:3] == [
        "one two three four five",
        "four five six seven",
        "six seven eight nine ten",
    ]
    assert all(0 < before.end - after.start <= 9 for before, after in pairwise(spans)), (
        "at most 9 characters come twice"
    )
    assert all(TEXT[span.start - 1 : span.start].strip() == "" for span in spans), "a passage begins in mid-word"


def test_each_passage_ends_later_than_the_one_before() -> None:
    text = "a bb " + "c" * 18 + " dd " + "e" * 19 + " f"
    spans = list(cut(words(text), Span(0, len(text)), 20, 19))
    assert all(before.end < after.end for before, after in pairwise(spans)), "a passage only repeats the one before"
    assert not text[spans[-1].end :].strip(), "the end of the region is in no passage"


def test_where_nothing_can_be_repeated_the_next_passage_begins_at_the_next_visible_character() -> None:
    places = words("aaaa   bbbb")
    assert _next_start(places, Span(0, 4), 11, 5, 0) == 7
    assert _next_start(words("aaaa   "), Span(0, 4), 7, 5, 0) == 7, "only blank space is left: the end of the region"


def test_the_rest_may_be_shorter_than_what_is_repeated() -> None:
    assert passages("one two three four", 13, overlap=8) == ["one two three", "three four"]

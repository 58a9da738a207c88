"""Two rankings become one: each scaled by itself to 0..1, then weighed."""

from __future__ import annotations

import pytest

from assistant.retrieval.fusion import convex_combination, min_max

DENSE = [("a", 0.9), ("b", 0.5), ("c", 0.1)]
LEXICAL = [("d", 30.0), ("b", 20.0), ("e", 10.0)]


def test_min_max_maps_the_lowest_score_to_0_and_the_highest_to_1() -> None:
    assert min_max([3, 1, 2]) == pytest.approx([1, 0, 0.5]), "in the order in which the scores came"
    assert min_max([-2, -4]) == pytest.approx([1, 0]), "scores may be below 0"


def test_min_max_of_equal_scores_is_1_and_of_none_is_nothing() -> None:
    assert min_max([5, 5]) == [1, 1], "where all scores are equal, the width is 0: each of them is 1"
    assert min_max([0.3]) == [1]
    assert min_max([]) == []


def test_a_passage_of_both_rankings_gets_a_share_of_each() -> None:
    found = convex_combination(DENSE, LEXICAL, 0.75)
    assert found["b"] == pytest.approx(0.75 * 0.5 + 0.25 * 0.5), "b is in the middle of both rankings"


def test_each_ranking_is_scaled_by_itself() -> None:
    found = convex_combination(DENSE, LEXICAL, 0.75)
    assert found["a"] == pytest.approx(0.75), "a is the best by meaning: 1 there, however small the cosines are"
    assert found["d"] == pytest.approx(0.25), "d is the best by words: 1 there, however large the BM25 scores are"


def test_no_passage_is_lost() -> None:
    found = convex_combination(DENSE, LEXICAL, 0.75)
    assert sorted(found) == ["a", "b", "c", "d", "e"], "a passage that only one search found is a candidate, too"
    assert found["e"] == 0, "e is the last by words and unknown by meaning"


def test_an_empty_ranking_weighs_nothing() -> None:
    assert convex_combination([], LEXICAL, 0.75) == pytest.approx({"d": 0.25, "b": 0.125, "e": 0})
    assert convex_combination(DENSE, [], 1.0) == pytest.approx({"a": 1, "b": 0.5, "c": 0})
    assert convex_combination([], [], 0.75) == {}


def test_the_weight_is_that_of_the_search_by_meaning() -> None:
    assert convex_combination([("a", 1.0)], [("b", 1.0)], 0.9) == pytest.approx({"a": 0.9, "b": 0.1})

"""Recall, nDCG and the reciprocal rank of a question, by hand."""

from __future__ import annotations

from math import log2

import pytest

from assistant.evaluation.ranking import ndcg, recall, reciprocal_rank


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([1], 1.0),
        ([2], 1 / log2(3)),
        ([10], 1 / log2(11)),
        ([1, 2], 1.0),
        ([2, 1], 1.0),
        ([1, 3], (1 + 1 / 2) / (1 + 1 / log2(3))),
    ],
)
def test_ndcg_has_the_textbook_value(ranks: list[int | None], expected: float) -> None:
    assert ndcg(ranks) == pytest.approx(expected)


def test_evidence_that_was_not_found_gains_nothing_and_belongs_to_the_ideal() -> None:
    assert ndcg([None]) == 0
    assert ndcg([1, None]) == pytest.approx(1 / (1 + 1 / log2(3))), "one of two pieces is missing, so it is below 1"


def test_ranks_beyond_k_gain_nothing() -> None:
    assert ndcg([11]) == 0, "k is 10 unless another is given"
    assert ndcg([1, 4], k=3) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_the_ideal_ranking_is_cut_at_k_too() -> None:
    assert ndcg([1, 2, None], k=2) == pytest.approx(1), "in two passages, no ranking can show three pieces one by one"


def test_several_pieces_in_one_passage_are_no_better_than_the_ideal() -> None:
    assert ndcg([1, 1, 1]) == pytest.approx(1), "no ranking is better than the ideal one"
    second = 1 / log2(3)
    assert ndcg([2, 2]) == pytest.approx(2 * second / (1 + second)), "both pieces were seen at rank 2"


def test_recall_is_the_share_of_the_evidence() -> None:
    assert recall([1, 5, 6, None], 5) == 0.5, "of four pieces, two are in the first five passages"
    assert recall([1, 5, 6, None], 10) == 0.75
    assert recall([3, 3], 3) == 1, "a passage may hold several pieces"


def test_the_reciprocal_rank_is_that_of_the_first_evidence() -> None:
    assert reciprocal_rank([9, 4, None]) == 0.25
    assert reciprocal_rank([1]) == 1
    assert reciprocal_rank([None]) == reciprocal_rank([11]) == 0
    assert reciprocal_rank([3], k=2) == 0

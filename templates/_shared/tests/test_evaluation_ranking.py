"""Ranking scores: known values, bounds, and no reward for what a rule does not ask for."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_package.evaluation.ranking import ndcg, recall, reciprocal_rank

ranks = st.lists(st.none() | st.integers(1, 30), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([1], 1.0),
        ([2], 1 / log2(3)),
        ([10], 1 / log2(11)),
        ([11], 0.0),
        ([None], 0.0),
        ([1, 2], 1.0),
        ([2, 1], 1.0),
        ([1, None], 1 / (1 + 1 / log2(3))),
        ([1, 3], (1 + 1 / 2) / (1 + 1 / log2(3))),
    ],
)
def test_ndcg_has_the_textbook_value(found: list[int | None], expected: float) -> None:
    assert ndcg(found) == pytest.approx(expected)


def test_one_passage_with_everything_is_as_good_as_the_ideal_ranking_and_no_better() -> None:
    assert ndcg([1, 1, 1]) == pytest.approx(1)
    assert ndcg([3, 3]) < 1


@given(ranks, st.data())
def test_finding_evidence_earlier_is_never_worse(found: list[int | None], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(found) - 1))
    better = [*found]
    better[index] = data.draw(st.integers(1, found[index] or 30))
    assert ndcg(better) >= ndcg(found) - 1e-12
    assert recall(better, 5) >= recall(found, 5)
    assert reciprocal_rank(better) >= reciprocal_rank(found)


def test_recall_counts_evidence_and_not_passages() -> None:
    assert recall([1, 5, 6, None], 5) == 0.5
    assert recall([1, 5, 6, None], 10) == 0.75


def test_the_reciprocal_rank_is_that_of_the_first_evidence() -> None:
    assert reciprocal_rank([None, 4, 9]) == 0.25
    assert reciprocal_rank([11]) == 0

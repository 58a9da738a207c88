"""Two systems on the same items, with differences that can be added up by hand."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from bench.errors import BenchError
from bench.evaluation.comparison import POWER, Comparison, Pair, compare
from bench.settings import Statistics

NAN = float("nan")
STATISTICS = Statistics(seed=1, permutations=20_000, alpha=0.05)
# Each of six items is better: 2 of all 64 flips are as extreme, which is .031.
SIX = [0.1, 0.2, 0.1, 0.3, 0.2, 0.1]


def compared(pairs: list[tuple[str, str]], **scores: Any) -> list[Comparison]:
    arrays = {name: np.array(one, dtype=float) for name, one in scores.items()}
    return compare([Pair(old, new, arrays[old], arrays[new]) for old, new in pairs], STATISTICS)


def versus(old: Any, new: Any) -> Comparison:
    (found,) = compared([("old", "new")], old=old, new=new)
    return found


def test_the_difference_is_that_of_the_system_to_its_baseline() -> None:
    found = versus([0.5, 0.5, 0.5, 0.5], [0.75, 0.5, 0.25, 1.0])
    assert (found.baseline, found.system, found.n) == ("old", "new", 4)
    assert found.difference == pytest.approx(0.125), "more is better, so the system that is better has a plus"
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)


def test_that_some_items_are_hard_for_both_is_no_noise() -> None:
    hard = np.linspace(0, 0.9, 30)
    found = versus(hard, hard + np.tile([0.04, 0.05, 0.06], 10))
    low, high = found.ci95
    assert 0.04 < low < 0.05 < high < 0.06, "the interval is that of the differences, not of the scores"
    assert found.verdict == "better"
    assert found.p < 0.001, "each item is better than with the baseline"


def test_an_item_counts_only_if_both_have_a_score() -> None:
    found = versus([0.2, 0.4, NAN, 0.6, 0.0], [0.3, NAN, 0.9, 0.7, 0.1])
    assert found.n == 3, "the second item and the third one have one score each"
    assert found.difference == pytest.approx(0.1)
    assert (found.wins, found.ties, found.losses) == (3, 0, 0), "a score that is missing is not 0"


def test_repeats_are_no_more_items() -> None:
    found = versus([0, 0, 0, 0, 0, 0], [[1, 0, 1, 0, 0, 1], [0, 1, 1, 0, 1, 1]])
    assert found.n == 6, "six items, each answered twice"
    assert (found.wins, found.ties) == (5, 1)
    assert found.difference == pytest.approx(7 / 12)
    assert found.p == pytest.approx(2 / 32, abs=0.02), "of the five items that differ, all have the same sign"


def test_an_item_with_a_repeat_that_is_missing_is_left_out() -> None:
    found = versus([0, 0, 0], [[1, 0.5, NAN], [1, 0.5, 1]])
    assert found.n == 2, "the third item has an answer only once"
    assert found.difference == pytest.approx(0.75)


@pytest.mark.parametrize(("sign", "verdict"), [(1, "better"), (-1, "worse")])
def test_a_difference_that_is_rarely_chance_has_a_verdict(sign: int, verdict: str) -> None:
    found = versus(np.zeros(6), sign * np.array(SIX))
    assert found.p == found.p_holm == pytest.approx(2 / 64, abs=0.008)
    assert found.verdict == verdict


def test_the_more_pairs_the_more_it_takes() -> None:
    first, second = compared([("old", "a"), ("old", "b")], old=np.zeros(6), a=SIX, b=np.array(SIX) / 2)
    assert first.p < 0.05 < first.p_holm, "of two comparisons, one is below .05 by chance more often than of one"
    assert first.verdict == second.verdict == "undecided", "the verdict is by the corrected p-value"
    assert (first.system, second.system) == ("a", "b")
    alone = versus(np.zeros(6), SIX)
    assert first.ci95 == pytest.approx(alone.ci95), "the interval is of this pair alone"


def test_what_so_many_items_would_have_shown() -> None:
    deviation = (4 / 3) ** 0.5  # of 1, -1, 1, -1
    reach = NormalDist().inv_cdf(1 - 0.05 / 2) + NormalDist().inv_cdf(POWER)
    assert versus(np.zeros(4), [1, -1, 1, -1]).detectable == pytest.approx(reach * deviation / 2)


def test_with_more_pairs_only_a_larger_difference_would_have_been_shown() -> None:
    reach = NormalDist().inv_cdf(1 - 0.05 / 2 / 2) + NormalDist().inv_cdf(POWER)
    first, _ = compared([("old", "a"), ("old", "b")], old=np.zeros(4), a=[1, -1, 1, -1], b=SIX[:4])
    assert first.detectable == pytest.approx(reach * (4 / 3) ** 0.5 / 2), "each of two pairs is tested at alpha / 2"


def test_without_a_spread_nothing_is_known_about_it() -> None:
    assert versus([0.1, 0.2, 0.7], [0.4, 0.5, 1.0]).detectable is None, "each differs by 0.3, but for rounding"
    assert versus([0.5, 0.5], [0.5, 0.5]).detectable is None


def test_rounding_is_no_difference() -> None:
    found = versus([0.1 + 0.2, 0.7, 0.5], [0.3, 0.1 + 0.6, 0.5])
    assert (found.wins, found.ties, found.losses, found.p) == (0, 3, 0, 1)


@pytest.mark.parametrize("new", [[0.1, 0.2, 0.3], [0.1, float("inf")]])
def test_systems_need_finite_scores_of_the_same_items(new: list[float]) -> None:
    with pytest.raises(BenchError, match="finite scores of the same items"):
        compared([("old", "new")], old=[0.1, 0.2], new=new)


def test_pairs_of_one_family_may_have_other_items() -> None:
    first, second = compared([("a", "b"), ("c", "d")], a=np.zeros(6), b=SIX, c=[0, 0, 0], d=[0.5, 0.25, 0.5])
    assert (first.n, second.n, first.family, second.family) == (6, 3, 2, 2)
    assert first.p_holm == pytest.approx(2 * first.p), "it is corrected for both, whatever their items"


def test_a_pair_needs_two_items_in_common() -> None:
    with pytest.raises(BenchError, match="at least two items"):
        versus([0.1, NAN, 0.3], [0.1, 0.2, NAN])


def test_in_a_large_family_a_real_difference_can_be_found() -> None:
    same = [Pair("a", "b", np.zeros(30), np.zeros(30))] * 40
    *_, real = compare([*same, Pair("a", "c", np.zeros(30), np.ones(30))], Statistics(seed=1, permutations=100))
    assert real.verdict == "better"

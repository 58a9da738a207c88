"""The statistics hold what they promise: error rates, coverage and power by simulation, the rest by known answers.

A simulated rate may be as far from the right one as chance takes it in one of 5000 runs; seeds are fixed, so it passes
always or never.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from bench import bootstrap
from bench.bootstrap import Array
from bench.errors import BenchError
from bench.evaluation.comparison import Comparison, Pair, compare, sentence, spread
from bench.evaluation.permutation import p_values
from bench.settings import Statistics

STATISTICS = Statistics(seed=1, permutations=499)
MANY = Statistics(seed=1, permutations=20_000)


def near(value: Any, tolerance: float = 1e-9) -> Any:
    return pytest.approx(value, abs=tolerance)


def versus_zero(difference: Any, statistics: Statistics = STATISTICS) -> Comparison:
    base, new = np.zeros_like(difference, dtype=float), np.array(difference, dtype=float)
    return compare([Pair("base", "new", base, new)], statistics)[0]


def versus(new: Array, old: Array) -> Comparison:
    return compare([Pair("old", "new", old, new)], STATISTICS)[0]


def may_be(found: Any, low: float, high: float) -> bool:
    """Whether so many events, [runs], can come from a rate between these two."""
    least, most = stats.binom.ppf([1e-4, 1 - 1e-4], len(found), [low, high])
    return bool(least <= np.sum(found) <= most)


def rejected(differences: Array) -> list[bool]:
    """Which experiments, [runs, items], find a difference. Each has flips of its own."""
    return [p_values(one[None, :], 499, seed)[0] <= 0.05 for seed, one in enumerate(differences)]


def test_alike_systems_with_skewed_scores_are_told_apart_in_5_of_100_experiments() -> None:
    old, new = np.random.default_rng(1).lognormal(sigma=1.5, size=(2, 2000, 12))
    assert may_be(rejected(new - old), 0.05, 0.05)


def test_ties_make_the_test_careful_and_never_bold() -> None:
    old, new = np.random.default_rng(2).binomial(1, 0.8, size=(2, 2000, 40))
    assert may_be(rejected(new - old.astype(float)), 0.02, 0.05)


def test_a_family_of_alike_systems_has_a_winner_in_5_of_100_experiments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "RESAMPLES", 2)  # intervals are not looked at
    corrected, raw = [], []
    for seed in range(600):
        first, *others = np.random.default_rng(seed).exponential(size=(6, 25))
        pairs = [Pair("a", "b", first, other) for other in others]
        family = compare(pairs, Statistics(seed=seed, permutations=499))
        corrected.append(any(one.verdict != "undecided" for one in family))
        raw.append(any(one.p < 0.05 for one in family))
    assert may_be(corrected, 0.02, 0.05)
    assert np.mean(raw) > 0.1  # what Holm's method prevents


@pytest.mark.parametrize("items", [20, 80])
def test_intervals_hold_the_truth_as_often_as_they_can(items: int) -> None:
    # The bootstrap of a mean divides the variance by n instead of n - 1 and takes normal bounds instead of Student's.
    # So of normal values, the share of its intervals that are right is known: 92.9% with 20 items, 94.5% with 80.
    known = 2 * stats.t.cdf(1.96 * ((items - 1) / items) ** 0.5, items - 1) - 1
    right: list[bool] = []
    for seed in range(16):  # resamples are shared by 125 experiments, for speed
        values = np.random.default_rng(seed).normal(size=(items, 125))
        low, high = bootstrap.intervals(lambda rows: values[rows].mean(axis=0), items, seed).T  # noqa: B023
        right.extend((low <= 0) & (high >= 0))
    assert may_be(right, known - 0.005, known)  # a quantile of 1000 resamples has an error, too


def test_the_detectable_difference_is_found_in_4_of_5_experiments() -> None:
    values = np.random.default_rng(4).normal(size=(1500, 100))
    detectable = versus_zero(stats.zscore(values[0], ddof=1)).detectable or 0.0
    assert detectable == near(2.8 / 100**0.5, 0.001)
    assert may_be(rejected(values + detectable), 0.78, 0.80)  # 79% by a t-test, which has to estimate the deviation


@pytest.mark.parametrize("seed", range(4))
def test_p_is_that_of_all_flips(seed: int) -> None:
    difference = np.random.default_rng(seed).integers(-2, 4, 10)
    exact = stats.permutation_test((difference, np.zeros(10)), lambda a, b: np.mean(a - b), permutation_type="samples")
    assert versus_zero(difference, MANY).p == near(exact.pvalue, 0.015)


def test_sizes_by_hand() -> None:
    one = versus_zero([0.1, 0.3, 0.0, -0.2])
    assert (one.n, one.wins, one.ties, one.losses) == (4, 2, 1, 1)
    assert one.difference == near(0.05)


def test_an_item_that_one_system_has_no_score_for_is_left_out() -> None:
    old, new = np.random.default_rng(5).normal(size=(2, 20))
    new[3] = old[7] = np.nan
    kept = np.delete(new - old, [3, 7])
    one, same = compare([Pair("old", "new", old, new)], MANY)[0], versus_zero(kept, MANY)
    assert asdict(one) == {**asdict(same), "baseline": "old", "system": "new", "p": one.p, "p_holm": one.p}
    assert one.p == near(same.p, 0.01)  # by other flips
    ((low, high),) = bootstrap.intervals(lambda rows: [kept[rows].mean()], 18, seed=1)
    assert one.ci95 == (low, high)


def test_repeats_of_an_item_tell_no_more_than_the_item() -> None:
    values = np.random.default_rng(6).normal(0.2, 1, 30)
    repeats = values + np.array([[-0.4], [0.1], [0.3]])
    once, often = asdict(versus_zero(values)), asdict(versus_zero(repeats))
    assert often == {name: value if isinstance(value, str) else near(value) for name, value in once.items()}


def test_the_spread_tells_repeats_from_items() -> None:
    items, repeats = np.random.default_rng(7).normal(size=5000), np.random.default_rng(8).normal(0, 0.5, (2, 5000))
    assert spread(items + repeats) == near(0.5 / 5000**0.5, 0.01)
    assert spread(np.tile(items, (3, 1))) == near(0)
    assert spread(np.array([[0, 0, np.nan], [1, 1, 1]])) == near(0.5**0.5)


def test_a_regression_is_a_drop_beyond_chance() -> None:
    old, noise = np.random.default_rng(8).random(80), np.random.default_rng(9).normal(0, 0.05, 80)
    for same in (old.copy(), np.nextafter(old, -1)):  # another machine may round otherwise
        one = versus(same, old)
        assert (one.verdict, one.p, one.ties) == ("undecided", 1, 80)
    shifted = [versus(old + noise + shift, old).verdict for shift in (0, -0.05, 0.05)]
    assert shifted == ["undecided", "worse", "better"]


CHANCE = "(p = 0.0004 after Holm over 4 comparisons)."
BY = f"by 0.113 [0.071, 0.156] nDCG {CHANCE}"
UNCLEAR = f"No significant difference between b and a: -0.101 [-0.250, 0.125] nDCG {CHANCE}"


@pytest.mark.parametrize(
    ("verdict", "difference", "ci95", "detectable", "said"),
    [
        ("better", 0.113, (0.071, 0.156), 0.1, f"b is better than a {BY}"),
        ("worse", -0.113, (-0.156, -0.071), 0.1, f"b is worse than a {BY}"),
        ("undecided", -0.101, (-0.25, 0.125), None, UNCLEAR),
        (
            *("undecided", -0.101, (-0.25, 0.125), 0.13),
            f"{UNCLEAR} With 160 items, differences below 0.130 would often stay unseen.",
        ),
    ],
)
def test_the_verdict_in_words(verdict: Any, difference: float, ci95: Any, detectable: float | None, said: str) -> None:
    one = Comparison("a", "b", 160, difference, ci95, 0.0001, 0.0004, 4, detectable, 90, 40, 30, verdict)
    assert sentence(one, "nDCG") == said


def test_no_difference_at_all_and_the_same_one_everywhere() -> None:
    none, all_the_same = versus_zero([0.0] * 9), versus_zero([-0.3] * 9)
    assert sentence(none, "F1") == "new and base have the same F1 on each of the 9 items."
    assert (none.p, none.detectable, none.ci95) == (1, None, (0, 0))
    assert (all_the_same.detectable, all_the_same.verdict, all_the_same.losses) == (None, "worse", 9)


@hypothesis_settings(max_examples=30)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1.0, 0.3, -7.5, 1e6, np.nan])] * 2), max_size=7))
def test_any_scores_give_a_comparison_or_a_clear_error(items: list[tuple[float, float]]) -> None:
    old, new = np.array(items).reshape(-1, 2).T
    pairs = [Pair("old", "new", old, new), Pair("new", "old", new, old)]
    if (~np.isnan(new - old)).sum() < 2:
        with pytest.raises(BenchError, match="at least two items"):
            compare(pairs, STATISTICS)
        return
    there, back = compare(pairs, STATISTICS)
    json.dumps([asdict(there), asdict(back)], allow_nan=False)
    assert 0 < there.p <= there.p_holm <= 1
    assert there.wins + there.ties + there.losses == there.n
    assert (there.difference, there.wins, there.p) == (-back.difference, back.losses, back.p)
    assert sentence(there, "score").startswith(("new", "No significant difference between new"))


@pytest.mark.parametrize("other", [np.zeros(4), np.empty(0), np.full(3, np.inf)])
def test_what_cannot_be_compared(other: Array) -> None:
    with pytest.raises(BenchError, match="finite scores of the same items"):
        compare([Pair("a", "b", np.zeros(3), other)], STATISTICS)
    assert compare([], STATISTICS) == []

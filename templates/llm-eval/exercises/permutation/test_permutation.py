"""The paired permutation test on questions that can be counted by hand, and Holm's correction."""

from __future__ import annotations

import numpy as np
import pytest

from bench.evaluation.permutation import holm, p_values

FLIPS = 8000


@pytest.mark.parametrize(
    ("differences", "share"),
    [
        ([1, 1, 1], 2 / 8),  # +++ and ---
        ([3, -1, 2], 4 / 8),  # the sum is 4; of the eight sums, 6, 4, -4 and -6 are as far from 0
        ([2, 2, -1, 2], 4 / 16),  # the sum is 5; 7, 5, -5 and -7
    ],
)
def test_the_p_value_is_the_share_of_flips_that_are_as_extreme(differences: list[float], share: float) -> None:
    found = p_values(np.array([differences], dtype=float), FLIPS, seed=1)
    assert found[0] == pytest.approx(share, abs=0.03), f"of all flips of {differences}, {share:.0%} are as extreme"


def test_the_observed_signs_are_one_of_the_permutations() -> None:
    found = p_values(np.ones((1, 60)), 999, seed=1)
    assert found[0] == pytest.approx(1 / 1000), "no p-value is 0: at least the observed signs are as extreme"


def test_without_a_difference_every_flip_is_as_extreme() -> None:
    assert p_values(np.zeros((1, 20)), 200, seed=1)[0] == 1


def test_the_test_has_two_sides() -> None:
    differences = np.random.default_rng(2).normal(0.2, 1, 50)
    better, worse = p_values(np.array([differences, -differences]), 2000, seed=1)
    assert better == worse, "that a system is worse is as surprising as that it is better"


def test_all_rows_are_judged_by_the_same_flips() -> None:
    row = np.random.default_rng(3).normal(0.2, 1, 30)
    found = p_values(np.array([row, np.zeros(30), row]), 2000, seed=1)
    assert found.shape == (3,), "there is one p-value for each row"
    assert found[0] == found[2], "equal rows have equal p-values"


def test_the_same_seed_gives_the_same_p_value() -> None:
    row = np.random.default_rng(4).normal(0.2, 1, (1, 30))
    assert p_values(row, 500, seed=7) == p_values(row, 500, seed=7)


def test_rounding_makes_no_sum_less_extreme() -> None:
    whole = np.random.default_rng(4).integers(-3, 4, size=(100, 6)).astype(float)
    wanted = p_values(whole, 1000, seed=1)
    found = p_values(whole / 10, 1000, seed=1)
    np.testing.assert_array_equal(found, wanted, "0.1 + 0.2 - 0.3 is not quite 0, but it counts as 0")


def test_holm_gives_the_published_example() -> None:
    # 4 * .005, 3 * .01, 2 * .03, and 1 * .04, which is not below the one before it
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert found.tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02]), "each stays in its place"


def test_a_greater_p_value_is_never_below_a_smaller_one() -> None:
    assert holm(np.array([0.03, 0.031])).tolist() == pytest.approx([0.06, 0.06]), "0.031 once, but not below 0.06"


def test_no_p_value_is_above_1() -> None:
    assert holm(np.array([0.5, 0.9, 0.7])).tolist() == [1, 1, 1]


def test_one_comparison_needs_no_correction() -> None:
    assert holm(np.array([0.04])).tolist() == pytest.approx([0.04])


def test_the_p_values_before_correction_stay_as_they_are() -> None:
    p = np.array([0.02, 0.01])
    holm(p)
    assert p.tolist() == [0.02, 0.01], "the caller still needs them"

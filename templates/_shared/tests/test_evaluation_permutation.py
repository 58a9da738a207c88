"""The permutation test and Holm's correction against known answers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_package.evaluation import permutation
from any_package.evaluation.permutation import holm, p_values


def test_the_p_value_is_that_of_all_flips() -> None:
    differences = np.array([0.5, 0.25, 0.125, -0.1, 0.3, 0.2, 0.0, 0.4])
    flips = np.array(list(product([-1, 1], repeat=len(differences))))
    exact = np.mean(np.abs(flips @ differences) >= abs(differences.sum()) - 1e-12)
    assert p_values(differences[None, :], 40_000, seed=1)[0] == pytest.approx(exact, abs=0.01)


def test_no_difference_gives_1_and_a_great_one_the_smallest_possible() -> None:
    p = p_values(np.array([np.zeros(60), np.ones(60)]), 999, seed=1)
    assert p.tolist() == [1, 1 / 1000]


def test_the_test_has_two_sides() -> None:
    differences = np.random.default_rng(2).normal(0.2, 1, 50)
    there, back = p_values(np.array([differences, -differences]), 5000, seed=1)
    assert there == back


def test_the_unit_does_not_matter_nor_how_many_flips_are_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(4).integers(-3, 4, size=(200, 6)) / 10  # with many ties
    found = p_values(differences, 2000, seed=1)
    np.testing.assert_array_equal(p_values(differences * 1e6, 2000, seed=1), found)
    monkeypatch.setattr(permutation, "AT_ONCE", 60)
    np.testing.assert_allclose(p_values(differences, 2000, seed=1), found, atol=0.05)


def test_it_rejects_as_rarely_as_it_says_when_nothing_differs() -> None:
    p = p_values(np.random.default_rng(3).normal(size=(1000, 40)), 400, seed=1)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.025)


def test_holm_gives_the_published_example() -> None:
    # Holm's step-down on .01, .04, .03, .005: 4 * .005, 3 * .01, 2 * .03, then not below what came before.
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_and_lowers_nothing(p: list[float]) -> None:
    values = np.array(p)
    adjusted = holm(values)
    assert ((adjusted >= values) & (adjusted <= 1)).all()
    assert (np.diff(adjusted[np.argsort(values, kind="stable")]) >= 0).all()

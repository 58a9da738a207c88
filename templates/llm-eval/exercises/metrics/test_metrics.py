"""Metrics of labels and of confidence, on a few items each."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from bench.evaluation.classification import auc, expected_calibration_error, macro_f1, selective_accuracy


def calibration(confidence: list[float], correct: list[int], bins: int = 10) -> float:
    return expected_calibration_error(np.array(confidence), np.array(correct, dtype=bool), bins)


def selected(confidence: list[float], correct: list[int], coverage: float = 0.5) -> float:
    return selective_accuracy(np.array(confidence), np.array(correct, dtype=bool), coverage)


def area(scores: list[float], positive: list[int]) -> float:
    return auc(np.array(scores), np.array(positive, dtype=bool))


def test_a_label_that_is_never_predicted_has_an_f1_of_0() -> None:
    found = macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"])
    assert found == pytest.approx((6 / 7 + 0) / 2), "b is rare, but counts as much as a"


def test_f1_of_each_label_by_hand() -> None:
    # a: 2 right of 3 expected and 2 predicted; b: 1 right of 1 expected and 2 predicted
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "b", "b"]) == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert macro_f1(["a", "b"], ["a", "b"]) == 1


def test_an_answer_that_could_not_be_read_is_a_miss_and_no_label() -> None:
    assert macro_f1(["a", "b"], ["a", ""]) == pytest.approx(1 / 2), "the mean is over a and b, not over '' too"
    assert macro_f1(["a", "a"], ["a", "other"]) == pytest.approx(2 / 3)


def test_calibration_compares_confidence_with_the_share_that_is_right() -> None:
    assert calibration([0.9] * 4, [1, 1, 1, 0]) == pytest.approx(0.15)
    assert calibration([0.8] * 5, [1, 1, 1, 1, 0]) == pytest.approx(0), "right in 4 of 5: this confidence is ideal"


def test_gaps_cancel_within_a_bin_but_not_between_bins() -> None:
    assert calibration([0.65, 0.65], [1, 0]) == pytest.approx(0.15), "one bin: |0.65 - 1/2|"
    assert calibration([0.75, 0.25], [1, 0]) == pytest.approx(0.25), "two bins, each off by 0.25"


def test_a_bin_counts_by_its_items() -> None:
    found = calibration([0.95, 0.95, 0.95, 0.15], [1, 1, 1, 1])
    assert found == pytest.approx((3 * 0.05 + 0.85) / 4), "three items are off by 0.05 and one by 0.85"


def test_the_upper_edge_belongs_to_a_bin_and_the_lower_one_does_not() -> None:
    assert calibration([0.1, 0.05], [1, 0]) == pytest.approx(0.85 / 2), "0.1 and 0.05 are in the first bin"
    assert calibration([0.5, 0.55], [1, 0]) == pytest.approx((0.5 + 0.55) / 2), "0.5 is in the bin below 0.55"
    assert calibration([0.0, 1.0], [0, 1]) == 0, "0 and 1 have bins, too"
    assert calibration([0.0, 0.05], [1, 0]) == pytest.approx(0.95 / 2), "0 is in the first bin"


def test_the_number_of_bins_can_be_given() -> None:
    assert calibration([0.9, 0.1, 0.2], [1, 1, 0], bins=1) == pytest.approx(abs(0.4 - 2 / 3))


def test_only_the_surest_items_count() -> None:
    assert selected([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 1]) == 0.5, "0.9 is right, 0.8 is not"
    assert selected([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 1], coverage=0.25) == 1
    assert selected([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 0], coverage=1) == 0.25, "coverage 1 is accuracy"
    assert selected([0.3, 0.7, 0.2], [0, 1, 0], coverage=0.01) == 1, "at least one item is answered"


@pytest.mark.parametrize("turn", [1, -1])
def test_the_order_of_items_that_are_equally_sure_makes_no_difference(turn: int) -> None:
    confidence, correct = [0.9, 0.5, 0.5, 0.1][::turn], [1, 1, 0, 1][::turn]
    assert selected(confidence, correct) == 0.75, "0.9 is right, and one of two items that are right half of the time"
    assert selected([0.4] * 4, [1, 0, 0, 0][::turn]) == 0.25


def test_auc_counts_pairs() -> None:
    assert area([0.9, 0.8, 0.3], [1, 0, 0]) == 1
    assert area([0.1, 0.8], [1, 0]) == 0
    assert area([0.9, 0.7, 0.6, 0.2], [1, 0, 1, 0]) == pytest.approx(3 / 4), "only 0.6 is below 0.7"


def test_a_tie_is_half_a_pair() -> None:
    assert area([0.5, 0.5], [1, 0]) == 0.5, "an item that scores the same is neither above nor below"
    assert area([0.5, 0.5, 0.2], [1, 0, 0]) == pytest.approx(3 / 4)


@pytest.mark.parametrize("positive", [[1, 1], [0, 0]])
def test_auc_needs_both_kinds_of_items(positive: list[int]) -> None:
    assert isnan(area([0.1, 0.2], positive)), "without a pair there is nothing to count"

"""The rates of groups on hand-made cases, the largest difference, and its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from capstone import fairness
from capstone.fairness import Difference
from capstone.settings import Settings
from toy_case import settings

Row = tuple[str | None, bool, bool, bool]  # group, whether it is a yes, whether it is answered yes, whether accepted


def asked(columns: tuple[str, ...] = ("group",), min_rows: int = 5, positive: str | None = "yes") -> Settings:
    return settings(
        problem={"title": "T", "decision": "D?", "target": "t", "options": ["no", "yes"], "positive": positive},
        slices={"columns": list(columns), "people": list(columns), "min_rows": min_rows},
    )


def measured(rows: list[Row], wanted: Settings | None = None) -> dict[str, Difference]:
    names = [f"c{place}" for place in range(len(rows))]
    groups, truth, answers, accepted = (list(column) for column in zip(*rows, strict=True))
    words = {True: "yes", False: "no"}
    frame = pd.DataFrame({"group": pd.Series(groups, names, dtype=object), "other": "same"})
    found = fairness.measure(
        frame,
        pd.Series([words[one] for one in truth], names),
        pd.Series([words[one] for one in answers], names),
        np.array(accepted, dtype=bool),
        wanted or asked(),
    )
    return {one.metric: one for one in found}


def group(name: str | None, hits: int, misses: int, alarms: int, rest: int, referred: int = 0) -> list[Row]:
    """Yes and found, yes and missed, no but answered yes, no; the first of them are referred."""
    kinds = [(True, True)] * hits + [(True, False)] * misses + [(False, True)] * alarms + [(False, False)] * rest
    return [(name, *kind, place >= referred) for place, kind in enumerate(kinds)]


# Each has 20 cases, of which 10 are a yes; of a, 8 are found, of b, 5; of a, 2 others are answered yes, of b, 3.
TWO = [*group("b", 5, 5, 3, 7, referred=8), *group("a", 8, 2, 2, 8, referred=4)]


def rates(found: Difference) -> dict[str, float]:
    return {one.name: one.value for one in found.groups}


def test_each_rate_is_a_share_of_the_cases_that_it_is_about() -> None:
    found = measured(TWO)
    assert list(found) == list(fairness.LABELS)
    assert rates(found["selection_rate"]) == pytest.approx({"a": 10 / 20, "b": 8 / 20})
    assert rates(found["true_positive_rate"]) == pytest.approx({"a": 8 / 10, "b": 5 / 10}), "of those that are a yes"
    assert rates(found["false_positive_rate"]) == pytest.approx({"a": 2 / 10, "b": 3 / 10}), "of the others"
    assert rates(found["referral_rate"]) == pytest.approx({"a": 4 / 20, "b": 8 / 20}), "those that are not accepted"


def test_the_value_is_the_largest_difference() -> None:
    found = measured([*TWO, *group("c", 6, 4, 0, 10)])["true_positive_rate"]
    assert found.value == pytest.approx(0.3), "a has 0.8, b 0.5 and c 0.6"


def test_the_groups_are_in_order_and_have_their_sizes() -> None:
    found = measured(TWO)
    assert [(one.name, one.n) for one in found["selection_rate"].groups] == [("a", 20), ("b", 20)]
    assert [(one.name, one.n) for one in found["true_positive_rate"].groups] == [("a", 10), ("b", 10)], (
        "a rate of those that are a yes is about ten cases of each group"
    )


def test_each_rate_says_what_it_is() -> None:
    found = measured(TWO)["true_positive_rate"]
    assert (found.column, found.label) == ("group", "answered yes, of those that are")


def test_a_group_that_is_too_small_is_left_out() -> None:
    found = measured([*TWO, *group("tiny", 4, 0, 0, 0)])["selection_rate"]
    assert rates(found).keys() == {"a", "b"}, "four cases say nothing about a group: five are asked for"
    assert found.value == pytest.approx(0.1), "all of the four are answered yes, and would make the difference 0.6"


def test_a_group_of_just_the_size_counts() -> None:
    assert measured([*TWO, *group("c", 5, 0, 0, 0)])["selection_rate"].value == pytest.approx(0.6)


def test_a_size_is_that_of_the_cases_that_the_rate_is_about() -> None:
    found = measured([*TWO, *group("c", 1, 0, 10, 9)])
    assert rates(found["selection_rate"]).keys() == {"a", "b", "c"}
    assert rates(found["true_positive_rate"]).keys() == {"a", "b"}, "c has 20 cases, but only one that is a yes"


def test_cases_without_a_group_are_left_out() -> None:
    assert rates(measured([*TWO, *group(None, 20, 0, 20, 0)])["selection_rate"]).keys() == {"a", "b"}


def test_one_group_has_no_difference() -> None:
    assert measured(group("a", 8, 2, 2, 8)) == {}
    found = measured([*group("a", 8, 2, 2, 8), *group("b", 0, 0, 2, 8)])
    assert "true_positive_rate" not in found, "no case of b is a yes"
    assert "false_positive_rate" in found


def test_nothing_is_measured_where_no_answer_is_looked_for() -> None:
    assert measured(TWO, asked(positive=None)) == {}


def test_each_column_of_people_is_measured() -> None:
    frame = pd.DataFrame({"group": ["a", "b"] * 10, "other": ["x"] * 10 + ["y"] * 10})
    answers = pd.Series((["yes"] * 5 + ["no"] * 5) * 2)
    accepted = np.ones(20, dtype=bool)
    found = fairness.measure(frame, answers, answers, accepted, asked(("group", "other"), min_rows=2))
    assert [one.column for one in found] == ["group"] * 4 + ["other"] * 4
    assert fairness.measure(frame, answers, answers, accepted, asked(())) == []


def test_the_interval_is_that_of_a_difference() -> None:
    found = measured([*group("a", 100, 100, 0, 0), *group("b", 60, 140, 0, 0)])["selection_rate"]
    low, high = found.ci95
    assert low <= found.value <= high
    # Of shares of 0.5 and 0.3 among 200 cases each, the difference has a standard error of 0.048.
    assert high - low == pytest.approx(2 * 1.96 * 0.048, rel=0.15), (
        "it is narrower than from the lower end of one group to the upper end of the other: both are seldom off at once"
    )


def test_each_resample_has_its_own_largest_difference() -> None:
    found = measured([row for name in "abcd" for row in group(name, 50, 50, 0, 0)])["selection_rate"]
    assert found.value == 0
    low, high = found.ci95
    assert low > 0, "among four groups, chance alone makes a largest difference, whichever two it is between"
    assert high < 0.4


def test_the_same_seed_gives_the_same_interval() -> None:
    assert measured(TWO) == measured(TWO)

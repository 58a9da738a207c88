"""The limit is shown to keep the risk, the curve shows what others give, and some cases are for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from capstone import domain, policy
from capstone.manifest import Array, CategoricalInput, Input, NumericInput, TextInput, Value

INPUTS: list[Input] = [
    NumericInput(name="weight", nullable=True, typical=2, seen=(1, 3)),
    CategoricalInput(name="city", nullable=False, typical="Bern", choices=["Basel", "Bern"]),
    TextInput(name="note", longest=100),
]
USUAL: dict[str, Value] = {"weight": 2.0, "city": "Bern", "note": "small"}
Guard = Callable[[Mapping[str, Value]], str | None]


SURE = np.arange(1, 101) / 100  # the uncertainties of a hundred cases


def wrong(*places: int) -> Array:
    """The losses of a hundred cases, of which those at these places, counted from 1, are wrong."""
    return np.isin(np.arange(1, 101), places).astype(float)


def curve(uncertainty: Sequence[float], losses: Sequence[float]) -> list[tuple[float, float]]:
    found = policy.curve(np.array(uncertainty, dtype=float), np.array(losses, dtype=float))
    return [(one["coverage"], one["risk"]) for one in found]


def guard_with(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> None:
    """Another rule of the domain, however the policy has imported it."""
    old = domain.guard
    for module in (domain, policy):
        for name in [name for name, value in vars(module).items() if value is old]:
            monkeypatch.setattr(module, name, guard)


def test_the_limit_is_the_last_that_is_shown_to_keep_the_risk() -> None:
    assert policy.choose_limit(SURE, wrong(), 0.17) == 1, "no answer is wrong, so all may be accepted"
    assert policy.choose_limit(SURE, wrong(*range(41, 101)), 0.17) == 0.4, "of the 45 surest, 5 are wrong"
    assert policy.choose_limit(SURE[::-1].copy(), wrong(*range(1, 61)), 0.17) == 0.4, "in any order of the cases"


def test_a_limit_that_only_these_cases_keep_is_not_shown() -> None:
    assert policy.choose_limit(SURE, wrong(*range(10, 101, 10)), 0.1) is None, "one in ten is wrong here: luck or not?"
    assert policy.choose_limit(SURE, wrong(), 0.13) is None, "20 right answers do not show that 13% are wrong at most"
    assert policy.choose_limit(SURE, wrong(), 0.13, confidence=0.9) == 1, "with less confidence, they do"


def test_after_a_limit_that_fails_no_other_is_tried() -> None:
    assert policy.choose_limit(SURE, wrong(1, 2), 0.2) is None, "2 of 20 fail, though 2 of 100 would pass"


def test_the_risk_is_that_of_the_accepted_answers() -> None:
    mistakes = wrong(*range(1, 6))
    assert policy.choose_limit(SURE, mistakes, 0.2) is None, "5 of 20 accepted answers are wrong, and not 5 of 100"


def test_equally_sure_answers_are_accepted_together() -> None:
    uncertainty = np.repeat([0.1, 0.2], [20, 80])
    assert policy.choose_limit(uncertainty, wrong(*range(60, 101)), 0.17) == 0.1, "a limit of 0.2 accepts all cases"
    assert policy.choose_limit(uncertainty, wrong(*range(30, 40)), 0.2) == 0.2, "10 of 100 are wrong: that keeps 0.2"


def test_cases_of_one_group_count_once() -> None:
    groups = np.arange(100) // 5
    assert policy.choose_limit(SURE, wrong(), 0.17, groups=groups) is None, "the first limit accepts 4 groups, not 20"
    assert policy.choose_limit(SURE, wrong(), 0.17, groups=np.arange(100)) == 1


def test_where_no_limit_keeps_the_risk_there_is_none() -> None:
    assert policy.choose_limit(SURE, np.ones(100), 0.5) is None
    assert policy.choose_limit(np.array([]), np.array([]), 0.5) is None, "without cases nothing is shown"


def test_of_the_limits_that_keep_the_risk_the_cheapest_is_the_answer() -> None:
    losses = np.where(SURE <= 0.6, 0.0, 0.3)
    cheap, dear = (policy.choose_limit(SURE, losses, 0.9, referred=np.full(100, price)) for price in (0.1, 0.5))
    assert cheap == 0.6, "a person decides the others for 0.1, which cost 0.3 if they are accepted"
    assert dear == 1, "a person costs 0.5"
    assert policy.choose_limit(SURE, losses, 0.9, referred=np.full(100, 0.3)) == 1, "of equal ones, the largest"


def test_losses_may_be_any_numbers() -> None:
    losses = np.where(SURE <= 0.5, 10.0, 90.0)
    chosen = policy.choose_limit(SURE, losses, 60.0)
    assert chosen is not None, "of a forecast, a loss is an error in its unit"
    assert losses[chosen >= SURE].mean() < 60


def test_the_curve_has_the_mean_loss_of_the_surest_answers() -> None:
    found = curve([0.3, 0.1, 0.2, 0.4], [1, 0, 1, 0])
    assert [coverage for coverage, _ in found] == pytest.approx([0.25, 0.5, 0.75, 1])
    risks = [risk for _, risk in found]
    assert risks == pytest.approx([0, 1 / 2, 2 / 3, 1 / 2], abs=1e-4), "wrong answers among so many, not among all"


def test_the_curve_is_about_whole_cases() -> None:
    assert [one for one, _ in curve([0.1, 0.2, 0.3], [0, 0, 0])] == pytest.approx([1 / 3, 2 / 3, 1], abs=1e-4)


def test_the_curve_of_many_cases_has_so_many_points() -> None:
    random = np.random.default_rng(0)
    uncertainty, losses = random.random(997), random.random(997)
    found, ordered = policy.curve(uncertainty, losses), losses[np.argsort(uncertainty)]
    assert len(found) == policy.POINTS
    assert found[-1]["coverage"] == 1, "the last point is about all cases"
    for one in found:
        surest = ordered[: round(one["coverage"] * 997)]
        assert one["risk"] == pytest.approx(surest.mean(), rel=1e-4), f"at a coverage of {one['coverage']}"
    steps = [two["coverage"] - one["coverage"] for one, two in pairwise(found)]
    assert steps == pytest.approx([1 / policy.POINTS] * len(steps), abs=2 / 997), "the steps are equal"


def test_a_usual_case_has_no_reason_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    guard_with(monkeypatch, lambda case: None)
    assert policy.why(USUAL, INPUTS) == []
    assert policy.why({**USUAL, "weight": None}, INPUTS) == [], "a missing value is not unlike training"


def test_the_rule_of_the_domain_and_each_unusual_input_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    guard_with(monkeypatch, lambda case: "too light" if case["weight"] == 0.5 else None)
    first, *others = policy.why({**USUAL, "weight": 0.5, "city": "Rome"}, INPUTS)
    assert first == "too light"
    assert [one.split(":")[0] for one in others] == ["weight", "city"], "each says which input it is about"
    assert others[0] == "weight: 0.5 is outside the range seen in training, 1 to 3"


def test_a_table_is_decided_as_its_cases_are(monkeypatch: pytest.MonkeyPatch) -> None:
    guard_with(monkeypatch, lambda case: "empty" if case["note"] == "" else None)
    rows = [USUAL, {**USUAL, "weight": 9.0}, {**USUAL, "note": ""}, {**USUAL, "city": "Rome"}]
    found = policy.reserved(pd.DataFrame(rows, index=["k", "l", "m", "n"]).assign(other=1), INPUTS)
    assert list(found) == [False, True, True, True]
    assert list(~found) == [True, False, False, False], "an array of bools, since others write ~reserved"


def test_a_missing_number_of_a_table_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame([USUAL, {**USUAL, "weight": np.nan}])
    guard_with(monkeypatch, lambda case: None)
    assert list(policy.reserved(frame, INPUTS)) == [False, False], "NaN is no number outside the range: it is missing"
    guard_with(monkeypatch, lambda case: "not weighed" if case["weight"] is None else None)
    assert list(policy.reserved(frame, INPUTS)) == [False, True], "a rule asks for None, as in a request"

"""The limit keeps the risk of what is accepted, the curve shows what others give, and some cases are for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from capstone import domain, policy
from capstone.manifest import CategoricalInput, Input, NumericInput, TextInput, Value

INPUTS: list[Input] = [
    NumericInput(name="weight", nullable=True, typical=2, seen=(1, 3)),
    CategoricalInput(name="city", nullable=False, typical="Bern", choices=["Basel", "Bern"]),
    TextInput(name="note", longest=100),
]
USUAL: dict[str, Value] = {"weight": 2.0, "city": "Bern", "note": "small"}
Guard = Callable[[Mapping[str, Value]], str | None]


def limit(uncertainty: Sequence[float], losses: Sequence[float], most_risk: float) -> float:
    return policy.choose_limit(np.array(uncertainty, dtype=float), np.array(losses, dtype=float), most_risk)


def curve(uncertainty: Sequence[float], losses: Sequence[float]) -> list[tuple[float, float]]:
    found = policy.curve(np.array(uncertainty, dtype=float), np.array(losses, dtype=float))
    return [(one["coverage"], one["risk"]) for one in found]


def guard_with(monkeypatch: pytest.MonkeyPatch, guard: Guard) -> None:
    """Another rule of the domain, however the policy has imported it."""
    old = domain.guard
    for module in (domain, policy):
        for name in [name for name, value in vars(module).items() if value is old]:
            monkeypatch.setattr(module, name, guard)


def test_the_limit_is_the_largest_that_keeps_the_risk() -> None:
    uncertainty, losses = [0.4, 0.1, 0.3, 0.2], [1, 0, 0, 1]
    assert limit(uncertainty, losses, 0.34) == 0.3, "of the three surest, one is wrong: a third"
    assert limit(uncertainty, losses, 0.1) == 0.1, "only the surest answer is right"
    assert limit(uncertainty, losses, 0.6) == 0.4, "all answers together lose half"


def test_the_risk_is_that_of_the_accepted_answers() -> None:
    assert limit([0.1, 0.2, 0.3, 0.4], [0, 1, 1, 1], 0.3) == 0.1, (
        "up to 0.2, one of two accepted answers is wrong: that is half, and not a quarter of all four"
    )


def test_a_risk_that_is_just_kept_is_kept() -> None:
    assert limit([0.1, 0.2], [0, 1], 0.5) == 0.2, "at most 0.5 includes 0.5"


def test_a_risk_may_rise_and_fall_again() -> None:
    assert limit([0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], 0.3) == 0.4, "the surest answer is wrong, all four lose a quarter"


@pytest.mark.parametrize("losses", [[0, 0, 1], [0, 1, 0]])
def test_equally_sure_answers_are_accepted_together(losses: Sequence[float]) -> None:
    assert limit([0.1, 0.2, 0.2], losses, 0.2) == 0.1, "a limit of 0.2 would accept both cases of 0.2, and one is wrong"


def test_where_no_limit_keeps_the_risk_it_is_0() -> None:
    assert limit([0.1, 0.2], [1, 1], 0.5) == 0
    assert limit([], [], 0.5) == 0, "without cases there is no limit that is known to keep it"


def test_losses_may_be_any_numbers() -> None:
    assert limit([0.1, 0.2, 0.3], [10, 20, 90], 15) == 0.2, "of a forecast, a loss is an error in its unit"


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

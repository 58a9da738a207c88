"""Model and rule are scored on the same cases, then what the policy accepts, then the gain with a paired interval."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from capstone import scoring, technique
from capstone.answering import Answered
from capstone.data import Cases
from capstone.estimates import Column, Given, Score, ShareScore
from capstone.reporting.metrics import Metric
from capstone.settings import Settings
from toy_case import settings

RIGHT = ["send", "send", "keep", "keep", "ask"]  # the right answers of five cases
OURS = ["send", "send", "keep", "ask", "send"]  # three of five
THEIRS = ["send", "keep", "keep", "send", "send"]  # two of five


def hits(outcomes: Column, given: Given) -> np.ndarray:
    return np.asarray(outcomes == given["answer"], dtype=np.float64)


def missed(outcomes: Column, given: Given) -> float:
    return float((outcomes != given["answer"]).mean())


def scores(_settings: Settings) -> dict[str, Any]:
    return {"accuracy": ShareScore("Accuracy", hits, True), "errors": Score("Errors", missed, False)}


@pytest.fixture(autouse=True)
def technique_of_parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scores that are easy to check, however the module has imported them."""
    replaced: dict[object, object] = {technique.scores: scores}
    for module in (technique, scoring):
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType) and value in replaced:
                monkeypatch.setattr(module, name, replaced[value])


def answered(
    right: list[str] = RIGHT,
    ours: list[str] = OURS,
    theirs: list[str] = THEIRS,
    accepted: list[bool] | None = None,
    units: list[int] | None = None,
) -> Answered:
    names = [f"p{place}" for place in range(len(right))]
    outcomes = pd.Series(right, names)
    given, by_rule = pd.DataFrame({"answer": ours}, names), pd.DataFrame({"answer": theirs}, names)
    return Answered(
        cases=Cases(pd.DataFrame({"weight": 1.0}, names), outcomes),
        ours=given,
        theirs=by_rule,
        losses=np.asarray(given["answer"] != outcomes, dtype=np.float64),
        rule_losses=np.asarray(by_rule["answer"] != outcomes, dtype=np.float64),
        reserved=np.zeros(len(right), dtype=np.bool_),
        accepted=np.array([True] * len(right) if accepted is None else accepted),
        units=None if units is None else pd.Series(units, names),
    )


def asked(**training: Any) -> Settings:
    return settings(training={"headline": "accuracy", **training})


def by_name(metrics: list[Any]) -> dict[str, Any]:
    return {one.name: one for one in metrics}


def width(metric: Metric) -> float:
    assert metric.ci95 is not None, "each score has an interval"
    return metric.ci95[1] - metric.ci95[0]


def test_the_model_is_measured_on_all_cases() -> None:
    found = by_name(scoring.measure(answered(accepted=[True, False, True, False, False]), asked()))
    assert found["accuracy"].value == pytest.approx(3 / 5), "a case that a person decides was answered, too"
    assert found["errors"].value == pytest.approx(2 / 5)
    assert (found["accuracy"].label, found["accuracy"].higher_is_better) == ("Accuracy", True)
    assert (found["errors"].label, found["errors"].higher_is_better) == ("Errors", False)


def test_the_rule_is_measured_on_the_same_cases() -> None:
    found = by_name(scoring.measure_rule(answered(), asked()))
    assert {name: one.value for name, one in found.items()} == {"accuracy": pytest.approx(0.4), "errors": 0.6}
    assert {one.model for one in found.values()} == {"today's rule"}, "the report names it as the settings do"
    assert found["errors"].higher_is_better is False


def test_each_score_has_an_interval_that_holds_it() -> None:
    for one in [*scoring.measure(answered(), asked()), *scoring.measure_rule(answered(), asked())]:
        assert one.ci95 is not None, one.name
        assert one.ci95[0] <= one.value <= one.ci95[1], one.name


def test_the_policy_is_measured_by_what_it_accepts() -> None:
    found = by_name(scoring.measure(answered(accepted=[True, True, False, True, False]), asked()))
    assert found["accepted"].value == pytest.approx(3 / 5)
    assert found["accepted_risk"].value == pytest.approx(1 / 3, rel=1e-5), "one of three accepted answers is wrong"
    assert (found["accepted"].higher_is_better, found["accepted_risk"].higher_is_better) == (True, False)
    assert found["accepted"].label == "Answered without a person"
    assert found["accepted_risk"].label.endswith(", accepted")


def test_where_nothing_is_accepted_there_is_no_risk_of_it() -> None:
    found = by_name(scoring.measure(answered(accepted=[False] * 5), asked()))
    assert found["accepted"].value == 0
    assert "accepted_risk" not in found, "the risk of no answers has no value, and 0 would be a lie"


def test_the_whole_cost_has_the_mistakes_and_the_reading() -> None:
    given = answered(accepted=[True, True, False, True, False])
    assert "whole_cost" not in by_name(scoring.measure(given, asked())), "nobody has said what reading costs"
    priced = asked().model_copy(update={"cost": asked().cost.model_copy(update={"reading": 4.0})})
    found = by_name(scoring.measure(given, priced))["whole_cost"]
    assert found.value == pytest.approx((1 + 4 + 4) / 5), "one wrong accepted answer at 1, two readings at 4"
    assert found.higher_is_better is False
    rule = by_name(scoring.measure_rule(given, priced))["whole_cost"]
    assert rule.value == pytest.approx(3 / 5), "the rule answers each case, and three wrongly"
    free = priced.model_copy(update={"cost": priced.cost.model_copy(update={"reading": 0.0})})
    assert by_name(scoring.measure(given, free))["whole_cost"].value == pytest.approx(1 / 5), "0 is a price, too"


def test_the_gain_is_model_minus_rule() -> None:
    found = scoring.measure_gain(answered(), "heavier than 10 kg", asked())
    assert (found.metric, found.versus) == ("accuracy", "heavier than 10 kg")
    assert found.value == pytest.approx(0.2), "three of five, and not two"
    assert found.ci95[0] <= found.value <= found.ci95[1]


def test_of_a_score_that_should_be_low_a_gain_is_positive_too() -> None:
    assert scoring.measure_gain(answered(), "rule", asked(headline="errors")).value == pytest.approx(0.2)
    worse = answered(ours=THEIRS, theirs=OURS)
    assert scoring.measure_gain(worse, "rule", asked(headline="errors")).value == pytest.approx(-0.2)


def test_the_gain_is_paired() -> None:
    right, theirs = ["send"] * 200, ["send"] * 100 + ["keep"] * 100
    found = scoring.measure_gain(answered(right, ["send"] * 108 + ["keep"] * 92, theirs), "rule", asked())
    assert found.value == pytest.approx(0.04)
    assert found.ci95[0] > 0, (
        "model and rule give the same answer in 192 of 200 cases, and in 8 only the model is right: of the same cases, "
        "it is never worse. Intervals that are drawn apart do not see that"
    )
    assert found.ci95[1] < 0.08


def test_the_same_answers_gain_nothing() -> None:
    found = scoring.measure_gain(answered(theirs=OURS), "rule", asked())
    assert (found.value, found.ci95) == (0, (0, 0))


def test_cases_of_one_unit_are_drawn_together() -> None:
    right, ours, theirs = ["send"] * 200, (["send"] * 10 + ["keep"] * 10) * 10, ["keep"] * 200
    tens = [place // 10 for place in range(200)]
    apart, together = (answered(right, ours, theirs, units=one) for one in (None, tens))
    said = "ten cases of a unit have the same answer: they say as much as one, so the interval is wider"
    for name in ("accuracy", "errors"):
        pair = [by_name(scoring.measure(one, asked()))[name] for one in (apart, together)]
        assert width(pair[1]) > 2 * width(pair[0]), said
    narrow, wide = (scoring.measure_gain(one, "rule", asked()).ci95 for one in (apart, together))
    assert wide[1] - wide[0] > 2 * (narrow[1] - narrow[0]), said


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = (scoring.measure_gain(answered(), "rule", asked(seed=7)) for _ in range(2))
    assert first == second

"""One case: the answer, the reasons that belong to it, and all that speaks for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from capstone import deciding, domain, explain, policy, technique
from capstone.deciding import Decider, Decision, Reason, strongest
from capstone.explain import Change
from capstone.manifest import Input, Value
from toy_case import VERSION, manifest

SURE: dict[str, Value] = {"weight": 3.0, "city": "Bern", "note": "A small box."}  # the typical case, sent with 0.83
MANIFEST = manifest()  # parcels with weight, city and note; the limit is 0.2


def sent(frame: pd.DataFrame) -> pd.Series:
    """The chance that a parcel is sent: the lighter, the larger, and smaller in Basel."""
    light = 0.95 - 0.04 * frame["weight"].astype(float) - 0.1 * (frame["city"] == "Basel")
    return light.where(frame["weight"].notna(), 0.5)


class Model:
    """In place of the technique and of the reasons of this domain, so that each number can be checked by hand."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def answers(self, _model: Any, frame: pd.DataFrame, _settings: Any) -> pd.DataFrame:
        self.asked.append(len(frame))
        chance = sent(frame)
        answer = np.where(chance >= 0.5, "send", "keep").astype(object)
        return pd.DataFrame({"sent": chance, "answer": answer, "uncertainty": 1 - np.maximum(chance, 1 - chance)})

    def strength(self, given: pd.DataFrame, answer: str | float) -> np.ndarray:
        return np.asarray(given["sent"] if answer == "send" else 1 - given["sent"], dtype=np.float64)

    def options(self, row: pd.Series, _settings: Any) -> list[tuple[str, float]]:
        named = [("send", float(row["sent"])), ("keep", 1 - float(row["sent"]))]
        return sorted(named, key=lambda one: -one[1])

    def changes(self, case: Mapping[str, Value], _inputs: Sequence[Input]) -> list[Change]:
        usual: dict[str, Value] = {"weight": 3.0, "city": "Bern"}
        return [Change(name, case[name], {**case, name: value}) for name, value in usual.items() if case[name] != value]


class Number(Model):
    """Answers with a number."""

    def answers(self, _model: Any, frame: pd.DataFrame, _settings: Any) -> pd.DataFrame:
        weight = frame["weight"].astype(float)
        return pd.DataFrame({"answer": weight / 7, "uncertainty": 0.1, "low": weight / 8, "high": weight / 6})

    def strength(self, given: pd.DataFrame, answer: str | float) -> np.ndarray:
        return np.asarray(given["answer"], dtype=np.float64)

    def options(self, row: pd.Series, _settings: Any) -> list[tuple[str, float]]:
        return []


def put(patch: pytest.MonkeyPatch, model: Model, guard: Callable[[Mapping[str, Value]], str | None]) -> None:
    """Replace what the decider uses, however it has imported it."""
    replaced: dict[object, object] = {
        technique.answers: model.answers,
        technique.strength: model.strength,
        technique.options: model.options,
        explain.changes: model.changes,
        domain.guard: guard,
    }
    for module in (technique, explain, domain, policy, deciding):
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType) and value in replaced:
                patch.setattr(module, name, replaced[value])


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    put(monkeypatch, found := Model(), lambda case: "Fragile" if case["note"] == "glass" else None)
    return found


def decide(case: Mapping[str, Value], limit: float = 0.2, top: int = 5) -> Decision:
    return Decider(None, MANIFEST.model_copy(update={"limit": limit})).decide(case, top)


def effects(decision: Decision) -> dict[str, float]:
    return {one.input: one.effect for one in decision.reasons}


@pytest.mark.usefixtures("model")
def test_a_sure_answer_is_accepted() -> None:
    found = decide(SURE)
    assert (found.answer, found.accepted, found.why, found.warnings) == ("send", True, [], {})
    assert found.uncertainty == pytest.approx(0.17)
    assert {one.name: one.chance for one in found.options} == pytest.approx({"send": 0.83, "keep": 0.17})
    assert (found.interval, found.limit, found.model_version) == (None, 0.2, VERSION)


@pytest.mark.usefixtures("model")
def test_above_the_limit_a_person_decides() -> None:
    found = decide({**SURE, "weight": 8.0})  # sent with a chance of 0.63
    assert not found.accepted
    assert len(found.why) == 1
    assert "uncertainty" in found.why[0], "the reviewer must read that the answer is too uncertain"


@pytest.mark.usefixtures("model")
def test_an_uncertainty_of_just_the_limit_is_accepted() -> None:
    found = decide(SURE, limit=decide(SURE).uncertainty)
    assert found.accepted, "the policy accepts up to the limit, and the evaluation counted it so"


@pytest.mark.usefixtures("model")
def test_a_rule_of_the_domain_sends_a_sure_answer_to_a_person() -> None:
    found = decide({**SURE, "note": "glass"})
    assert (found.accepted, found.why) == (False, ["Fragile"]), "a small uncertainty does not outvote the rule"


@pytest.mark.usefixtures("model")
def test_an_unusual_value_sends_a_case_to_a_person_and_is_a_warning() -> None:
    found = decide({**SURE, "weight": 0.25})
    assert not found.accepted
    assert found.warnings.keys() == {"weight"}
    assert "outside the range" in found.warnings["weight"]
    assert found.why == [f"weight: {found.warnings['weight']}"]


@pytest.mark.usefixtures("model")
def test_everything_that_speaks_for_a_person_is_said() -> None:
    found = decide({"weight": 8.0, "city": "Rome", "note": "glass"})
    rule, city, limit = found.why
    assert rule == "Fragile"
    assert city.startswith("city: ")
    assert "uncertainty" in limit


@pytest.mark.usefixtures("model")
def test_an_absent_input_counts_as_missing() -> None:
    missing = {**SURE, "weight": None}
    absent = {name: value for name, value in missing.items() if name != "weight"}
    assert decide(absent) == decide(missing)
    assert decide(absent).uncertainty == 0.5


@pytest.mark.usefixtures("model")
def test_reasons_are_about_the_answer_that_is_given() -> None:
    heavy = decide({**SURE, "weight": 18.0, "city": "Basel"})  # kept with a chance of 0.87
    assert heavy.answer == "keep"
    assert effects(heavy) == {"weight": pytest.approx(0.6), "city": pytest.approx(0.1)}, (
        "with a weight of 3, it is kept with 0.27 only (and sent with 0.73): the weight gives 'keep' 0.6"
    )
    assert [(one.input, one.value) for one in heavy.reasons] == [("weight", 18.0), ("city", "Basel")]


@pytest.mark.usefixtures("model")
def test_what_weakens_the_answer_is_a_reason_below_0() -> None:
    found = decide({**SURE, "weight": 1.0, "city": "Basel"})  # sent with a chance of 0.81
    assert effects(found) == {"weight": pytest.approx(0.08), "city": pytest.approx(-0.1)}
    assert [one.input for one in found.reasons] == ["city", "weight"], "the strongest first, whatever its sign"


@pytest.mark.usefixtures("model")
def test_a_typical_case_has_no_reasons() -> None:
    assert decide(SURE).reasons == []


def test_the_model_is_asked_once(model: Model) -> None:
    decide({**SURE, "weight": 5.0, "city": "Basel"})
    assert model.asked == [3], "one call for the case and its two changes"


def test_without_reasons_the_model_answers_the_case_alone(model: Model) -> None:
    assert decide({**SURE, "weight": 5.0}, top=0).reasons == []
    assert model.asked == [1]


def test_an_answer_may_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Number(), lambda case: None)
    found = decide({**SURE, "weight": 8.0})
    assert found.answer == 1.142857, "8 / 7 in six decimals"
    assert found.interval == pytest.approx((1.0, 8 / 6))
    assert effects(found) == {"weight": pytest.approx(5 / 7)}


def test_the_strongest_changes_are_the_reasons() -> None:
    values: dict[str, Value] = {"a": 1.0, "b": None, "c": "x", "d": 2.0}
    changes = [Change(name, value, {}) for name, value in values.items()]
    strengths = np.array([0.5, 0.4, 0.75, 0.5, 0.45])
    found = strongest(changes, strengths, 5)
    assert [(one.input, one.value) for one in found] == [("b", None), ("a", 1.0), ("d", 2.0)], "c changes nothing"
    assert [one.effect for one in found] == pytest.approx([-0.25, 0.1, 0.05])
    assert strongest(changes, strengths, 2) == found[:2]
    assert strongest([], np.array([0.5]), 5) == []
    assert all(isinstance(one, Reason) for one in found)

"""One case through the service gets the answer that the evaluation gives it, with reasons and warnings."""

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from capstone import data, domain, policy, technique
from capstone.deciding import Decider
from capstone.manifest import plain
from capstone.settings import Settings


@pytest.fixture
def decider(project: Path) -> Decider:
    return Decider.load()


def test_single_cases_are_answered_as_many_are(decider: Decider, settings: Settings) -> None:
    cases = technique.asked(data.load(settings).test, settings).frame.head(12)
    cases = cases.drop(columns="asked", errors="ignore")
    together = technique.answers(decider.model, cases, settings)
    for position, case in enumerate(plain(cases, decider.manifest.inputs)):
        one, row = decider.decide(case, top=0), together.iloc[position]
        assert one.answer == (
            row["answer"] if isinstance(row["answer"], str) else pytest.approx(row["answer"], rel=1e-6)
        )
        assert one.uncertainty == pytest.approx(row["uncertainty"], abs=1e-9)


def test_the_verdict_follows_from_limit_guard_and_warnings(decider: Decider, settings: Settings) -> None:
    cases = plain(technique.asked(data.load(settings).test, settings).frame.head(40), decider.manifest.inputs)
    for case in cases:
        one = decider.decide(case, top=3)
        doubtful = not policy.within(one.uncertainty, one.limit) or domain.guard(case) is not None or bool(one.warnings)
        assert one.accepted is not doubtful
        assert bool(one.why) is doubtful
        assert len(one.reasons) <= 3
        sizes = [abs(reason.effect) for reason in one.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert all(np.isfinite(reason.effect) for reason in one.reasons)


def test_the_model_is_asked_once_for_the_answer_and_all_its_reasons(
    decider: Decider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(technique, "answers", asked := Mock(wraps=technique.answers))
    decided = [decider.decide(example) for example in decider.manifest.examples]
    assert decided
    assert asked.call_count == len(decided)


def test_options_are_chances(decider: Decider) -> None:
    decided = [decider.decide(example) for example in decider.manifest.examples]
    assert decided
    assert all(0 <= option.chance <= 1 for one in decided for option in one.options)


def test_an_absent_input_counts_as_missing(decider: Decider) -> None:
    example = decider.manifest.examples[0]
    named = next((one.name for one in decider.manifest.inputs if getattr(one, "nullable", False)), None)
    if named is None:
        pytest.skip("no input may be missing")
    without = {name: value for name, value in example.items() if name != named}
    assert decider.decide(without).answer == decider.decide({**example, named: None}).answer


def test_the_self_test_finds_a_broken_model(decider: Decider, monkeypatch: pytest.MonkeyPatch) -> None:
    decider.self_test()

    def broken(*_: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(technique, "answers", broken)
    with pytest.raises(ArithmeticError):
        decider.self_test()

"""Training: the served model repeats itself, is checked when it is read, and learns from what people decided."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from capstone import answering, artifacts, data, domain, policy, reviewed, technique, training
from capstone.artifacts import ModelError
from capstone.data import Cases
from capstone.manifest import ARTIFACTS
from capstone.settings import Settings


def test_the_same_data_give_the_same_answers_and_the_test_cases_do_not_matter(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, before = artifacts.load(ARTIFACTS)
    whole = data.load(settings)
    spoiled = Cases(whole.test.frame.iloc[:5], whole.test.outcomes.iloc[:5])
    monkeypatch.setattr(data, "load", lambda _: data.Dataset(whole.train, whole.validation, spoiled, whole.facts))
    training.train(settings)
    second, after = artifacts.load(ARTIFACTS)
    cases = technique.asked(whole.test, settings).frame
    one, other = (technique.answers(model, cases, settings) for model in (first, second))
    pd.testing.assert_frame_equal(one, other)
    for name in ("limit", "inputs", "examples", "trained_cases"):
        assert getattr(before, name) == getattr(after, name)


def test_what_is_fitted_or_chosen_has_seen_no_row_that_is_measured(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[str]] = {}
    fit, answers, by_rule = technique.fit, technique.answers, technique.by_rule

    def noted_fit(train: Cases, validation: Cases, asked: Settings) -> Any:
        seen["fit"], seen["calibration"] = set(train.frame.index), set(validation.frame.index)
        return fit(train, validation, asked)

    def noted_answers(model: Any, frame: pd.DataFrame, asked: Settings) -> pd.DataFrame:
        seen.setdefault("limit", set(frame.index))  # what training answers first; `fit` may answer, too
        return answers(model, frame, asked)

    def noted_rule(train: Cases, frame: pd.DataFrame, asked: Settings) -> pd.DataFrame:
        seen["rule"] = set(train.frame.index)
        return by_rule(train, frame, asked)

    for name, noted in (("fit", noted_fit), ("answers", noted_answers), ("by_rule", noted_rule)):
        monkeypatch.setattr(technique, name, noted)
    training.train(settings)
    dataset = data.load(settings)
    model, manifest = artifacts.load(ARTIFACTS)
    answered = answering.answer(model, dataset.train, dataset.test, manifest.inputs, settings)
    measured = set(dataset.test.frame.index)
    assert answered.cases.frame.index.equals(technique.asked(dataset.test, settings).frame.index)
    assert seen["limit"] <= set(technique.asked(dataset.validation, settings).frame.index)
    assert not measured & set(dataset.validation.frame.index)
    assert not [name for name, ids in seen.items() if ids & measured]
    assert set(seen) == {"fit", "calibration", "limit", "rule"}
    assert not seen["fit"] & seen["limit"]


def test_the_record_says_what_the_limit_does_on_validation_cases(project: Path, settings: Settings) -> None:
    record = json.loads(Path("reports/training.json").read_text())
    assert record["limit"] == artifacts.load(ARTIFACTS)[1].limit
    if record["validation"]["accepted_risk"] is not None:
        assert record["validation"]["accepted_risk"] <= settings.policy.most_risk * (1 + 1e-6)


def test_decided_cases_are_learned_but_not_those_that_measure(settings: Settings) -> None:
    dataset = data.load(settings)
    new = dataset.train.frame.head(3).copy()
    for name in settings.columns:
        new[name] = 0.123 if name in settings.names("numeric") else "new"
    frame = pd.concat([new, dataset.test.frame.head(2), dataset.validation.frame.head(2)])
    frame.index = pd.Index([f"decided {place}" for place in range(len(frame))])
    outcomes = pd.Series(list(dataset.train.outcomes.head(len(frame))), frame.index)
    together, added, left_out = training.with_reviewed(dataset, Cases(frame, outcomes), settings)
    assert (added, left_out) == (3, 4)
    assert list(together.frame.index[-3:]) == ["decided 0", "decided 1", "decided 2"]
    assert len(together) == len(together.outcomes) == len(dataset.train) + 3
    assert training.with_reviewed(dataset, None, settings) == (dataset.train, 0, 0)


def test_a_reviewed_value_is_learned_and_stays_unusual(
    project: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, frame = artifacts.load(ARTIFACTS)[1], data.load(settings).train.frame.head(1).copy()
    for name in settings.columns:
        frame[name] = 0.123 if name in settings.names("numeric") else "new"
    frame.index = pd.Index(["decided"])
    outcomes = pd.Series(list(data.load(settings).train.outcomes.head(1)), frame.index)
    monkeypatch.setattr(reviewed, "read", lambda _: Cases(frame, outcomes))
    after = training.train(settings)
    assert (after.reviewed_cases, after.trained_cases) == (1, before.trained_cases + 1)
    assert after.inputs == before.inputs


@pytest.mark.usefixtures("project")
def test_examples_are_one_that_is_accepted_and_one_that_is_referred_for_its_uncertainty_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from capstone.deciding import Decider

    monkeypatch.setattr(domain, "guard", lambda case: "a rule" if len(str(case)) % 3 else "")
    training.train(settings)
    decider = Decider.load()
    assert decider.manifest.examples
    decided = [decider.decide(one) for one in decider.manifest.examples]
    assert len(decided) == len({one.accepted for one in decided})
    for one in decided:
        assert one.accepted == policy.within(one.uncertainty, one.limit)
        assert len(one.why) == (not one.accepted), "neither the guard nor a strange value decides"


def test_without_a_case_above_the_limit_there_is_no_doubtful_example(settings: Settings) -> None:
    dataset, (model, manifest) = data.load(settings), artifacts.load(ARTIFACTS)
    answered = answering.answer(model, dataset.train, dataset.validation, manifest.inputs, settings)
    uncertainty = answered.ours["uncertainty"][~answered.reserved]
    limits = (uncertainty.max(), uncertainty.median(), None)
    assert [len(training.examples(answered, limit, manifest.inputs)) for limit in limits] == [1, 2, 1]


def test_a_missing_or_strange_model_is_refused(project: Path) -> None:
    path = ARTIFACTS / artifacts.FILE
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    with pytest.raises(ModelError, match=r"not the file that model\.json describes"):
        artifacts.load(ARTIFACTS)
    path.unlink()
    with pytest.raises(ModelError, match="train a model first"):
        artifacts.load(ARTIFACTS)
    path.write_bytes(content)
    (ARTIFACTS / "model.json").write_text('{"settings": 1}')
    with pytest.raises(ModelError, match="train again"):
        artifacts.load(ARTIFACTS)


class Stranger:
    """A type that no model of ours has."""


def test_a_model_with_another_type_is_refused_before_it_is_read(project: Path) -> None:
    from hashlib import sha256

    content = artifacts.packed({"model": Stranger()})
    manifest = artifacts.load(ARTIFACTS)[1].model_copy(update={"model_sha256": sha256(content).hexdigest()})
    artifacts.save(content, manifest)
    with pytest.raises(ModelError, match=r"not trusted: .*Stranger"):
        artifacts.load(ARTIFACTS)

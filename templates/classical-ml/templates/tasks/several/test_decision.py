"""Scores agree with scikit-learn, decisions follow from the costs, calibration holds."""

from contextlib import chdir

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

import toy
from predictor import report
from predictor.bootstrap import Array
from predictor.model import Manifest
from predictor.reporting.metrics import METRICS, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from predictor.settings import SettingsError
from test_rule import fitted
from toy import Project
from toy_target import CLASSES

seeds = st.integers(0, 9999)


def drawn(seed: int, count: int, sure: float = 1.0) -> tuple[Array, Array]:
    """Outcomes, and chances by which they were drawn; `sure` says by how much more these are sure of themselves."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 1.5, (count, 3))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    outcomes = (random.random((count, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    powers = chances**sure
    return outcomes.astype(np.float64), powers / powers.sum(axis=1, keepdims=True)


@given(seeds, st.integers(1, 60))
def test_scores_agree_with_scikit_learn(seed: int, count: int) -> None:
    outcomes, predicted = drawn(seed, count)
    task, places = toy.task(), np.arange(3)
    said = task.undecided.said(predicted)
    every = task.all_scores(task.undecided)
    found = {name: score.function(outcomes, predicted) for name, score in every.items()}
    assert found["macro_f1"] == pytest.approx(metrics.f1_score(outcomes, said, average="macro"))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(outcomes, predicted, labels=places))
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(outcomes, said))
    recalls = metrics.recall_score(outcomes, said, labels=places, average=None, zero_division=np.nan)
    assert [found[f"recall of {one}"] for one in CLASSES] == pytest.approx(recalls, nan_ok=True)
    wrong = metrics.confusion_matrix(outcomes, said, labels=places)
    prices = np.array([[0, 1, 1], [3, 0, 1], [1, 1, 0]])  # night said to be day costs 3
    assert found["expected_cost"] == pytest.approx((wrong * prices).sum() / count)


@given(seeds, st.lists(st.floats(0, 9), min_size=6, max_size=6))
def test_nothing_else_that_could_be_said_is_expected_to_cost_less(seed: int, prices: list[float]) -> None:
    pairs = [(true, said) for true in CLASSES for said in CLASSES if true != said]
    matrix: dict[str, dict[str, float]] = {true: {} for true in CLASSES}
    for (true, one), price in zip(pairs, prices, strict=True):
        matrix[true][one] = price
    _, predicted = drawn(seed, 40)
    said = toy.task(cost={"matrix": matrix}).undecided.said(predicted)
    for chances, chosen in zip(predicted, said, strict=True):
        expected = [
            sum(chances[place] * matrix[true].get(one, 0) for place, true in enumerate(CLASSES)) for one in CLASSES
        ]
        assert expected[chosen] <= min(expected) + 1e-9


@pytest.mark.parametrize("sure", [0.5, 1.0, 2.5])
def test_calibration_takes_out_too_much_and_too_little_confidence(sure: float) -> None:
    outcomes, raw = drawn(1, 20_000, sure)
    _, chances = drawn(1, 20_000)
    outcome = toy.task().decide(outcomes, raw)
    assert outcome.temperature == pytest.approx(sure, rel=0.05)
    np.testing.assert_allclose(outcome.finish(raw), chances, atol=0.03)


@pytest.mark.parametrize(
    "matrix", [{"night": {"night": 1}}, {"night": {"noon": 1}}, {"noon": {"night": 1}}], ids=["right", "said", "true"]
)
def test_a_price_for_what_is_no_mistake_is_refused(matrix: dict[str, dict[str, float]]) -> None:
    with pytest.raises(SettingsError, match=r"cost\.matrix: '\w+' said to be '\w+' is no mistake between two classes"):
        toy.task(cost={"matrix": matrix})


def test_a_rule_names_a_class_for_each_case() -> None:
    frame, task = toy.table(), toy.task()
    found, table = fitted(frame, np.select([frame["plan"] == "NA", frame["plan"] == "plus"], [1.0, 2.0], 0.0), task)
    said = found.say(task.undecided, task)
    for label, plan in (("night", "NA"), ("flex", "plus"), ("day", "basic")):
        assert label in said
        chances = found.predict(table)[(frame["plan"] == plan).to_numpy()]
        assert (chances[:, CLASSES.index(label)] == 1).all()


def test_the_baseline_is_named_for_what_it_says() -> None:
    found = toy.task(cost={"matrix": {}}).baselines(np.array([2.0, 2, 1]), toy.table(5))
    np.testing.assert_allclose(found["always flex"], [[0, 1 / 3, 2 / 3]] * 5)


def test_the_decision_follows_from_the_probabilities(client: TestClient, project: Project, manifest: Manifest) -> None:
    differ = 0
    for row in toy.requests(project.settings, toy.table(), 40, seed=1):
        answer = client.post("/predict", json=row).json()
        chances = [one["probability"] for one in answer["probabilities"]]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) == pytest.approx(1)
        told = {one["label"]: one["probability"] for one in answer["probabilities"]}
        costs = np.array([told[one] for one in CLASSES]) @ np.array(manifest.outcome.costs)
        assert answer["decision"] == CLASSES[costs.argmin()]
        differ += answer["decision"] != answer["probabilities"][0]["label"]
    assert differ


def test_a_class_that_is_never_said_is_named_in_the_first_screen(project: Project) -> None:
    """Of three rows of each class, none is said to be `night`."""
    task, outcomes = toy.task(), np.repeat(np.arange(3.0), 3)
    place = CLASSES.index("night")
    predicted = np.eye(3)[np.where(outcomes == place, (place + 1) % 3, outcomes).astype(int)]
    counts = task.summarise(outcomes, predicted, task.undecided)
    assert counts == {"right": 6, "wrong": 3, "night, never said": 3}
    assert task.summarise(outcomes, np.eye(3)[outcomes.astype(int)], task.undecided) == {"right": 9, "wrong": 0}
    with chdir(project.folder):
        measured, record = read_report(METRICS, EvaluationReport), read_json(TRAINING)
        read = EvaluationReport.model_validate({**measured.model_dump(), "errors": counts})
        said = report.render(read, record, project.settings)
    assert "**It never says** night (3 of these rows)." in said["headline"]

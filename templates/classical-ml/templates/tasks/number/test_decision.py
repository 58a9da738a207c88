"""The interval holds its share of the outcomes, and the margin follows from the costs."""

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

import toy
from predictor import scoring
from predictor.bootstrap import Array
from predictor.decision import Task, conformal_quantile
from predictor.model import Manifest
from test_rule import fitted
from toy import Project

number = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))


def forecasting(coverage: float = 0.9, **cost: float) -> Task:
    return toy.task(training={"interval_coverage": coverage}, cost=cost)


def errors(seed: int, count: int) -> Array:
    """Errors that are larger above than below."""
    random = np.random.default_rng(seed)
    return np.asarray(random.gamma(2.0, 10.0, count) - random.normal(10, 3, count))


@given(st.integers(0, 9999), st.sampled_from([0.8, 0.9, 0.95]), st.sampled_from([50, 199, 1000]))
def test_on_the_rows_that_set_it_an_interval_contains_its_share(seed: int, coverage: float, count: int) -> None:
    known = forecasting(coverage)
    outcomes = errors(seed, count)
    outcome = known.decide(outcomes, np.zeros(count))
    found = known.all_scores(outcome)["coverage"].function(outcomes, np.zeros(count))
    assert coverage <= found <= coverage + 4 / count
    tail = (1 - coverage) / 2
    assert np.mean(outcomes > outcome.above) <= tail
    assert np.mean(outcomes < -outcome.below) <= tail


def test_on_new_rows_an_interval_contains_its_share_on_average() -> None:
    found = []
    for seed in range(300):
        outcome = forecasting(0.8).decide(errors(seed, 60), np.zeros(60))
        new = errors(10_000 + seed, 60)
        found.append(np.mean((new >= -outcome.below) & (new <= outcome.above)))
    assert 0.8 <= np.mean(found) <= 0.85


@given(st.lists(number, min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_the_bound_of_the_next_error(values: list[float], level: float) -> None:
    bound = conformal_quantile(np.array(values), level)
    below = sum(value <= bound for value in values)
    assert bound == max(values) or below >= (len(values) + 1) * level


@given(st.integers(0, 999), st.floats(0.1, 50), st.floats(0.1, 50), st.floats(-60, 60))
def test_no_other_margin_costs_less(seed: int, much: float, little: float, other: float) -> None:
    known = forecasting(false_positive=much, false_negative=little)
    outcomes, predicted = errors(seed, 400), np.zeros(400)
    outcome = known.decide(outcomes, predicted)

    def cost(margin: float) -> float:
        changed = outcome.model_copy(update={"margin": margin})
        return known.all_scores(changed)["expected_cost"].function(outcomes, predicted)

    assert cost(outcome.margin) <= cost(other) + 0.01 * max(much, little)


def test_the_baselines_are_the_average_and_the_naive_column() -> None:
    rows = toy.table(50)
    found = toy.task().baselines(np.array([1.0, 2, 6]), rows)
    assert found["the average"].tolist() == [3.0] * 50
    np.testing.assert_array_equal(found["naive forecast"], rows["last_bill"])
    assert set(toy.task(training={"naive": None}).baselines(np.ones(2), rows)) == {"the average"}


def test_a_rule_says_a_number_for_each_case() -> None:
    frame, task = toy.table(), toy.task()
    amounts = np.where(frame["plan"] == "NA", 70.0, 100.0)
    found, table = fitted(frame, amounts, task)
    np.testing.assert_allclose(found.predict(table), amounts)
    said = found.say(task.decide_baseline(amounts, amounts), task)
    assert {"100.0 EUR on another plan than NA", "70.00 EUR where `plan` is `NA`"} == set(said.split("; "))


def test_interval_and_plan_follow_from_the_forecast(client: TestClient, project: Project, manifest: Manifest) -> None:
    outcome = manifest.outcome
    for row in toy.requests(project.settings, toy.table(), 8, seed=1):
        answer = client.post("/predict", json=row).json()
        ends = (answer["value"] - outcome.below, answer["value"] + outcome.above)
        assert (answer["low"], answer["high"]) == pytest.approx(ends)
        assert answer["plan"] == pytest.approx(answer["value"] + outcome.margin)
        assert (answer["coverage"], answer["unit"]) == (0.9, "EUR")


def test_neighbours_in_time_are_drawn_together() -> None:
    found = scoring.dependent_rows(toy.table(100), toy.task())
    assert found is not None
    assert np.bincount(found).tolist() == [14] * 7 + [2]

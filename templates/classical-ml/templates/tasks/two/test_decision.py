"""Scores agree with scikit-learn, the threshold follows from the costs, calibration holds."""

from contextlib import chdir

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics

import toy
from predictor import report, scoring
from predictor.bootstrap import Array, wilson
from predictor.decision import Task
from predictor.model import Manifest
from predictor.outcome import Outcome
from predictor.reporting.metrics import METRICS, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from predictor.scoring import Predictions
from test_rule import fitted
from toy import Project

probabilities = st.floats(0, 1) | st.sampled_from([0.0, 0.2, 0.5, 1.0])
cases = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), probabilities), min_size=1, max_size=40)


def arrays(pairs: list[tuple[float, float]]) -> tuple[Array, Array]:
    outcomes, predicted = np.array(pairs).T
    return outcomes, predicted


@given(cases)
def test_ranking_scores_agree_with_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    outcomes, predicted = arrays(pairs)
    found = {name: score.function(outcomes, predicted) for name, score in Task.scores.items()}
    assert found["brier"] == pytest.approx(np.mean((outcomes - predicted) ** 2))
    if outcomes.min() == outcomes.max():
        assert np.isnan(found["roc_auc"])
        assert outcomes.any() or np.isnan(found["average_precision"])
        return
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(outcomes, predicted))
    assert found["average_precision"] == pytest.approx(metrics.average_precision_score(outcomes, predicted))


@given(cases, st.sampled_from([0.0, 0.2, 0.5, 1.0]))
def test_scores_of_decisions_agree_with_scikit_learn(pairs: list[tuple[float, float]], threshold: float) -> None:
    outcomes, predicted = arrays(pairs)
    assume(outcomes.any())
    acts = predicted >= threshold
    outcome = Outcome(positive="yes", threshold=threshold)
    scores = toy.task(cost={"false_positive": 2, "false_negative": 5}).all_scores(outcome)
    found = {name: score.function(outcomes, predicted) for name, score in scores.items()}
    precision = metrics.precision_score(outcomes, acts, zero_division=np.nan)  # no alarm is neither right nor wrong
    assert found["precision"] == pytest.approx(precision, nan_ok=True)
    assert found["recall"] == pytest.approx(metrics.recall_score(outcomes, acts))
    (_, wrong_alarms), (missed, _) = metrics.confusion_matrix(outcomes, acts, labels=[0, 1])
    assert found["expected_cost"] == pytest.approx((2 * wrong_alarms + 5 * missed) / len(outcomes))


@given(st.integers(0, 999), st.floats(0, 100), st.floats(0, 100))
def test_no_other_threshold_costs_less_if_probabilities_are_true(seed: int, alarm: float, miss: float) -> None:
    assume(alarm + miss > 0)
    known = toy.task(cost={"false_positive": alarm, "false_negative": miss})
    outcome = known.decide_baseline(np.zeros(1), np.zeros(1))
    assert outcome.threshold == pytest.approx(alarm / (alarm + miss))
    rates = np.random.default_rng(seed).random(50)
    expected = {
        threshold: float(np.where(rates >= threshold, alarm * (1 - rates), miss * rates).mean())
        for threshold in (outcome.threshold, *np.linspace(0, 1.01, 30))
    }
    assert min(expected.values()) >= expected[outcome.threshold] - 1e-9


def test_calibration_takes_out_overconfidence() -> None:
    random = np.random.default_rng(0)
    true = random.normal(size=20_000)
    outcomes = (random.random(20_000) < 1 / (1 + np.exp(-true))).astype(float)
    raw = 1 / (1 + np.exp(-(2 * true + 1)))  # twice as sure as it should be, and shifted
    outcome = toy.task().decide(outcomes, raw)
    assert (outcome.slope, outcome.intercept) == pytest.approx((0.5, -0.5), abs=0.05)
    finished = outcome.finish(raw)
    assert finished.mean() == pytest.approx(outcomes.mean(), abs=1e-4)
    np.testing.assert_array_equal(np.argsort(finished), np.argsort(raw))
    for part in np.array_split(np.argsort(finished), 10):
        assert finished[part].mean() == pytest.approx(outcomes[part].mean(), abs=0.04)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(-5, 5), st.floats(-5, 5))
def test_what_is_served_is_a_probability(raw: list[float], slope: float, intercept: float) -> None:
    outcome = Outcome(positive="yes", slope=slope, intercept=intercept, threshold=0.5)
    assert all(0 <= probability <= 1 for probability in outcome.finish(np.array(raw)))


@pytest.mark.parametrize(
    ("called", "sentence"),
    [
        (
            lambda rows: (rows["age"] > 40) & (rows["plan"] == "basic"),
            "call every customer on the basic plan and whose age is above 40",
        ),
        (lambda rows: rows["city"].isna(), "call every customer where `city` is missing"),
        (
            lambda rows: rows["spent"].isna() | (rows["spent"] <= 30),
            "call every customer where `spent` is at most 30 (or missing)",
        ),
        (
            lambda rows: (rows["age"] > 40) & (rows["age"] <= 60),
            "call every customer whose age is above 40 and at most 60",
        ),
        (lambda rows: rows["age"] < 0, "call no customer"),
        (lambda rows: rows["age"] > 0, "call every customer"),
    ],
)
def test_a_planted_rule_is_found_and_said(called: object, sentence: str) -> None:
    frame = toy.table(2_000)
    frame[["age", "spent"]] = frame[["age", "spent"]].round(-1)
    outcomes = np.asarray(called(frame), dtype=np.float64)  # type: ignore[operator]
    task = toy.task(problem={"action": "call"}, columns={"age": {"kind": "numeric"}}, cost={"false_negative": 1})
    found, table = fitted(frame, outcomes, task)
    assert found.say(Outcome(positive="yes", threshold=0.5), task) == sentence
    np.testing.assert_array_equal(found.predict(table), outcomes)


@pytest.mark.parametrize(("miss", "name"), [(1, "call no customer"), (4, "call every customer")])
def test_the_baseline_is_named_for_what_it_does(miss: float, name: str) -> None:
    task = toy.task(problem={"action": "call"}, cost={"false_positive": 1, "false_negative": miss})
    assert task.baselines(np.array([0.0, 0, 1]), toy.table(5))[name].tolist() == [pytest.approx(1 / 3)] * 5


def test_the_decision_follows_from_the_probability(client: TestClient, project: Project, manifest: Manifest) -> None:
    for row in toy.requests(project.settings, toy.table(), 8, seed=1):
        answer = client.post("/predict", json=row).json()
        assert 0 <= answer["probability"] <= 1
        assert answer["threshold"] == manifest.outcome.threshold == pytest.approx(0.2)  # an alarm costs 1, a miss 4
        assert answer["decision"] == (answer["probability"] >= manifest.outcome.threshold)


ROWS = pd.DataFrame({"customer": np.arange(100) // 2, "plan": ["new"] * 50 + ["old"] * 50})
OUTCOMES = np.array(([1.0] * 5 + [0.0] * 45) * 2)


def sliced(**sections: dict[str, object]) -> Task:
    return toy.task(slices={"columns": ["plan"], "min_rows": 10}, **sections)


def answers(predicted: list[float]) -> Predictions:
    return Predictions("model", np.array(predicted), Outcome(positive="yes", threshold=0.5))


def test_a_model_that_never_alarms_has_no_precision() -> None:
    silent = answers([0.1] * 100)
    with toy.few_resamples():
        measured = scoring.measure(silent, ROWS, OUTCOMES, sliced())
    for found in (measured, scoring.measure_baseline(silent, OUTCOMES, sliced())):
        assert "precision" not in {one.name for one in found}
        assert next(one.value for one in found if one.name == "recall") == 0


def test_no_gain_is_zero_and_not_below() -> None:
    same = answers([0.1] * 50 + [0.9] * 50)
    (cost, *_) = scoring.measure_gains(same, same, ROWS, OUTCOMES, sliced())
    assert [str(value) for value in (cost.value, *cost.ci95)] == ["0.0"] * 3


def test_a_slice_counts_the_rows_that_its_score_is_about_and_is_not_sure_of_the_worst() -> None:
    predicted = [0.1] * 50 + [0.9] * 5 + [0.1] * 45  # none of the new is found, all of the old are
    slices = scoring.measure_slices(answers(predicted), ROWS, OUTCOMES, sliced())
    found = {(one.name, one.metric): one for one in slices}
    for name, hits in (("plan = new", 0), ("plan = old", 5)):
        recall = found[name, "recall"]
        assert (recall.value, recall.n, found[name, "roc_auc"].n) == (hits / 5, 5, 50)
        assert recall.ci95 == pytest.approx(wilson(hits, 5), abs=1e-5)


def test_rows_of_one_cluster_count_once_where_all_are_equal() -> None:
    clustered = sliced(data={"cluster": "customer"})
    with toy.few_resamples():
        measured = scoring.measure(answers([0.9] * 100), ROWS, OUTCOMES, clustered)
    (recall,) = (one for one in measured if one.name == "recall")
    assert recall.ci95 == pytest.approx(wilson(6, 6), abs=1e-5)  # 10 rows of 6 customers


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.1, "acts on no test row, so it finds nothing."),
        (0.9, "acts on every test row, so it decides nothing."),
    ],
)
def test_an_answer_that_is_never_given_is_named_in_the_first_screen(project: Project, chance: float, said: str) -> None:
    counts = toy.task().summarise(OUTCOMES, np.full(100, chance), Outcome(positive="yes", threshold=0.5))
    with chdir(project.folder):
        measured, record = read_report(METRICS, EvaluationReport), read_json(TRAINING)
        headline = report.render(measured.model_copy(update={"errors": counts}), record, project.settings)["headline"]
    assert f"At these costs, the model {said}" in headline

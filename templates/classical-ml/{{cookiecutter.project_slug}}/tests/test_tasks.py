"""Scores agree with scikit-learn, thresholds and margins follow from the costs, calibration and intervals hold."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics

import toy
from predictor.manifest import Array, Probability
from predictor.tasks.classification import Classification
from predictor.tasks.regression import Regression, conformal_quantile

probabilities = st.floats(0, 1) | st.sampled_from([0.0, 0.2, 0.5, 1.0])
cases = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), probabilities), min_size=1, max_size=40)


def classification(**cost: float) -> Classification:
    return Classification(toy.settings(cost=cost))


def arrays(pairs: list[tuple[float, float]]) -> tuple[Array, Array]:
    outcomes, predicted = np.array(pairs).T
    return outcomes, predicted


@given(cases)
def test_ranking_scores_agree_with_scikit_learn(pairs: list[tuple[float, float]]) -> None:
    outcomes, predicted = arrays(pairs)
    found = {name: score.function(outcomes, predicted) for name, score in Classification.scores.items()}
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
    outcome = Probability(positive="yes", threshold=threshold)
    scores = classification(false_positive=2, false_negative=5).decision_scores(outcome)
    found = {name: score.function(outcomes, predicted) for name, score in scores.items()}
    precision = metrics.precision_score(outcomes, acts, zero_division=np.nan)  # no alarm is neither right nor wrong
    assert found["precision"] == pytest.approx(precision, nan_ok=True)
    assert found["recall"] == pytest.approx(metrics.recall_score(outcomes, acts))
    (_, wrong_alarms), (missed, _) = metrics.confusion_matrix(outcomes, acts, labels=[0, 1])
    assert found["expected_cost"] == pytest.approx((2 * wrong_alarms + 5 * missed) / len(outcomes))


@given(st.integers(0, 999), st.floats(0, 100), st.floats(0, 100))
def test_no_other_threshold_costs_less_if_probabilities_are_true(seed: int, alarm: float, miss: float) -> None:
    assume(alarm + miss > 0)
    known = classification(false_positive=alarm, false_negative=miss)
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
    outcome = classification().decide(outcomes, raw)
    assert (outcome.slope, outcome.intercept) == pytest.approx((0.5, -0.5), abs=0.05)
    finished = outcome.finish(raw)
    assert finished.mean() == pytest.approx(outcomes.mean(), abs=1e-4)
    np.testing.assert_array_equal(np.argsort(finished), np.argsort(raw))
    for part in np.array_split(np.argsort(finished), 10):
        assert finished[part].mean() == pytest.approx(outcomes[part].mean(), abs=0.04)


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(-5, 5), st.floats(-5, 5))
def test_what_is_served_is_a_probability(raw: list[float], slope: float, intercept: float) -> None:
    outcome = Probability(positive="yes", slope=slope, intercept=intercept, threshold=0.5)
    assert all(0 <= probability <= 1 for probability in outcome.finish(np.array(raw)))


number = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))


def regression(coverage: float = 0.9, **cost: float) -> Regression:
    return Regression(toy.settings("visits", training={"interval_coverage": coverage}, cost=cost))


def errors(seed: int, count: int) -> Array:
    """Errors that are larger above than below."""
    random = np.random.default_rng(seed)
    return np.asarray(random.gamma(2.0, 10.0, count) - random.normal(10, 3, count))


@given(st.integers(0, 9999), st.sampled_from([0.8, 0.9, 0.95]), st.sampled_from([50, 199, 1000]))
def test_on_the_rows_that_set_it_an_interval_contains_its_share(seed: int, coverage: float, count: int) -> None:
    known = regression(coverage)
    outcomes = errors(seed, count)
    outcome = known.decide(outcomes, np.zeros(count))
    assert (
        coverage
        <= known.decision_scores(outcome)["coverage"].function(outcomes, np.zeros(count))
        <= coverage + 4 / count
    )
    tail = (1 - coverage) / 2
    assert np.mean(outcomes > outcome.above) <= tail
    assert np.mean(outcomes < -outcome.below) <= tail


def test_on_new_rows_an_interval_contains_its_share_on_average() -> None:
    found = []
    for seed in range(300):
        outcome = regression(0.8).decide(errors(seed, 60), np.zeros(60))
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
    known = regression(false_positive=much, false_negative=little)
    outcomes, predicted = errors(seed, 400), np.zeros(400)
    outcome = known.decide(outcomes, predicted)

    def cost(margin: float) -> float:
        changed = outcome.model_copy(update={"margin": margin})
        return known.decision_scores(changed)["expected_cost"].function(outcomes, predicted)

    assert cost(outcome.margin) <= cost(other) + 0.01 * max(much, little)


def test_the_baselines_are_the_average_and_the_naive_column() -> None:
    rows = toy.visits(50)
    found = Regression(toy.settings("visits")).baselines(np.array([1.0, 2, 6]), rows)
    assert found["the average"].tolist() == [3.0] * 50
    np.testing.assert_array_equal(found["naive forecast"], rows["last_week"])
    without = Regression(toy.settings("visits", training={"naive": None}))
    assert set(without.baselines(np.ones(2), rows)) == {"the average"}


@pytest.mark.parametrize(("miss", "name"), [(1, "call no customer"), (4, "call every customer")])
def test_the_baseline_of_a_class_is_named_for_what_it_does(miss: float, name: str) -> None:
    task = Classification(toy.settings(problem={"action": "call"}, cost={"false_positive": 1, "false_negative": miss}))
    assert task.baselines(np.array([0.0, 0, 1]), toy.leavers(5))[name].tolist() == [pytest.approx(1 / 3)] * 5

"""Acting pays from the threshold upwards, probabilities are true, and the scores are about the decisions."""

from __future__ import annotations

import numpy as np
import pytest

import toy
from predictor.bootstrap import Array
from predictor.decision import Score, Task, least_cost_threshold
from predictor.outcome import Outcome, log_odds
from predictor.settings import Cost

OUTCOMES = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
CHANCES = np.array([0.9, 0.3, 0.5, 0.1, 0.2])


def price(alarm: float, miss: float) -> Cost:
    return Cost(false_positive=alarm, false_negative=miss)


def task(alarm: float = 2, miss: float = 5) -> Task:
    return toy.task(cost={"false_positive": alarm, "false_negative": miss})


def scores(threshold: float, known: Task | None = None) -> dict[str, Score]:
    return (known or task()).all_scores(Outcome(positive="yes", threshold=threshold))


def measured(threshold: float, outcomes: Array = OUTCOMES, chances: Array = CHANCES) -> dict[str, float]:
    return {name: score.function(outcomes, chances) for name, score in scores(threshold).items()}


@pytest.mark.parametrize(
    ("alarm", "miss", "threshold"),
    [(1, 1, 0.5), (1, 4, 0.2), (25, 100, 0.2), (3, 1, 0.75), (0, 5, 0), (5, 0, 1), (0, 0, 0)],
)
def test_the_threshold_follows_from_the_prices(alarm: float, miss: float, threshold: float) -> None:
    said = f"a false alarm costs {alarm} and a miss {miss}"
    assert least_cost_threshold(price(alarm, miss)) == pytest.approx(threshold), said


@pytest.mark.parametrize(("alarm", "miss"), [(1, 4), (10, 3), (7, 7)])
def test_no_other_threshold_costs_less(alarm: float, miss: float) -> None:
    rates = np.linspace(0, 1, 101)  # as many rows as these are positive with each of these chances
    costs = {
        threshold: np.where(rates >= threshold, alarm * (1 - rates), miss * rates).mean()
        for threshold in (least_cost_threshold(price(alarm, miss)), *np.linspace(0, 1.01, 60))
    }
    found = least_cost_threshold(price(alarm, miss))
    cheapest = min(costs, key=lambda one: costs[one])
    assert costs[found] <= costs[cheapest] + 1e-9, f"acting from {cheapest:.2f} costs less than from {found:.2f}"


def overconfident(count: int, seed: int = 0) -> tuple[Array, Array]:
    """Outcomes, and chances that are twice as sure as they should be, and shifted."""
    random = np.random.default_rng(seed)
    true = random.normal(size=count)
    outcomes = (random.random(count) < 1 / (1 + np.exp(-true))).astype(float)
    return outcomes, 1 / (1 + np.exp(-(2 * true + 1)))


def test_calibration_takes_out_overconfidence() -> None:
    outcomes, raw = overconfident(20_000)
    outcome = task().decide(outcomes, raw)
    assert (outcome.slope, outcome.intercept) == pytest.approx((0.5, -0.5), abs=0.05), "true log-odds are half as large"
    finished = outcome.finish(raw)
    for rows in np.array_split(np.argsort(finished), 10):
        said = f"of those that get about {finished[rows].mean():.2f}, {outcomes[rows].mean():.2f} are positive"
        assert finished[rows].mean() == pytest.approx(outcomes[rows].mean(), abs=0.04), said


def test_calibration_has_no_penalty() -> None:
    outcomes, raw = overconfident(60, seed=4)
    raw = 1 / (1 + np.exp(-0.1 * log_odds(raw)))  # far too unsure: the slope must be large
    errors = task().decide(outcomes, raw).finish(raw) - outcomes
    assert errors.sum() == pytest.approx(0, abs=0.01), "on average, the chances are as large as the share of positives"
    assert errors @ log_odds(raw) == pytest.approx(0, abs=0.01), "a penalty holds the slope back, most on few rows"


def test_chances_of_0_and_1_can_be_calibrated() -> None:
    outcome = task().decide(np.array([0.0, 1, 0, 1, 1, 0]), np.array([0.0, 1, 0.4, 0.6, 0, 1]))
    assert np.isfinite([outcome.slope, outcome.intercept]).all()


def test_the_decision_has_the_threshold_of_the_prices() -> None:
    for seed in (0, 1):
        known = task(1, 4)
        outcome, words = known.decide(*overconfident(300, seed)), known.settings.problem
        assert outcome.threshold == pytest.approx(0.2), "it follows from the prices, whatever rows it is calibrated on"
        assert (outcome.positive, outcome.event, outcome.action) == ("yes", words.event, words.action), (
            "the page of the service says these words"
        )


def test_precision_is_the_share_of_right_alarms() -> None:
    assert measured(0.4)["precision"] == pytest.approx(1 / 2), "of two rows that are acted on, one is positive"
    assert np.isnan(measured(0.95)["precision"]), "no alarm is neither right nor wrong"


def test_recall_is_the_share_of_positives_that_are_found() -> None:
    assert measured(0.4)["recall"] == pytest.approx(1 / 2), "of two positive rows, one is found"
    assert measured(0.95)["recall"] == 0
    assert np.isnan(measured(0.4, np.zeros(5))["recall"]), "without a positive row, there is nothing to find"


def test_at_the_threshold_one_acts() -> None:
    assert measured(0.3)["recall"] == 1, "the second row has a chance of just 0.3"
    assert measured(0.5)["precision"] == pytest.approx(1 / 2), "the third row has a chance of just 0.5"


def test_each_row_says_whether_it_counts() -> None:
    found = {name: score.hits for name, score in scores(0.4).items() if score.hits}
    assert sorted(found) == ["precision", "recall"], "both are shares, so their intervals are those of shares"
    np.testing.assert_array_equal(found["precision"](OUTCOMES, CHANCES), [1, np.nan, 0, np.nan, np.nan])
    np.testing.assert_array_equal(found["recall"](OUTCOMES, CHANCES), [1, 0, np.nan, np.nan, np.nan])


def test_the_cost_is_that_of_the_decisions_per_row() -> None:
    assert measured(0.4)["expected_cost"] == pytest.approx((5 + 2) / 5), (
        "the second is missed, the third acted on in vain"
    )
    assert measured(0.15)["expected_cost"] == pytest.approx(2 * 2 / 5), "the third and the last are acted on in vain"
    assert measured(0.95)["expected_cost"] == pytest.approx(2 * 5 / 5), "both positive rows are missed"
    assert not scores(0.4)["expected_cost"].higher_is_better


def test_the_other_scores_stay() -> None:
    known = task()
    found = scores(0.4, known)
    assert list(found)[: len(known.scores)] == list(known.scores)
    assert set(found) == {*known.scores, "precision", "recall", "expected_cost"}


def test_mistakes_are_the_rows_that_were_decided_wrongly() -> None:
    found = task().mistakes(OUTCOMES, CHANCES, Outcome(positive="yes", threshold=0.5))
    assert {name: np.flatnonzero(rows).tolist() for name, rows in found.items()} == {
        "false positive": [2],
        "false negative": [1],
    }, "row 2 is acted on in vain at just the threshold, and row 1 is missed"

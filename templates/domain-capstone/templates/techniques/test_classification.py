"""Classification: costs decide, the rule is a table of shares, and the metrics are those of scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, f1_score, recall_score, roc_auc_score

from capstone import data, domain, technique, technique_figure
from capstone.answering import Answered
from capstone.bootstrap import intervals
from capstone.estimates import Column
from capstone.settings import Cost, Settings
from toy_project import SETTINGS

TWO = SETTINGS.model_copy(
    update={
        "problem": SETTINGS.problem.model_copy(update={"options": ["no", "yes"], "positive": "yes"}),
        "cost": Cost(false_positive=1, false_negative=4),
    }
)
THREE = SETTINGS.model_copy(
    update={
        "problem": SETTINGS.problem.model_copy(update={"options": ["a", "b", "c"], "positive": None}),
        "cost": Cost(wrong={"c": {"a": 10}}),
    }
)
ROWS = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=4, max_size=60)


def scores(settings: Settings, truth: Column, given: pd.DataFrame) -> dict[str, float]:
    of = {name: score.of(pd.Series(truth), given) for name, score in technique.scores(settings).items()}
    return {name: one(np.arange(len(truth))) for name, one in of.items()}


def decided(chances: list[list[float]], settings: Settings) -> pd.DataFrame:
    return technique.decide(pd.DataFrame(chances, columns=settings.problem.options), settings)


def test_the_answer_is_the_one_that_is_expected_to_cost_least() -> None:
    given = decided([[0.81, 0.19], [0.79, 0.21]], TWO)  # 4 x .2 = 1 x .8: a yes is worth it from .2 upwards
    assert list(given["answer"]) == ["no", "yes"]
    assert list(given["uncertainty"]) == pytest.approx([0.76, 0.79])  # what these answers are expected to cost
    given = decided([[0.8, 0.0, 0.2], [0.95, 0.0, 0.05]], THREE)
    assert list(given["answer"]) == ["c", "a"]


@pytest.mark.parametrize(
    ("settings", "chances", "truth", "points"),
    [
        (TWO, [[0.9, 0.1], [0.1, 0.9]], ["no", "yes"], [[0.1, 0], [0.9, 1]]),
        (THREE, [[0.1, 0.5, 0.4], [0.0, 0.1, 0.9]], ["a", "c"], [[0.5, 0], [0.9, 1]]),  # answered: b, c
    ],
)
def test_the_figure_holds_the_chance_against_what_happened(
    settings: Settings, chances: list[list[float]], truth: list[str], points: list[list[float]]
) -> None:
    ours, outcomes = decided(chances, settings), pd.Series(truth)
    losses = technique.losses(outcomes, ours, settings)
    answered = Answered(data.Cases(ours, outcomes), ours, ours, losses, losses, losses < 0, losses < 1, None)
    *_, model = technique_figure.figure(answered, settings).axes[0].get_lines()
    assert np.array(model.get_xydata()) == pytest.approx(np.array(points))


def test_a_rare_answer_may_be_missing_from_the_training_or_the_validation_cases(settings: Settings) -> None:
    dataset = data.load(settings)
    rare = dataset.train.outcomes.value_counts().index[-1]
    frame, outcomes = dataset.validation.frame, dataset.validation.outcomes
    without = data.Cases(frame[outcomes != rare], outcomes[outcomes != rare])
    model = technique.fit(dataset.train, without, settings)
    assert {*model.classes_} == {*dataset.train.outcomes}
    never = data.Cases(frame, outcomes.mask(outcomes.index == outcomes.index[0], "never seen"))
    model = technique.fit(dataset.train, never, settings)
    assert {*model.classes_} == {*dataset.train.outcomes}


def test_an_option_that_training_never_saw_has_no_chance() -> None:
    given = technique.decide(pd.DataFrame({"b": [0.6], "a": [0.4]}), THREE)
    assert list(given[["chance:a", "chance:b", "chance:c"]].iloc[0]) == [0.4, 0.6, 0.0]
    assert technique.options(given.iloc[0], THREE) == [("b", 0.6), ("a", 0.4), ("c", 0.0)]


@given(ROWS)
def test_the_metrics_of_two_options_are_those_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    truth, chance = np.array([one for one, _ in rows]), np.array([one for _, one in rows])
    given, outcomes = decided([[1 - one, one] for one in chance], TWO), np.where(truth, "yes", "no")
    found = scores(TWO, outcomes, given)
    answer = (given["answer"] == "yes").to_numpy()
    assert found["brier"] == pytest.approx(brier_score_loss(truth, chance), abs=1e-9)
    assert found["accuracy"] == pytest.approx((truth == answer).mean())
    assert found["expected_cost"] == pytest.approx((truth & ~answer).mean() * 4 + (~truth & answer).mean())
    if 0 < truth.sum() < len(truth):
        assert found["roc_auc"] == pytest.approx(roc_auc_score(truth, chance))
        assert found["recall"] == pytest.approx(recall_score(truth, answer))
    else:
        assert np.isnan(found["roc_auc"])


def test_costs_and_errors_are_better_when_they_are_lower() -> None:
    assert {name for name, score in technique.scores(TWO).items() if score.higher_is_better} == {
        "roc_auc",
        "recall",
        "accuracy",
    }


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=50))
def test_macro_f1_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, answer = (np.array(one, dtype=object) for one in zip(*pairs, strict=True))
    found = scores(THREE, truth, pd.DataFrame({"answer": answer}))
    assert found["macro_f1"] == pytest.approx(f1_score(truth, answer, average="macro", zero_division=0))


@pytest.mark.slow  # a simulation
@pytest.mark.parametrize(("rare", "least", "most"), [(20, 0.88, 1.0), (3, 0.0, 0.85)])
def test_the_interval_of_macro_f1_holds_with_some_cases_of_each_option(rare: int, least: float, most: float) -> None:
    random, covered = np.random.default_rng(7), list[bool]()
    cells, names = (
        [0.88, 0.12 - rare / 1000, rare * 0.0002, rare * 0.0008],
        [("a", "a"), ("b", "b"), ("c", "c"), ("c", "a")],
    )
    for _ in range(60):
        truth, answer = np.array(names, dtype=object)[random.choice(4, 1000, p=cells)].T
        of = technique.scores(THREE)["macro_f1"].of(pd.Series(truth), pd.DataFrame({"answer": answer}))
        ((low, high),) = intervals(lambda rows: [of(rows)], 1000, 1)  # noqa: B023 (called at once)
        covered.append(low <= (2 * 0.88 / (1.76 + rare * 0.0008) + 1 + 2 * 0.2 / 1.2) / 3 <= high)
    assert least <= np.mean(covered) <= most


def test_the_rule_gives_the_shares_of_its_key(settings: Settings) -> None:
    dataset = data.load(settings)
    given = technique.by_rule(dataset.train, dataset.test.frame, settings)
    keys, first = domain.rule(dataset.train.frame), domain.rule(dataset.test.frame).iloc[0]
    for option, share in dataset.train.outcomes[keys == first].value_counts(normalize=True).items():
        assert given[f"chance:{option}"].iloc[0] == pytest.approx(share)
    assert given.filter(like="chance:").sum(axis=1).to_numpy() == pytest.approx(1)


def test_a_key_that_training_never_saw_gets_the_shares_of_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = data.load(settings)
    monkeypatch.setattr(domain, "rule", lambda cases: pd.Series("old" if len(cases) > 1 else "new", cases.index))
    given = technique.by_rule(dataset.train, dataset.test.frame.head(1), settings)
    for option, share in dataset.train.outcomes.value_counts(normalize=True).items():
        assert given[f"chance:{option}"].iloc[0] == pytest.approx(share)

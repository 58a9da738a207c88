"""The simple rule is the best decision tree of two levels, and its sentence says what it does."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

import toy
from predictor import features, rule
from predictor.bootstrap import Rows
from predictor.manifest import Array, Input, Outcome
from predictor.rule import Rule
from predictor.settings import Settings
from predictor.tasks import Task, task_of
from toy import Kind

SETTINGS = toy.settings(
    "leavers", problem={"action": "call"}, columns={"age": {"kind": "numeric"}}, cost={"false_negative": 1}
)


def fitted(frame: pd.DataFrame, outcomes: Array, chosen: Settings) -> tuple[Rule, pd.DataFrame, list[Input], Task]:
    inputs, task = features.describe_inputs(frame, chosen), task_of(chosen)
    table = features.table(frame, inputs)
    return rule.fit(table, outcomes, inputs, task), table, inputs, task


def outcome(task: Task) -> Outcome:
    return task.decide_baseline(np.array([0.0, 1.0]), np.array([0.5, 0.5]))


@pytest.mark.parametrize(
    ("called", "sentence", "columns"),
    [
        (
            lambda rows: (rows["age"] > 40) & (rows["plan"] == "basic"),
            "call every customer where plan is basic and age is above 40",
            2,
        ),
        (lambda rows: rows["city"].isna(), "call every customer where city is missing", 1),
        (
            lambda rows: rows["spent"].isna() | (rows["spent"] <= 30),
            "call every customer where spent is at most 30 (or missing)",
            1,
        ),
        (
            lambda rows: (rows["age"] > 40) & (rows["age"] <= 60),
            "call every customer where age is above 40 and age is at most 60",
            1,
        ),
        (lambda rows: rows["age"] < 0, "call no customer", 0),
        (lambda rows: rows["age"] > 0, "call every customer", 0),
    ],
)
def test_a_planted_rule_is_found_and_said(called: object, sentence: str, columns: int) -> None:
    frame = toy.leavers(2_000)
    frame[["age", "spent"]] = frame[["age", "spent"]].round(-1)
    outcomes = np.asarray(called(frame), dtype=np.float64)  # type: ignore[operator]
    found, table, _, task = fitted(frame, outcomes, SETTINGS)
    assert found.say(outcome(task), task) == (sentence, columns)
    np.testing.assert_array_equal(found.predict(table), outcomes)


@pytest.mark.parametrize("kind", ["leavers", "visits"])
def test_no_other_rule_costs_less(kind: Kind) -> None:
    """All pairs of levels, tried one after the other."""
    chosen = toy.settings(kind)
    frame = toy.table(kind, 60)
    target = frame[chosen.problem.target]
    outcomes = np.asarray(target == "yes" if chosen.classifies else target, dtype=np.float64)
    found, table, inputs, task = fitted(frame, outcomes, chosen)
    asked = list(rule.questions(table, inputs))[::3]
    sums = task.leaf_sums(outcomes)

    def loss(leaves: Rows) -> float:
        parts = [sums[leaves == leaf].sum(axis=0) for leaf in range(4)]
        allowed = all(part[0] == 0 or part[0] >= rule.FEWEST_ROWS for part in parts)
        return float(sum(task.leaf_loss(part) for part in parts)) if allowed else np.inf

    others = [loss(Rule(one, pair, np.zeros(4)).leaves(table)) for one in asked for pair in product(asked, asked)]
    assert len(others) > 500
    assert loss(found.leaves(table)) <= min(others) + 1e-9


def test_a_number_is_said_for_each_case() -> None:
    frame = toy.visits().assign(degrees=10.0)
    weekend = frame["weekday"].isin(["Sat", "Sun"]).to_numpy()
    found, _, _, task = fitted(frame, np.where(weekend, 70.0, 100.0), toy.settings("visits"))
    assert found.say(outcome(task), task) == (
        "100.0 people where weekday is not Sat and weekday is not Sun; "
        "70.00 people where weekday is Sun, or where weekday is Sat",
        1,
    )


def test_few_rows_do_not_make_a_case() -> None:
    frame = toy.leavers(200)
    few = np.zeros(200)
    few[frame.index[frame["plan"] == "basic"][: rule.FEWEST_ROWS - 1]] = 1.0
    found, table, _, _ = fitted(frame.assign(plan=np.where(few == 1, "rare", "plus")), few, SETTINGS)
    assert min(np.bincount(found.leaves(table))[np.unique(found.leaves(table))]) >= rule.FEWEST_ROWS

"""The simple rule is the best decision tree of two levels."""

from itertools import product

import numpy as np
import pandas as pd

import toy
from predictor import features, rule
from predictor.bootstrap import Rows
from predictor.manifest import Array
from predictor.rule import Rule
from predictor.task import Task


def fitted(frame: pd.DataFrame, outcomes: Array, task: Task) -> tuple[Rule, pd.DataFrame]:
    """The rule for these outcomes, and the rows as it sees them."""
    inputs = features.describe_inputs(frame, task.settings)
    table = features.table(frame, inputs)
    return rule.fit(table, outcomes, inputs, task), table


def test_no_other_rule_costs_less() -> None:
    """All pairs of levels, tried one after the other."""
    task, frame = toy.task(), toy.table(60)
    outcomes = task.outcomes(frame)
    found, table = fitted(frame, outcomes, task)
    asked = list(rule.questions(table, features.describe_inputs(frame, task.settings)))[::5]
    sums = task.leaf_sums(outcomes)

    def loss(leaves: Rows) -> float:
        parts = [sums[leaves == leaf].sum(axis=0) for leaf in range(4)]
        allowed = all(part[0] == 0 or part[0] >= rule.FEWEST_ROWS for part in parts)
        return float(sum(task.leaf_loss(part) for part in parts)) if allowed else np.inf

    others = [loss(Rule(one, pair, np.zeros(4)).leaves(table)) for one in asked for pair in product(asked, asked)]
    assert len(others) > 500
    assert loss(found.leaves(table)) <= min(others) + 1e-9


def test_few_rows_do_not_make_a_case() -> None:
    frame, few = toy.table(200), np.zeros(200)
    few[frame.index[frame["plan"] == "basic"][: rule.FEWEST_ROWS - 1]] = 1.0
    found, table = fitted(frame.assign(plan=np.where(few == 1, "rare", "plus")), few, toy.task())
    leaves = found.leaves(table)
    assert min(np.bincount(leaves)[np.unique(leaves)]) >= rule.FEWEST_ROWS

"""The simple rule is a decision tree of depth 2, and its sentence says what the tree does."""

import numpy as np
import pandas as pd

import toy
from predictor import features, rule
from predictor.manifest import Array
from predictor.outcome import Outcome
from predictor.task import Task


def fitted(frame: pd.DataFrame, outcomes: Array, task: Task, outcome: Outcome) -> tuple[Array, str]:
    """What the rule for these outcomes predicts for the same rows, and its sentence."""
    inputs = features.describe_inputs(frame, task.settings)
    table = features.table(frame, inputs)
    found = rule.fit(table, outcomes, inputs, task)
    return task.raw(found, table), rule.say(found, table, inputs, outcome, task)


def test_a_word_can_be_the_rule() -> None:
    frame, task = toy.table(200), toy.task()
    asked = frame["note"].str.contains("refund", na=False).to_numpy()
    outcomes = asked.astype(float)
    predicted, said = fitted(frame, outcomes, task, task.decide_baseline(outcomes, outcomes))
    assert len(np.unique(predicted[asked], axis=0)) == len(np.unique(predicted[~asked], axis=0)) == 1
    assert 'note has the word "refund"' in said


def test_few_rows_do_not_make_a_case() -> None:
    few, task = (np.arange(200) < 4).astype(float), toy.task()
    frame = toy.table(200).assign(plan=np.where(few == 1, "rare", "plus"))
    predicted, _ = fitted(frame, few, task, task.decide_baseline(few, few))
    assert np.unique(predicted, axis=0, return_counts=True)[1].min() >= 5

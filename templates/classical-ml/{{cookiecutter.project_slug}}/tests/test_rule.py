"""The simple rule is the best decision tree of two levels, and the one that is printed is the one that is scored."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

import toy
from predictor import features, rule
from predictor.bootstrap import Array, Rows
from predictor.decision import Mask, Task
from predictor.rule import Rule


def fitted(frame: pd.DataFrame, outcomes: Array, task: Task) -> tuple[Rule, pd.DataFrame]:
    """The rule for these outcomes, and the rows as it sees them."""
    inputs = features.describe_inputs(frame, task.settings)
    table = rule.as_written(frame, inputs)
    return rule.fit(table, outcomes, inputs, task), table


def test_no_other_rule_costs_less() -> None:
    """All pairs of levels, tried one after the other."""
    task, frame = toy.task(), toy.table(60)
    outcomes = task.y(frame)
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


# The words of toy.py, with the column and the condition that they stand for, and those that do without.
WORDS = {
    r"on the basic plan": ("plan", "is `basic`"),
    r"on another plan than (.+)": ("plan", r"is not `\1`"),
    r"whose age (.+)": ("age", r"\1"),
    r"where `(\w+)` (.+)": (r"\1", r"\2"),
}


def holds(words: str, frame: pd.DataFrame) -> Mask:
    """The rows for which a person would say that these words are true. A column need not be named twice."""
    rows, column = np.ones(len(frame), dtype=bool), ""
    for said in words.split(" and "):
        meant = [
            (known.expand(name), known.expand(rest))
            for pattern, (name, rest) in WORDS.items()
            if (known := re.fullmatch(pattern, said))
        ]
        column, rest = meant[0] if meant else (column, said)
        rows &= condition(rest.removeprefix("is "), frame[column])
    return rows


def condition(said: str, values: pd.Series) -> Mask:
    if number := re.fullmatch(r"(above|at most) ([-\d,.e+]+)(?: years)?( \(or missing\))?", said):
        bound = float(number[2].replace(",", ""))
        true = values > bound if number[1] == "above" else values <= bound
        return np.asarray(true | (values.isna() if number[3] else False))
    if word := re.fullmatch(r"(has|lacks) the word `(\w+)`", said):
        known = values.fillna("").map(lambda text: word[2] in re.findall(r"\w\w+", text.lower()))
        return np.asarray(known.astype(bool) == (word[1] == "has"))
    named = values.fillna("missing").isin([one.strip("`") for one in re.findall("`[^`]+`|missing", said)])
    return np.asarray(~named if said.startswith(("not ", "neither ")) else named)


def cases(frame: pd.DataFrame, seed: int) -> tuple[Rule, Task, pd.DataFrame, pd.DataFrame]:
    """A rule for outcomes that questions about a column with gaps tell apart, and rows that have gaps everywhere."""
    task, random = toy.task(data={"time": None}), np.random.default_rng(seed)
    low, high = sorted(random.uniform(10, 70, 2))
    spent = frame["spent"].fillna(random.choice([0, (low + high) / 2, 99]))
    often = np.where((spent > low) & (spent <= high), 0.9, 0.05) + 0.3 * (frame["city"] == "Bonn") * (seed % 3 == 0)
    few = task.y(frame).max()
    outcomes = np.where(random.random(len(frame)) < often, few, 0.0)
    inputs = [one.model_copy(update={"nullable": True}) for one in features.describe_inputs(frame, task.settings)]
    found = rule.fit(rule.as_written(frame, inputs), outcomes, inputs, task)
    new = toy.table(seed=seed + 100)
    new = new.mask(random.random(new.shape) < 0.2)
    return found, task, new, rule.as_written(new, inputs)


@pytest.mark.parametrize("seed", range(12))
def test_the_printed_rule_is_the_one_that_is_scored(seed: int) -> None:
    """Parsed again, its words tell of each row what is predicted, also of those with gaps, and of no row twice."""
    found, task, new, table = cases(toy.table(seed=seed), seed)
    predicted, printed = found.predict(table), found.cases()
    where = np.array([holds(words, new) for words in printed])
    assert (where.sum(axis=0) == 1).all(), list(printed)
    values = np.array(list(printed.values()))[where.argmax(axis=0)]
    np.testing.assert_allclose(values.reshape(predicted.shape), predicted, rtol=1e-5)
    known = toy.table()
    seen = rule.as_written(known, features.describe_inputs(known, task.settings))
    outcome = task.decide_baseline(task.y(known), found.predict(seen))
    sentence, decided = found.say(outcome, task), [task.say(value, outcome) for value in predicted]
    for answer in set(decided) - {task.unsaid} if sentence not in decided else ():
        (said,) = [one.removeprefix(f"{answer} ") for one in sentence.split("; ") if one.startswith(f"{answer} ")]
        true = np.any([holds(words, new) for words in said.split(", or ")], axis=0)
        assert true.tolist() == [one == answer for one in decided], sentence


def test_gaps_are_said_where_they_are_and_large_numbers_are_compared_as_they_are_written() -> None:
    frame, task = toy.table(300), toy.task(data={"time": None})
    # 32 bits cannot tell these numbers apart.
    frame["spent"] = np.where(frame.index % 9 == 0, np.nan, 100_000_000.0 + frame.index)
    middle = frame["spent"].between(100_000_100, 100_000_199).to_numpy()
    inputs = features.describe_inputs(frame, task.settings)
    table = rule.as_written(frame, inputs)
    found = rule.fit(table, middle * task.y(frame).max(), inputs, task)
    assert {question.item.name for question in (found.first, *found.second)} == {"spent"}
    words = [where for where in found.cases() if "missing" in where]
    assert len(words) == 1
    assert holds(words[0], frame).sum() > frame["spent"].isna().sum()

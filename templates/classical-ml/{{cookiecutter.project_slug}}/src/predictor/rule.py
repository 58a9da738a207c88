"""The simple rule that a model has to beat: a decision tree of depth 2, said in a sentence.

The tree sees each number, whether a category is this or that one, and whether a word is in a text.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from .features import ABSENT
from .manifest import MISSING, Array, Input, ModelInput, NumericInput, TextInput, model_inputs
from .outcome import Outcome
from .task import Task

NAME = "simple rule"


def fit(table: pd.DataFrame, outcomes: Array, inputs: list[Input], task: Task) -> Pipeline:
    """The tree that divides these rows best."""
    see = FunctionTransformer(lambda rows: np.column_stack([column for *_, column in columns(rows, inputs)]))
    return make_pipeline(see, clone(task.tree)).fit(table, outcomes)


def columns(table: pd.DataFrame, inputs: list[Input]) -> Iterator[tuple[ModelInput, str, pd.Series]]:
    """What the tree sees: an input, the category or word that is looked for, and a number for each row."""
    for item in model_inputs(inputs):
        values = table[item.key]
        if isinstance(item, NumericInput):
            yield item, "", values.fillna(ABSENT)
        elif isinstance(item, TextInput):
            texts = values.str.split().map(set)
            yield from ((item, word, texts.map(lambda words, word=word: word in words)) for word in item.words)
        else:
            known = dict.fromkeys([*item.choices, *[MISSING] * item.nullable])
            yield from ((item, choice, values == choice) for choice in known)


def say(rule: Pipeline, train: pd.DataFrame, inputs: list[Input], outcome: Outcome, task: Task) -> str:
    """The rule as a sentence; it was fitted on the rows of `train`."""
    see, tree = rule
    seen, grown = [(item, value) for item, value, _ in columns(train, inputs)], tree.tree_
    leaves = dict(zip(tree.apply(see.transform(train)), task.raw(rule, train), strict=True))

    def cases(node: int, conditions: dict[object, str]) -> list[tuple[str, str]]:
        """What is said below a node of the tree, and where."""
        if node in leaves:
            return [(task.say(leaves[node], outcome), " and ".join(conditions.values()))]
        item, value = seen[grown.feature[node]]
        found = []
        for child, above in ((grown.children_left[node], False), (grown.children_right[node], True)):
            condition = {(item.name, value, above): _condition(item, value, grown.threshold[node], above=above)}
            found += cases(child, conditions | condition)  # of two bounds in one direction, the second is narrower
        alike = len({answer for answer, _ in found}) == 1
        return [(found[0][0], " and ".join(conditions.values()))] if alike else found

    where: dict[str, list[str]] = {}
    for answer, condition in cases(0, {}):
        where.setdefault(answer, []).append(condition)
    if len(where) > 1:
        where.pop(task.unsaid, None)
    said = {answer: ", or where ".join(conditions) for answer, conditions in where.items()}
    return "; ".join(f"{answer} where {conditions}" if conditions else answer for answer, conditions in said.items())


def _condition(item: ModelInput, value: str, bound: float, *, above: bool) -> str:
    """What holds for a column of the tree that is above a bound, or at most that."""
    if isinstance(item, TextInput):
        return f'{item.name} {"has" if above else "lacks"} the word "{value}"'
    if value:
        return f"{item.name} is {'' if above else 'not '}{value}"
    if bound < ABSENT / 4:
        return f"{item.name} is {'given' if above else 'missing'}"
    limit = f"{float(str(np.float32(bound))):,.10g}"  # 0.1, not 0.10000000149
    return f"{item.name} is {f'above {limit}' if above else f'at most {limit}' + ' (or missing)' * item.nullable}"

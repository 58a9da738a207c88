"""How well a single column tells the target: one that tells almost all was probably known only afterwards.

As a fully grown decision tree with five rows in a leaf does, which the projects look with, too: neighbours in the order
of the column are put together, and rows that they have not seen are predicted from them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

SAMPLE = 20_000  # rows are enough to see a leak
TOO_GOOD = 0.985  # ROC AUC or R²; projects refuse an input from 0.99 on, and divide the rows in another way
SUSPICIOUS = 0.95
_FOLDS = 3
_LEAF = 5  # rows

Value = float | str | None
Key = tuple[bool, float | str]


def alone(values: Sequence[Value], outcomes: Sequence[float], *, classes: bool) -> float:
    """How well unseen rows are told from one column: ROC AUC of a class that is 1 and not 0, or R² of a number.

    The order of the rows is of chance.
    """
    if classes and min(outcomes.count(0.0), outcomes.count(1.0)) < _FOLDS:
        return 0.5  # too few of one class to tell
    keys = [_key(value) for value in values]
    downwards = sorted(range(len(values)), key=keys.__getitem__, reverse=True)
    folds = _folds(outcomes, classes=classes)
    told = [0.0] * len(values)
    for fold in range(_FOLDS):
        ends, means = _leaves([(keys[row], outcomes[row]) for row in downwards if folds[row] != fold])
        leaf = 0
        for row in (row for row in downwards if folds[row] == fold):
            while leaf < len(ends) - 1 and ends[leaf] > keys[row] and (ends[leaf + 1][0] or not keys[row][0]):
                leaf += 1  # a known value is never told from missing ones
            told[row] = means[leaf]
    return _auc(told, outcomes) if classes else _r2(told, outcomes)


def _key(value: Value) -> Key:
    """Orders values, with the missing ones apart, before all others."""
    return (value is not None, 0.0 if value is None else value)


def _folds(outcomes: Sequence[float], *, classes: bool) -> list[int]:
    """The fold of each row; every fold has as many of each class."""
    seen: dict[float, int] = {}
    folds = []
    for outcome in outcomes:
        kind = outcome if classes else 0.0
        seen[kind] = seen.get(kind, -1) + 1
        folds.append(seen[kind] % _FOLDS)
    return folds


def _leaves(downwards: Sequence[tuple[Key, float]]) -> tuple[list[Key], list[float]]:
    """The last key of each leaf, and the mean outcome in it; rows with the same key are in the same leaf.

    Missing values are in a leaf of their own. From the largest value downwards, since that end of a column has the
    longer tail more often.
    """
    leaves: list[list[float]] = []
    ends: list[Key] = []
    for key, same in groupby(downwards, key=lambda row: row[0]):
        found = [outcome for _, outcome in same]
        if leaves and len(leaves[-1]) < _LEAF and key[0] == ends[-1][0]:
            leaves[-1] += found
            ends[-1] = key
        else:
            leaves.append(found)
            ends.append(key)
    if len(leaves) > 1 and len(leaves[-1]) < _LEAF and ends[-1][0] == ends[-2][0]:
        last = leaves.pop()
        leaves[-1] += last
        ends.pop(-2)
    return ends, [math.fsum(found) / len(found) for found in leaves]


def _auc(told: Sequence[float], outcomes: Sequence[float]) -> float:
    """The chance that a row of the class is told to be likelier than one of the other; ties count half."""
    positive = negative = 0
    wins = 0.0
    for _, same in groupby(sorted(zip(told, outcomes, strict=True)), key=lambda pair: pair[0]):
        found = [outcome for _, outcome in same]
        ones = int(sum(found))
        others = len(found) - ones
        wins += ones * (negative + others / 2)
        positive, negative = positive + ones, negative + others
    return wins / (positive * negative)


def _r2(told: Sequence[float], outcomes: Sequence[float]) -> float:
    """The share of the variance that is told."""
    mean = math.fsum(outcomes) / len(outcomes)
    spread = math.fsum((outcome - mean) ** 2 for outcome in outcomes)
    missed = math.fsum((outcome - one) ** 2 for one, outcome in zip(told, outcomes, strict=True))
    return 1 - missed / spread if spread else 0.0

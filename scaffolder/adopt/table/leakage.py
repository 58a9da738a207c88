"""How well a single column tells the target: one that tells almost all was probably known only afterwards.

The rows are put in the order of the column and divided into small bins. The mean outcome of each bin predicts rows that
were not used for it: a regressogram (Tukey 1961), cross-validated.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import correlation

SAMPLE = 20_000  # rows are enough to see a leak
TOO_GOOD = 0.985  # ROC AUC or R²: from here on, a column is left out
SUSPICIOUS = 0.95  # and from here on, warned of
_FOLDS = 3
_FEWEST_IN_A_BIN = 3  # rows
_FEWEST_FILLED = 50  # rows, so that a column with gaps is looked at where it is filled
_FEWEST_OF_A_CLASS = 20  # of those rows

Value = float | str | None
Key = tuple[bool, float | str]


def alone(values: Sequence[Value], outcomes: Sequence[float], *, classes: bool) -> float:
    """How well unseen rows are told from one column: ROC AUC of a class that is 1 and not 0, or R² of a number.

    The order of the rows is of chance.
    """
    if classes and min(outcomes.count(0.0), outcomes.count(1.0)) < _FOLDS:
        return 0.5  # too few of one class to tell
    keys = [_key(value) for value in values]
    folds = _folds(outcomes, classes=classes)
    told = [0.0] * len(values)
    for fold in range(_FOLDS):
        known = sorted((key, outcome) for key, outcome, own in zip(keys, outcomes, folds, strict=True) if own != fold)
        bounds, means = _bins(known)
        for row in (row for row, own in enumerate(folds) if own == fold):
            told[row] = means[bisect_left(bounds, keys[row])]
    return _auc(told, outcomes) if classes else _r2(told, outcomes)


def judged(
    values: Sequence[Value], outcomes: Sequence[Sequence[float]], *, classes: bool
) -> tuple[float, list[float], str]:
    """How well a column tells the target, a number or classes; how well each class; and where, if not everywhere.

    A column that tells almost all where it is filled is judged by that.
    """
    told = [alone(values, one, classes=classes) for one in outcomes]
    best = [max(all_rows, _filled(values, one, classes=classes)) for all_rows, one in zip(told, outcomes, strict=True)]
    score, filled = sum(told) / len(told), sum(best) / len(best)
    return (filled, told, " where it is filled") if filled > max(score, SUSPICIOUS) else (score, told, "")


def ranking(values: Sequence[float], outcomes: Sequence[float], *, classes: bool) -> float:
    """How well the values themselves, from low to high or the other way, rank the outcomes: ROC AUC or r²; 0 if few."""
    few = min(outcomes.count(0.0), outcomes.count(1.0)) < _FEWEST_IN_A_BIN if classes else len(set(outcomes)) < 2
    if few or len(set(values)) < 2 or len(values) < _FEWEST_FILLED:
        return 0.0
    return 0.5 + abs(_auc(values, outcomes) - 0.5) if classes else correlation(values, outcomes) ** 2


def _filled(values: Sequence[Value], outcomes: Sequence[float], *, classes: bool) -> float:
    """As `alone`, of the rows alone in which a column with gaps has a value; 0 if they are too few to tell."""
    rows = [(value, outcome) for value, outcome in zip(values, outcomes, strict=True) if value is not None]
    known = [outcome for _, outcome in rows]
    rare = min(known.count(0.0), known.count(1.0)) if classes else _FEWEST_OF_A_CLASS
    if len(rows) == len(values) or len(rows) < _FEWEST_FILLED or rare < _FEWEST_OF_A_CLASS:
        return 0.0
    return alone([value for value, _ in rows], known, classes=classes)


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


def _bins(ordered: Sequence[tuple[Key, float]]) -> tuple[list[Key], list[float]]:
    """The keys that divide the bins, each of at least `_FEWEST_IN_A_BIN` rows, and the mean outcome in each bin.

    Rows with equal keys are in one bin. Rows that are left over at the end join the last bin.
    """
    bins: list[list[float]] = [[]]
    bounds: list[Key] = []
    for (below, _), (key, outcome) in pairwise([ordered[0], *ordered]):
        if key != below and len(bins[-1]) >= _FEWEST_IN_A_BIN:
            bounds.append(_between(below, key))
            bins.append([])
        bins[-1].append(outcome)
    if len(bins) > 1 and len(bins[-1]) < _FEWEST_IN_A_BIN:
        bounds.pop()
        left_over = bins.pop()
        bins[-1] += left_over
    return bounds, [sum(outcomes) / len(outcomes) for outcomes in bins]


def _between(below: Key, above: Key) -> Key:
    """The key up to which rows belong below: between two numbers it is in the middle."""
    middle = [value for _, value in (below, above) if isinstance(value, float)]
    return (True, sum(middle) / 2) if len(middle) == 2 and below[0] else below


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

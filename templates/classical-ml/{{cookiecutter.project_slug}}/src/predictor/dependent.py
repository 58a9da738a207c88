"""Intervals where some items depend on each other, such as the rows of one customer: they are drawn together."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from . import bootstrap
from .bootstrap import Array, Rows
from .reporting.metrics import Interval


def intervals(
    statistic: Callable[[Rows], Sequence[float]], count: int, seed: int, groups: ArrayLike | None = None
) -> list[Interval]:
    """The intervals of `bootstrap`, rounded; `groups` says of each item, [count], what it belongs to."""
    members = _members(np.arange(count) if groups is None else groups)
    bounds = bootstrap.intervals(
        statistic if groups is None else lambda drawn: statistic(np.concatenate([members[group] for group in drawn])),
        len(members),
        seed,
        most=max(1, len(members) * min(count, bootstrap.MOST_ROWS) // count),
    )
    return [(rounded(low), rounded(high)) for low, high in bounds]


def share_interval(hits: Array, seed: int, groups: ArrayLike | None = None) -> Interval:
    """The interval of the share of ones among ones and zeros, [items].

    It is Wilson's. If whole groups are drawn, it is the bootstrap's; but where all items are equal, each resample would
    be, too, so there it is Wilson's, with each group counted once.
    """
    if groups is not None and 0 < hits.mean() < 1:
        return intervals(lambda rows: [hits[rows].mean()], len(hits), seed, groups)[0]
    independent = len(hits) if groups is None else len(np.unique(groups))
    low, high = bootstrap.wilson(float(hits.mean()) * independent, independent)
    return rounded(low), rounded(high)


def folds_error(gains: Sequence[float] | Array, tested: float) -> float:
    """The standard error of the mean gain of one model over another, from the gain in each fold of a cross-validation.

    Folds share rows that are fitted on, so their gains depend on each other, and the usual error of a mean is too
    small. This one is corrected (Nadeau and Bengio, 2003, Inference for the Generalization Error, Machine Learning 52).

    Args:
        gains: of each fold, at least two.
        tested: how many rows a fold scores for each that it fits on.
    """
    return float(np.std(gains, ddof=1) * np.sqrt(1 / len(gains) + tested))


def folds_interval(gains: Sequence[float] | Array, tested: float) -> Interval:
    """The t interval of that mean gain, with `folds_error` as its error."""
    from scipy import stats  # where models are trained, scikit-learn brings it; elsewhere nobody asks for this

    mean, reach = np.mean(gains), stats.t.ppf(0.975, len(gains) - 1) * folds_error(gains, tested)
    return rounded(mean - reach), rounded(mean + reach)


def rounded(value: float) -> float:
    """Six significant digits: enough for every document, and the same on every machine."""
    return float(f"{value:.6g}")


def _members(groups: ArrayLike) -> list[Rows]:
    """The positions of each group's items."""
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)

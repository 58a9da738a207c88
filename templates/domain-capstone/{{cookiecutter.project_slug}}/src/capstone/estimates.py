"""A score, and its interval: how much it would move if other cases had been drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from . import dependent
from .bootstrap import Array, Rows
from .dependent import rounded
from .reporting.metrics import Interval

Column = NDArray[Any]
Given = Mapping[str, Column]  # the columns of given answers
Statistic = Callable[[Rows], float]  # of the cases at these positions


@dataclass(frozen=True)
class Mean:
    """The mean of a value that each case has; NaN marks a case that it is not about."""

    values: Array

    def __call__(self, drawn: Rows) -> float:
        about = self.values[drawn][~np.isnan(self.values[drawn])]
        return float(about.mean()) if len(about) else float("nan")


class Share(Mean):
    """The mean of ones and zeros."""

    def interval(self, units: Column | None, seed: int) -> Interval:
        about = ~np.isnan(self.values)
        return dependent.share_interval(self.values[about], seed, None if units is None else units[about])


class Score(NamedTuple):
    label: str  # as people write it
    function: Callable[[Column, Given], float]  # right answers, given answers; NaN if it has no meaning for them
    higher_is_better: bool

    def of(self, outcomes: pd.Series, given: pd.DataFrame) -> Statistic:
        truth, columns = outcomes.to_numpy(), _columns(given)
        return lambda drawn: self.function(truth[drawn], {name: column[drawn] for name, column in columns.items()})


class ShareScore(NamedTuple):
    label: str
    hits: Callable[[Column, Given], Array]  # the values of a `Share`
    higher_is_better: bool

    def of(self, outcomes: pd.Series, given: pd.DataFrame) -> Statistic:
        return Share(self.hits(outcomes.to_numpy(), _columns(given)))


class Loss(NamedTuple):
    label: str
    largest: float | None  # that is possible; None if there is no bound
    unit: str = ""


class Estimate(NamedTuple):
    value: float
    ci95: Interval
    n: int  # cases that it is about


def roc_auc(positive: Column, score: Column) -> float:
    """The share of pairs of one case of each kind in the right order (Mann and Whitney 1947); shapes (cases,)."""
    ranks, count = rankdata(score), int(positive.sum())
    others = len(positive) - count
    return float((ranks[positive].sum() / count - (count + 1) / 2) / others) if count and others else float("nan")


def estimates(
    statistics: Mapping[str, Statistic], count: int, units: pd.Series | None, seed: int
) -> dict[str, Estimate]:
    """Each statistic of all `count` cases, with its 95% interval; NaN is left out.

    All are computed on the same resamples, so a difference between two models is a paired one. Cases of one unit
    are drawn together.
    """
    values = {name: one(np.arange(count)) for name, one in statistics.items()}
    measured = {name: statistics[name] for name, value in values.items() if np.isfinite(value)}
    codes = None if units is None else pd.factorize(units)[0]

    def statistic(drawn: Rows) -> list[float]:
        return [one(drawn) for one in measured.values()]

    pairs = dependent.intervals(statistic, count, seed, codes) if measured else ()
    found = {}
    for (name, one), pair in zip(measured.items(), pairs, strict=True):
        n = int(np.isfinite(one.values).sum()) if isinstance(one, Mean) else count
        found[name] = Estimate(rounded(values[name]), one.interval(codes, seed) if isinstance(one, Share) else pair, n)
    return found


def _columns(given: pd.DataFrame) -> dict[str, Column]:
    return {str(name): given[name].to_numpy() for name in given}

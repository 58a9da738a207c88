"""A score, and its interval: how much it would move if other cases had been drawn."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import bootstrap
from .bootstrap import Rows
from .reporting.metrics import Interval

Column = NDArray[Any]
Given = Mapping[str, Column]  # the columns of given answers
Statistic = Callable[[Rows], float]  # of the cases at these positions


class Score(NamedTuple):
    label: str  # as people write it
    function: Callable[[Column, Given], float]  # right answers, given answers; NaN if it has no meaning for them
    higher_is_better: bool

    def of(self, outcomes: pd.Series, given: pd.DataFrame) -> Statistic:
        truth, columns = outcomes.to_numpy(), {str(name): given[name].to_numpy() for name in given}
        return lambda drawn: self.function(truth[drawn], {name: column[drawn] for name, column in columns.items()})


class Estimate(NamedTuple):
    value: float
    ci95: Interval


def estimates(
    statistics: Mapping[str, Statistic], count: int, units: pd.Series | None, seed: int
) -> dict[str, Estimate]:
    """Each statistic of all `count` cases, with its 95% bootstrap interval; NaN is left out.

    All are computed on the same resamples, so a difference between two models is a paired one. Cases of one unit
    are drawn together.
    """
    values = {name: one(np.arange(count)) for name, one in statistics.items()}
    measured = {name: statistics[name] for name, value in values.items() if np.isfinite(value)}
    together = None if units is None else _grouped(units)

    def statistic(drawn: Rows) -> list[float]:
        cases = drawn if together is None else np.concatenate([together[place] for place in drawn])
        return [one(cases) for one in measured.values()]

    drawn_from = count if together is None else len(together)
    most = max(1, drawn_from * min(count, bootstrap.MOST_ROWS) // count)
    pairs = bootstrap.intervals(statistic, drawn_from, seed, most) if measured else ()
    found = zip(measured, pairs, strict=True)
    return {name: Estimate(_rounded(values[name]), (_rounded(low), _rounded(high))) for name, (low, high) in found}


def _grouped(units: pd.Series) -> list[Rows]:
    codes, _ = pd.factorize(units)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _rounded(value: float) -> float:
    """Six significant digits: enough for every document, and the same on every machine."""
    return float(f"{value:.6g}")

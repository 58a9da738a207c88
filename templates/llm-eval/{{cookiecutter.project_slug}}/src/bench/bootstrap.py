"""Bootstrap intervals: how much a score would move if other rows had been drawn (percentile method).

All scores of one call are computed on the same resamples, so a difference between two models is a paired one.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

RESAMPLES = 1000
MOST_ROWS = 20_000  # of more, only so many are resampled, so the interval is wider than it could be


def intervals(statistic: Callable[[Rows], Sequence[float] | Array], units: Sequence[Rows] | Rows, seed: int) -> Array:
    """The central 95% of each score over `RESAMPLES` resamples, [scores, 2].

    Args:
        statistic: gives the scores of the rows at these positions. NaN says that a score has no meaning for them
            (no positive among them, say); such a resample does not count for that score.
        units: the positions that are drawn together, made by `alone`, `blocks` or `grouped`.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    kept = _kept(units, random)
    resamples = [statistic(_rows(units, random.choice(kept, len(kept)))) for _ in range(RESAMPLES)]
    bounds: Array = np.nanquantile(np.array(resamples), [0.025, 0.975], axis=0)
    return bounds.T


def alone(count: int) -> Rows:
    """Each row by itself."""
    return np.arange(count)[:, None]


def blocks(count: int, size: int) -> list[Rows]:
    """Neighbours together, since rows that are near in time resemble each other."""
    return np.array_split(np.arange(count), max(1, round(count / size)))


def grouped(values: ArrayLike) -> list[Rows]:
    """Rows with the same value together, such as those of one customer."""
    _, codes = np.unique(np.asarray(values), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _kept(units: Sequence[Rows] | Rows, random: np.random.Generator) -> Rows:
    """The places of all units, or of as many by chance as hold about `MOST_ROWS` rows."""
    share = min(1.0, MOST_ROWS / sum(map(len, units)))
    return random.permutation(len(units))[: max(1, round(len(units) * share))]


def _rows(units: Sequence[Rows] | Rows, drawn: Rows) -> Rows:
    if isinstance(units, np.ndarray):  # of one row each: much faster
        return units[drawn].ravel()
    return np.concatenate([units[place] for place in drawn])

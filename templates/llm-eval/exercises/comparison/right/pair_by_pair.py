"""Leaves out the items without a score first, and tests each pair by itself."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from ..bootstrap import intervals
from ..errors import BenchError
from .permutation import holm, p_values


def compare(pairs: Sequence[Pair], statistics: Statistics) -> list[Comparison]:
    rows = [_row(pair) for pair in pairs]
    permutations = max(statistics.permutations, int(10 * len(pairs) / statistics.alpha) + 1)
    ps = [float(p_values(row[None, :], permutations, statistics.seed)[0]) for row in rows]
    corrected = holm(np.array(ps)).tolist()
    found = []
    for pair, row, p, p_holm in zip(pairs, rows, ps, corrected, strict=True):
        n, mean, deviation = len(row), float(row.mean()), float(row.std(ddof=1))
        ((low, high),) = intervals(lambda drawn, row=row: [row[drawn].mean()], n, statistics.seed).tolist()
        z = NormalDist().inv_cdf(1 - statistics.alpha / len(pairs) / 2) + NormalDist().inv_cdf(POWER)
        found.append(
            Comparison(
                *pair[:2],
                n=n,
                difference=mean,
                ci95=(low, high),
                p=p,
                p_holm=p_holm,
                family=len(pairs),
                detectable=z * deviation / n**0.5 if deviation > 1e-9 else None,
                wins=int((row > 0).sum()),
                ties=int((row == 0).sum()),
                losses=int((row < 0).sum()),
                verdict="undecided" if p_holm >= statistics.alpha else "better" if mean > 0 else "worse",
            )
        )
    return found


def _row(pair: Pair) -> Array:
    baseline, system, *scores = pair
    old, new = (np.atleast_2d(one).mean(axis=0) for one in scores)
    if old.shape != new.shape or np.isinf(old).any() or np.isinf(new).any():
        raise BenchError(f"{baseline} and {system} need finite scores of the same items")
    row = np.where(np.isclose(new, old, rtol=CLOSE, atol=CLOSE), 0.0, new - old)
    row = row[~np.isnan(row)]
    if len(row) < 2:
        raise BenchError(f"{baseline} and {system} need at least two items in common")
    return row

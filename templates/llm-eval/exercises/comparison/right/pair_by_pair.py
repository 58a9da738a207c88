"""Leaves out the items without a score first, and tests each pair by itself."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from ..bootstrap import intervals
from ..errors import BenchError
from .permutation import holm, p_values


def compare(scores: Scores, pairs: Sequence[tuple[str, str]], statistics: Statistics) -> list[Comparison]:
    if not pairs:
        raise BenchError("two systems need finite scores of the same items, and there are no systems")
    rows = [_row(scores, *pair) for pair in pairs]
    ps = [float(p_values(row[None, :], statistics.permutations, statistics.seed)[0]) for row in rows]
    corrected = holm(np.array(ps)).tolist()
    found = []
    for pair, row, p, p_holm in zip(pairs, rows, ps, corrected, strict=True):
        n, mean, deviation = len(row), float(row.mean()), float(row.std(ddof=1))
        ((low, high),) = intervals(lambda drawn, row=row: [row[drawn].mean()], n, statistics.seed).tolist()
        z = NormalDist().inv_cdf(1 - statistics.alpha / len(pairs) / 2) + NormalDist().inv_cdf(POWER)
        found.append(
            Comparison(
                *pair,
                n=n,
                difference=mean,
                ci95=(low, high),
                p=p,
                p_holm=p_holm,
                detectable=z * deviation / n**0.5 if deviation > 1e-9 else None,
                wins=int((row > 0).sum()),
                ties=int((row == 0).sum()),
                losses=int((row < 0).sum()),
                verdict="undecided" if p_holm >= statistics.alpha else "better" if mean > 0 else "worse",
            )
        )
    return found


def _row(scores: Scores, baseline: str, system: str) -> Array:
    if not {baseline, system} <= scores.keys():
        raise BenchError(f"{baseline} and {system} need finite scores of the same items, and one has none")
    old, new = (np.atleast_2d(scores[name]).mean(axis=0) for name in (baseline, system))
    if old.shape != new.shape or np.isinf(old).any() or np.isinf(new).any():
        raise BenchError(f"{baseline} and {system} need finite scores of the same items")
    row = np.where(np.isclose(new, old, rtol=CLOSE, atol=CLOSE), 0.0, new - old)
    row = row[~np.isnan(row)]
    if len(row) < 2:
        raise BenchError(f"{baseline} and {system} need at least two items in common")
    return row

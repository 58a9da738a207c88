"""Is one system really better than another, or would other items, or chance, have said the opposite?

Both systems are scored on the same items, so everything here is about their difference on each item: some items are
hard for every system, and that part of the noise cancels. Intervals resample items and tests flip the signs of items.
A model that samples is measured several times on each item; the mean over these repeats is then the item's score, since
repeats of one item are not independent and must not count as so many items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from ..bootstrap import Array, intervals
from ..errors import BenchError
from ..reporting.markdown import estimate, number
from ..settings import Statistics
from .permutation import holm, p_values

POWER = 0.8  # of the smallest difference that counts as detectable
CLOSE = 1e-9  # as a share, or of scores up to 1: rounding alone, maybe on another machine, sets such numbers apart

Scores = Mapping[str, Array]  # system -> [items] or [repeats, items], NaN where the metric does not apply to the item
Verdict = Literal["better", "worse", "undecided"]  # what is undecided may differ, but these items do not show it


@dataclass(frozen=True)
class Comparison:
    """What is known about the difference of two systems, in the unit of the metric. No field is NaN or infinite."""

    baseline: str
    system: str
    n: int  # items that both have a score for
    difference: float  # mean of system - baseline
    ci95: tuple[float, float]  # of this difference alone, whatever else is compared
    p: float
    p_holm: float  # corrected for all comparisons of the same call
    detectable: float | None  # None: all items differ by the same amount, so that nothing is known about the spread
    wins: int  # items on which the system is better than the baseline
    ties: int
    losses: int
    verdict: Verdict


def compare(scores: Scores, pairs: Sequence[tuple[str, str]], statistics: Statistics) -> list[Comparison]:
    """Each pair on the items that both have a score for, by a metric of which more is better.

    The p-value is that of a paired permutation test, which holds for any distribution of scores if the two systems
    are alike (Smucker, Allan and Carterette 2007 compare it with other tests for retrieval; Dror et al. 2018 for
    language). It is corrected for the number of pairs with Holm's method. The interval is a percentile bootstrap,
    which is a little narrow with few items: about 94 of 100 hold the truth with 50 of them, and 90 with 10; if the
    differences are skewed, about 93 and 87.

    Args:
        scores: by system. All have the same items in the same order.
        pairs: of baseline and system. The chance of even one false discovery among them all is at most `alpha`.
        statistics: seed, number of permutations, and alpha. All pairs share the flips.

    Raises:
        BenchError: a system has no scores or infinite ones, the numbers of items differ, or a pair has fewer than two
            items in common.
    """
    differences = _differences(scores, pairs)
    # To a sum of flipped differences an item without a score adds nothing, as if it were left out.
    p = p_values(np.nan_to_num(differences), statistics.permutations, statistics.seed)
    return [
        _compared(pair, row[~np.isnan(row)], (one, corrected), statistics, len(pairs))
        for pair, row, one, corrected in zip(pairs, differences, p.tolist(), holm(p).tolist(), strict=True)
    ]


def sentence(one: Comparison, label: str) -> str:
    """The verdict in plain words. `label` is what people call the metric."""
    if one.ties == one.n:
        return f"{one.system} and {one.baseline} have the same {label} on each of the {one.n} items."
    sign = -1 if one.verdict != "undecided" and one.difference < 0 else 1  # "worse by 0.1" rather than "by -0.1"
    low, high = sorted(sign * bound for bound in one.ci95)
    size = f"{estimate(sign * one.difference, (low, high), like=max(-low, high))} {label}"
    chance = f"(p = {one.p_holm:.2g}{' after Holm' if one.p_holm != one.p else ''})"
    if one.verdict != "undecided":
        return f"{one.system} is {one.verdict} than {one.baseline} by {size} {chance}."
    missed = f" With {one.n} items, differences below {number(one.detectable or 0.0)} would often stay unseen."
    found = f"No significant difference between {one.system} and {one.baseline}: {size} {chance}."
    return found + (missed if one.detectable else "")


def spread(scores: Array) -> float:
    """Standard deviation over repeats of the mean score, [repeats, items]. Items with a NaN are left out."""
    known = scores[:, ~np.isnan(scores).any(axis=0)]
    return float(known.mean(axis=1).std(ddof=1))


def _differences(scores: Scores, pairs: Sequence[tuple[str, str]]) -> Array:
    """System - baseline, [pairs, items]. The score of an item is the mean over its repeats, NaN if one of them is."""
    used = {name: np.atleast_2d(scores.get(name, np.empty(0))).mean(axis=0) for pair in pairs for name in pair}
    if len({len(values) for values in used.values()}) != 1 or any(np.isinf(values).any() for values in used.values()):
        counts = ", ".join(f"{name}: {len(values)} items" for name, values in used.items())
        raise BenchError(f"systems to compare need finite scores of the same items; there are {counts or 'none'}")
    both = [(used[system], used[baseline]) for baseline, system in pairs]
    return np.stack([np.where(np.isclose(one, other, CLOSE, CLOSE), 0.0, one - other) for one, other in both])


def _compared(
    pair: tuple[str, str], difference: Array, p: tuple[float, float], statistics: Statistics, family: int
) -> Comparison:
    """All about one pair from its differences, [items], and its p-values before and after correction."""
    n = len(difference)
    if n < 2:
        raise BenchError(f"{pair[1]} and {pair[0]} need scores of at least two items in common; they have {n}")
    ((low, high),) = intervals(lambda rows: [difference[rows].mean()], n, statistics.seed).tolist()
    mean, detectable = float(difference.mean()), _detectable(difference, statistics.alpha / family)
    wins, ties, losses = (int((np.sign(difference) == side).sum()) for side in (1, 0, -1))
    verdict: Verdict = "undecided" if p[1] >= statistics.alpha else "better" if mean > 0 else "worse"
    return Comparison(*pair, n, mean, (low, high), *p, detectable, wins, ties, losses, verdict)


def _detectable(difference: Array, alpha: float) -> float | None:
    """The difference that one two-sided test at `alpha` finds with 80% power, by the normal approximation.

    That is the first step of Holm's method, so that the true power is at least as high.
    """
    deviation = float(difference.std(ddof=1))
    if deviation <= CLOSE * np.abs(difference).max():
        return None
    reach = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    return float(reach * deviation / len(difference) ** 0.5)

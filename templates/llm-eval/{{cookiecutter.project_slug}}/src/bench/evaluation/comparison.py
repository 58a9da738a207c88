"""Is one system really better than another, or would other items, or chance, have said the opposite?

Both systems are scored on the same items, so everything here is about their difference on each item: some items are
hard for every system, and that part of the noise cancels. Intervals resample items and tests flip the signs of items.
A model that samples is measured several times on each item; the mean over these repeats is then the item's score, since
repeats of one item are not independent and must not count as so many items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from ..bootstrap import Array, alone, intervals
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
    effect: float | None  # None: all items differ by the same amount, so that no number is large enough
    detectable: float | None  # None: all items differ by the same amount, so that nothing is known about the spread
    wins: int  # items on which the system is better than the baseline
    ties: int
    losses: int
    verdict: Verdict


class Spread(NamedTuple):
    deviation: float  # standard deviation over repeats of the mean score
    share: float  # of the variance of single scores, between repeats of one item: from 0, they agree, to 1


def compare(
    scores: Scores, pairs: Sequence[tuple[str, str]], statistics: Statistics, higher_is_better: bool = True
) -> list[Comparison]:
    """Each pair on the items that both have a score for.

    The p-value is that of a paired permutation test, which holds for any distribution of scores if the two systems
    are alike (Smucker, Allan and Carterette 2007 compare it with other tests for retrieval; Dror et al. 2018 for
    language). It is corrected for the number of pairs with Holm's method. The interval is a percentile bootstrap,
    which is a little narrow with few items: about 94 of 100 hold the truth with 50 of them, and 90 with 10; if the
    differences are skewed, about 93 and 87.

    Args:
        scores: by system. All have the same items in the same order.
        pairs: of baseline and system. The chance of even one false discovery among them all is at most `alpha`.
        statistics: seed, number of permutations, and alpha. All pairs share the flips.
        higher_is_better: whether a positive difference is in favour of the system.

    Raises:
        BenchError: a system has no scores or infinite ones, the numbers of items differ, or a pair has fewer than two
            items in common.
    """
    differences = _differences(scores, pairs)
    # To a sum of flipped differences an item without a score adds nothing, as if it were left out.
    p = p_values(np.nan_to_num(differences), statistics.permutations, statistics.seed)
    return [
        _compared(pair, row[~np.isnan(row)], (one, corrected), statistics, len(pairs), 1 if higher_is_better else -1)
        for pair, row, one, corrected in zip(pairs, differences, p.tolist(), holm(p).tolist(), strict=True)
    ]


def regression(new: Array, old: Array, statistics: Statistics, higher_is_better: bool = True) -> Comparison:
    """A system's new scores, [items] or [repeats, items], against its committed ones; "worse" says that it regressed.

    The test has two sides, so that noise looks like a regression in alpha / 2 of all runs. The same scores never do.

    Raises:
        BenchError: as for `compare`.
    """
    names = ("the committed run", "this run")
    return compare(dict(zip(names, (old, new), strict=True)), [names], statistics, higher_is_better)[0]


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


def spread(scores: Array) -> Spread:
    """How much of a score is due to the repeat, [repeats, items]. Items with a NaN are left out.

    The share is 1 - ICC(1), from a one-way analysis of variance (Shrout and Fleiss 1979).

    Raises:
        BenchError: there are fewer than two repeats or items.
    """
    known = np.atleast_2d(scores)[:, ~np.isnan(np.atleast_2d(scores)).any(axis=0)]
    if min(known.shape) < 2:
        raise BenchError("the spread over repeats needs at least two repeats of at least two items")
    within = float(known.var(axis=0, ddof=1).mean())
    between = max(0.0, float(known.mean(axis=0).var(ddof=1)) - within / len(known))  # without the part of the repeats
    return Spread(float(known.mean(axis=1).std(ddof=1)), within / (within + between) if within else 0.0)


def _differences(scores: Scores, pairs: Sequence[tuple[str, str]]) -> Array:
    """System - baseline, [pairs, items]. The score of an item is the mean over its repeats, NaN if one of them is."""
    used = {name: np.atleast_2d(scores.get(name, np.empty(0))).mean(axis=0) for pair in pairs for name in pair}
    if len({len(values) for values in used.values()}) != 1 or any(np.isinf(values).any() for values in used.values()):
        counts = ", ".join(f"{name}: {len(values)} items" for name, values in used.items())
        raise BenchError(f"systems to compare need finite scores of the same items; there are {counts or 'none'}")
    both = [(used[system], used[baseline]) for baseline, system in pairs]
    return np.stack([np.where(np.isclose(one, other, CLOSE, CLOSE), 0.0, one - other) for one, other in both])


def _compared(
    pair: tuple[str, str], difference: Array, p: tuple[float, float], statistics: Statistics, family: int, sign: int
) -> Comparison:
    """All about one pair from its differences, [items], and its p-values before and after correction."""
    n = len(difference)
    if n < 2:
        raise BenchError(f"{pair[1]} and {pair[0]} need scores of at least two items in common; they have {n}")
    ((low, high),) = intervals(lambda rows: [difference[rows].mean()], alone(n), statistics.seed).tolist()
    mean = float(difference.mean())
    wins, ties, losses = (int((np.sign(difference) == side).sum()) for side in (sign, 0, -sign))
    verdict: Verdict = "undecided" if p[1] >= statistics.alpha else "better" if sign * mean > 0 else "worse"
    sizes = _sizes(difference, statistics.alpha / family)
    return Comparison(*pair, n, mean, (low, high), *p, *sizes, wins, ties, losses, verdict)


def _sizes(difference: Array, alpha: float) -> tuple[float | None, float | None]:
    """The effect and the smallest detectable difference.

    The effect is d_z, the mean in standard deviations of the differences (Cohen 1988); it is 0 if no item differs. The
    detectable difference is found with 80% power by one two-sided test at `alpha`, by the normal approximation. That is
    the first step of Holm's method, so that the true power is at least as high.
    """
    deviation = float(difference.std(ddof=1))
    if deviation <= CLOSE * np.abs(difference).max():
        return (None if difference.any() else 0.0), None
    reach = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    return float(difference.mean()) / deviation, reach * deviation / len(difference) ** 0.5

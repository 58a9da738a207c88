"""Is one system really better than another, or would other items, or chance, have said the opposite?

Both systems are scored on the same items, so everything here is about their difference on each item: some items are
hard for every system, and that part of the noise cancels. Intervals resample items and tests flip the signs of items.
A model that samples is measured several times on each item; the mean over these repeats is then the item's score, since
repeats of one item are not independent and must not count as so many items.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from ..bootstrap import Array, intervals
from ..errors import BenchError
from ..reporting.markdown import estimate, number
from ..settings import Statistics
from .permutation import holm, p_values

POWER = 0.8  # of the smallest difference that counts as detectable
CLOSE = 1e-9  # as a share, or of scores up to 1: rounding alone, maybe on another machine, sets such numbers apart

Verdict = Literal["better", "worse", "undecided"]  # what is undecided may differ, but these items do not show it


class Pair(NamedTuple):
    """Two systems and their scores by one metric on the same items, [items] or [repeats, items].

    A score is NaN where the metric does not apply to the item.
    """

    baseline: str
    system: str
    baseline_scores: Array
    system_scores: Array


@dataclass(frozen=True)
class Comparison:
    """What is known about the difference of two systems, in the unit of the metric. No field is NaN or infinite."""

    baseline: str
    system: str
    n: int  # items that both have a score for
    difference: float  # mean of system - baseline
    ci95: tuple[float, float]  # of this difference alone, whatever else is compared
    p: float
    p_holm: float  # corrected for all comparisons of the family
    family: int  # how many comparisons are looked at together
    detectable: float | None  # None: all items differ by the same amount, so that nothing is known about the spread
    wins: int  # items on which the system is better than the baseline
    ties: int
    losses: int
    verdict: Verdict


def compare(pairs: Sequence[Pair], statistics: Statistics) -> list[Comparison]:
    """Each pair on the items that both have a score for, by a metric of which more is better.

    All that people look at together belongs into one call: it is one family. The chance of even one false "better" or
    "worse" in it is at most `alpha`, however many pairs, metrics and experiments it has.

    The p-value is that of a paired permutation test, which holds for any distribution of scores if the two systems
    are alike (Smucker, Allan and Carterette 2007 compare it with other tests for retrieval; Dror et al. 2018 for
    language). It is corrected with Holm's method, however the pairs depend on each other. The interval is that of the
    pair alone. It is a percentile bootstrap, which is a little narrow with few items: about 94 of 100 hold the truth
    with 50 of them, and 90 with 10; if the differences are skewed, about 93 and 87.

    Args:
        pairs: the family. Pairs may differ in their items and metrics.
        statistics: seed, number of permutations, and alpha. All pairs share the flips. In a large family there are
            more than the settings say, so that the smallest possible p-value is a tenth of `alpha / pairs`.

    Raises:
        BenchError: a score is infinite, the numbers of items differ, or a pair has fewer than two items in common.
    """
    differences = [_difference(pair) for pair in pairs]
    padded = np.zeros((len(pairs), max(map(len, differences), default=0)))
    for row, difference in zip(padded, differences, strict=True):
        # To a sum of flipped differences an item without a score adds nothing, as if it were left out.
        row[: len(difference)] = np.nan_to_num(difference)
    permutations = max(statistics.permutations, ceil(10 * len(pairs) / statistics.alpha))
    p = p_values(padded, permutations, statistics.seed)
    return [
        _compared(pair, row[~np.isnan(row)], (one, corrected), statistics, len(pairs))
        for pair, row, one, corrected in zip(pairs, differences, p.tolist(), holm(p).tolist(), strict=True)
    ]


def sentence(one: Comparison, label: str, escape: Callable[[str], str] = str) -> str:
    """The verdict in plain words. `label` is what people call the metric; names of systems pass through `escape`."""
    system, baseline = escape(one.system), escape(one.baseline)
    if one.ties == one.n:
        return f"{system} and {baseline} have the same {label} on each of the {one.n} items."
    sign = -1 if one.verdict != "undecided" and one.difference < 0 else 1  # "worse by 0.1" rather than "by -0.1"
    low, high = sorted(sign * bound for bound in one.ci95)
    size = f"{estimate(sign * one.difference, (low, high), like=max(-low, high))} {label}"
    chance = f"(p = {one.p_holm:.2g}{f' after Holm over {one.family} comparisons' if one.family > 1 else ''})"
    if one.verdict != "undecided":
        return f"{system} is {one.verdict} than {baseline} by {size} {chance}."
    missed = f" With {one.n} items, differences below {number(one.detectable or 0.0)} would often stay unseen."
    found = f"No significant difference between {system} and {baseline}: {size} {chance}."
    return found + (missed if one.detectable else "")


def spread(scores: Array) -> float:
    """Standard deviation over repeats of the mean score, [repeats, items]. Items with a NaN are left out."""
    known = scores[:, ~np.isnan(scores).any(axis=0)]
    return float(known.mean(axis=1).std(ddof=1))


def _difference(pair: Pair) -> Array:
    """System - baseline, [items]. The score of an item is the mean over its repeats, NaN if one of them is."""
    old, new = (np.atleast_2d(scores).mean(axis=0) for scores in pair[2:])
    if len(old) != len(new) or np.isinf(old).any() or np.isinf(new).any():
        counts = f"{pair.baseline}: {len(old)} items, {pair.system}: {len(new)} items"
        raise BenchError(f"systems to compare need finite scores of the same items; there are {counts}")
    return np.where(np.isclose(new, old, CLOSE, CLOSE), 0.0, new - old)


def _compared(pair: Pair, difference: Array, p: tuple[float, float], statistics: Statistics, family: int) -> Comparison:
    """All about one pair from its differences, [items], and its p-values before and after correction."""
    n = len(difference)
    if n < 2:
        names = f"{pair.system} and {pair.baseline}"
        raise BenchError(f"{names} need scores of at least two items in common; they have {n}")
    ((low, high),) = intervals(lambda rows: [difference[rows].mean()], n, statistics.seed).tolist()
    mean, detectable = float(difference.mean()), _detectable(difference, statistics.alpha / family)
    wins, ties, losses = (int((np.sign(difference) == side).sum()) for side in (1, 0, -1))
    verdict: Verdict = "undecided" if p[1] >= statistics.alpha else "better" if mean > 0 else "worse"
    return Comparison(*pair[:2], n, mean, (low, high), *p, family, detectable, wins, ties, losses, verdict)


def _detectable(difference: Array, alpha: float) -> float | None:
    """The difference that one two-sided test at `alpha` finds with 80% power, by the normal approximation.

    That is the first step of Holm's method, so that the true power is at least as high.
    """
    deviation = float(difference.std(ddof=1))
    if deviation <= CLOSE * np.abs(difference).max():
        return None
    reach = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(POWER)
    return float(reach * deviation / len(difference) ** 0.5)

"""95% intervals: how much a score would move if other items had been drawn.

Most are bootstrap intervals (percentile method). All scores of one call are computed on the same resamples, so a
difference between two models is a paired one. The interval of a share is Wilson's.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

RESAMPLES = 1000
MOST_ROWS = 20_000  # of more, only so many are resampled, and the interval is scaled to all of them
NORMAL = 1.959964  # the normal distribution has 95% between minus and plus so many standard deviations


def intervals(
    statistic: Callable[[Rows], Sequence[float] | Array], count: int, seed: int, most: int = MOST_ROWS
) -> Array:
    """The central 95% of each score over `RESAMPLES` resamples: lower and upper ends, [scores, 2].

    A resample has as many items as there are, drawn with replacement. The same seed gives the same intervals. Of more
    than `most` items, so many are chosen once, and each resample is drawn from these. The ends are then moved: their
    distances from the score of the chosen ones are multiplied by the square root of chosen / all, and count from the
    score of all items.

    Args:
        statistic: gives the scores of the items at these positions. NaN says that a score has no meaning for them
            (no positive among them, say); such a resample does not count for that score.
        count: how many items there are.
        seed: of the draws.
        most: of more items, only so many by chance are resampled.
    """
    random = np.random.default_rng(seed)
    kept = random.permutation(count)[:most]
    resamples = [statistic(random.choice(kept, len(kept))) for _ in range(RESAMPLES)]
    bounds: Array = np.nanquantile(np.array(resamples), [0.025, 0.975], axis=0)
    if len(kept) < count:  # of m of n, the interval is wider by the square root of n / m (Bickel et al. 1997)
        whole, part = (np.asarray(statistic(rows)) for rows in (np.arange(count), kept))
        bounds = whole + (bounds - part) * np.sqrt(len(kept) / count)
    return bounds.T


def wilson(hits: float, count: int) -> tuple[float, float]:
    """The 95% interval of the share `hits / count` (Wilson, 1927, Probable Inference), with `NORMAL` as its z.

    It holds at the edges, too: of 32 hits among 32, a bootstrap would say that nothing but 1 is possible, and this is
    0.893 to 1. No end is below 0 or above 1. `hits` need not be whole; `count` is at least 1.
    """
    middle, spread = hits + NORMAL**2 / 2, NORMAL * np.sqrt(hits * (count - hits) / count + NORMAL**2 / 4)
    low, high = ((middle + side) / (count + NORMAL**2) for side in (-spread, spread))
    return max(0.0, float(low)), min(1.0, float(high))

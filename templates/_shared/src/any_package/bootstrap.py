"""Bootstrap intervals: how much a score would move if other items had been drawn (percentile method).

All scores of one call are computed on the same resamples, so a difference between two models is a paired one.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

RESAMPLES = 1000
MOST_ROWS = 20_000  # of more, only so many are resampled, so the interval is wider than it could be


def intervals(
    statistic: Callable[[Rows], Sequence[float] | Array], count: int, seed: int, most: int = MOST_ROWS
) -> Array:
    """The central 95% of each score over `RESAMPLES` resamples, [scores, 2].

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
    return bounds.T

"""Is one configuration really better than another, or by chance? A paired test, corrected for many comparisons."""

import numpy as np

from ..bootstrap import Array

CLOSE = 1e-12  # as a share: sums of the same numbers in another order
AT_ONCE = 1_000_000  # flips that are held in memory, 8 bytes each


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    """Two-sided p-value of each row's mean difference by random flips of sign.

    If both configurations were alike, each question's difference could as well have the other sign (Fisher
    1935, Pitman 1937). The observed signs count as one of the permutations, so that no p-value is 0 (Phipson
    and Smyth 2010). All rows are judged by the same flips.

    scipy.stats.permutation_test is not used, because it misses ties of scores like 0.1 and 0.3, whose sums are
    rounded.

    Args:
        differences: [comparisons, questions].
        permutations: how many random flips.
        seed: of the flips.
    """
    random = np.random.default_rng(seed)
    observed = np.abs(differences.sum(axis=1)) - CLOSE * np.abs(differences).sum(axis=1)
    as_extreme = np.zeros(len(differences))
    at_once = max(1, AT_ONCE // max(1, differences.shape[1]))
    for done in range(0, permutations, at_once):
        size = (min(at_once, permutations - done), differences.shape[1])
        flips = random.choice(np.array([-1.0, 1.0]), size=size)
        as_extreme += (np.abs(differences @ flips.T) >= observed[:, None]).sum(axis=1)
    found: Array = (as_extreme + 1) / (permutations + 1)
    return found


def holm(p: Array) -> Array:
    """P-values adjusted for the number of comparisons (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted

"""Draws the signs of one permutation at a time, and corrects in a loop."""

import numpy as np


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    random = np.random.default_rng(seed)
    observed = abs(differences.sum(axis=1))
    rounding = 1e-12 * abs(differences).sum(axis=1)
    count = np.ones(len(differences))
    for _ in range(permutations):
        signs = 2 * random.integers(0, 2, differences.shape[1]) - 1
        sums = abs((differences * signs).sum(axis=1))
        count += sums >= observed - rounding
    return count / (permutations + 1)


def holm(p: Array) -> Array:
    adjusted, highest, left = [0.0] * len(p), 0.0, len(p)
    for place in sorted(range(len(p)), key=lambda one: p[one]):
        highest = max(highest, min(1.0, left * float(p[place])))
        adjusted[place] = highest
        left -= 1
    return np.array(adjusted)

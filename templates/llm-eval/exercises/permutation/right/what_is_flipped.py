"""Takes what is flipped twice from the sum, and corrects in a loop."""

import numpy as np


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    random = np.random.default_rng(seed)
    total = differences.sum(axis=1)
    rounding = 1e-12 * abs(differences).sum(axis=1)
    flipped = random.random((permutations, differences.shape[1])) < 0.5
    sums = total - 2 * (flipped @ differences.T)
    return ((abs(sums) >= abs(total) - rounding).sum(axis=0) + 1) / (permutations + 1)


def holm(p: Array) -> Array:
    adjusted, highest, left = [0.0] * len(p), 0.0, len(p)
    for place in sorted(range(len(p)), key=lambda one: p[one]):
        highest = max(highest, min(1.0, left * float(p[place])))
        adjusted[place] = highest
        left -= 1
    return np.array(adjusted)

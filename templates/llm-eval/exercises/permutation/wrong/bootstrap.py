"""Draws other questions in place of other signs: that is a bootstrap, and not what chance alone would do."""

import numpy as np


def p_values(differences: Array, permutations: int, seed: int) -> Array:
    questions = differences.shape[1]
    drawn = np.random.default_rng(seed).integers(0, questions, size=(permutations, questions))
    means = differences[:, drawn].mean(axis=2)
    other_side = np.minimum((means <= 0).sum(axis=1), (means >= 0).sum(axis=1))
    return np.minimum(1, 2 * (other_side + 1) / (permutations + 1))


def holm(p: Array) -> Array:
    order = np.argsort(p)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted

"""How often the comparison of a canary promotes it without a person, by how much worse it truly is."""

import numpy as np

from ..settings import Rollout, Slo
from .analysis import normal_width

RELEASES = 20_000


def promoted(increase: float, deviation: float, rollout: Rollout, slo: Slo) -> float:
    """The share of simulated releases that a look shows to be no worse before another one shows them to be worse.

    Args:
        increase: of the Brier score, the true one.
        deviation: the standard deviation of the difference of two squared errors from row to row.
        rollout: how many rows a look has, and how many looks there are.
        slo: the bound of the increase. The calibration gap is not simulated.
    """
    looks = np.arange(1, rollout.most_looks + 1)
    random, rows = np.random.default_rng(1), rollout.replay_rows
    sums = random.normal(increase * rows, deviation * rows**0.5, (RELEASES, len(looks))).cumsum(axis=1)
    means, spread = sums / (looks * rows), normal_width(rollout.most_looks) * deviation / (looks * rows) ** 0.5
    passed, failed = means + spread <= slo.brier_increase, means - spread > slo.brier_increase
    first = (passed | failed).argmax(axis=1)
    return float(passed[np.arange(RELEASES), first].mean())

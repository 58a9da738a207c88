"""The same in loops: each possible limit is tried."""

from math import ceil

import numpy as np

from .domain import guard
from .manifest import plain, unlike_training


def choose_limit(uncertainty: Array, losses: Array, most_risk: float) -> float:
    limit = 0.0
    for candidate in np.unique(uncertainty):
        if losses[uncertainty <= candidate].mean() <= most_risk:
            limit = float(candidate)
    return limit


def curve(uncertainty: Array, losses: Array) -> list[dict[str, float]]:
    pairs = sorted(zip(uncertainty.tolist(), losses.tolist(), strict=True), key=lambda pair: pair[0])
    points: list[dict[str, float]] = []
    done = 0
    for step in range(1, POINTS + 1):
        count = ceil(step * len(pairs) / POINTS)
        if count > done:
            risk = sum(loss for _, loss in pairs[:count]) / count
            points.append({"coverage": count / len(pairs), "risk": risk})
            done = count
    return points


def why(case: Mapping[str, Value], inputs: list[Input]) -> list[str]:
    reasons = []
    if said := guard(case):
        reasons.append(said)
    for one in inputs:
        if said := unlike_training(case[one.name], one):
            reasons.append(f"{one.name}: {said}")
    return reasons


def reserved(frame: pd.DataFrame, inputs: list[Input]) -> Mask:
    return np.array([len(why(case, inputs)) > 0 for case in plain(frame, inputs)], dtype=bool)

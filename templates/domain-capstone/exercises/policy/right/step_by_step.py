"""The same in loops."""

from math import ceil

import numpy as np

from .domain import guard
from .manifest import plain, unlike_training


def choose_limit(
    uncertainty: Array,
    losses: Array,
    most_risk: float,
    confidence: float = CONFIDENCE,
    groups: Column | None = None,
) -> float | None:
    limit: float | None = None
    ordered = sorted(uncertainty.tolist())
    for percent in range(20, 101, 5):
        count = ceil(percent * len(ordered) / 100)
        if count == 0:
            break
        candidate = ordered[count - 1]
        places = [place for place, value in enumerate(uncertainty.tolist()) if value <= candidate]
        members = places if groups is None else {groups[place] for place in places}
        if highest_risk(losses[places], len(members), confidence, float(max(losses))) > most_risk:
            break
        limit = candidate
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

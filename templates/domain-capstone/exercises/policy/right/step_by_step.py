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
    largest: float | None = None,
    referred: Array | None = None,
) -> float | None:
    members = list(range(len(losses))) if groups is None else list(groups)

    def means(places: list[int]) -> Array:
        together: dict[object, list[float]] = {}
        for place in places:
            together.setdefault(members[place], []).append(float(losses[place]))
        return np.array([sum(parts) / len(parts) for parts in together.values()])

    every = list(range(len(losses)))
    if not every:
        return None
    most = max(1.0, float(means(every).max())) if largest is None else largest
    ordered, best, least = sorted(uncertainty.tolist()), None, float("inf")
    for percent in range(20, 101, 5):
        limit = ordered[ceil(percent * len(ordered) / 100) - 1]
        places = [place for place in every if uncertainty[place] <= limit]
        if not keeps(means(places), most_risk, confidence, most):
            break
        cost = 0.0
        if referred is not None:
            cost = sum(losses[place] if uncertainty[place] <= limit else referred[place] for place in every)
        if cost <= least:
            best, least = limit, cost
    return best


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

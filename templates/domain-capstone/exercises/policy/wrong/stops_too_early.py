"""Stops at the first limit that does not keep the risk, though a larger one may keep it again."""

import numpy as np

from . import domain
from .manifest import plain, unlike_training


def choose_limit(uncertainty: Array, losses: Array, most_risk: float) -> float:
    limit = 0.0
    for candidate in np.unique(uncertainty):
        if losses[uncertainty <= candidate].mean() > most_risk:
            break
        limit = float(candidate)
    return limit


def curve(uncertainty: Array, losses: Array) -> list[dict[str, float]]:
    ordered = losses[np.argsort(uncertainty, kind="stable")]
    counts = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(ordered)).astype(int))
    return [{"coverage": float(count / len(ordered)), "risk": float(ordered[:count].mean())} for count in counts]


def why(case: Mapping[str, Value], inputs: list[Input]) -> list[str]:
    guarded = domain.guard(case)
    unlike = [f"{one.name}: {said}" for one in inputs if (said := unlike_training(case[one.name], one))]
    return [*([guarded] if guarded else []), *unlike]


def reserved(frame: pd.DataFrame, inputs: list[Input]) -> Mask:
    return np.array([bool(why(case, inputs)) for case in plain(frame, inputs)], dtype=np.bool_)

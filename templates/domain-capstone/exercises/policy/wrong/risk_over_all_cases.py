"""Divides by all cases: the fewer are accepted, the better the risk looks."""

import numpy as np

from . import domain
from .manifest import plain, unlike_training


def choose_limit(
    uncertainty: Array,
    losses: Array,
    most_risk: float,
    confidence: float = CONFIDENCE,
    groups: Column | None = None,
) -> float | None:
    if not len(losses):
        return None
    limit, ordered, largest = None, np.sort(uncertainty), float(losses.max())
    shares = np.arange(FIRST, 1 + STEP / 2, STEP)
    for count in np.unique(np.ceil(shares * len(ordered) - 1e-9).astype(int)):
        candidate = float(ordered[count - 1])
        accepted = uncertainty <= candidate
        independent = len(losses) if groups is None else len(np.unique(groups))
        if highest_risk(np.where(accepted, losses, 0), independent, confidence, largest) > most_risk:
            break
        limit = candidate
    return limit


def curve(uncertainty: Array, losses: Array) -> list[dict[str, float]]:
    ordered = losses[np.argsort(uncertainty, kind="stable")]
    counts = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(ordered)).astype(int))
    size = len(ordered)
    return [{"coverage": float(count / size), "risk": float(ordered[:count].sum() / size)} for count in counts]


def why(case: Mapping[str, Value], inputs: list[Input]) -> list[str]:
    guarded = domain.guard(case)
    unlike = [f"{one.name}: {said}" for one in inputs if (said := unlike_training(case[one.name], one))]
    return [*([guarded] if guarded else []), *unlike]


def reserved(frame: pd.DataFrame, inputs: list[Input]) -> Mask:
    return np.array([bool(why(case, inputs)) for case in plain(frame, inputs)], dtype=np.bool_)

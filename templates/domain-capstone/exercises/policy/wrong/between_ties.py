"""Cuts between cases of equal uncertainty, though the limit accepts all of them or none."""

import numpy as np

from . import domain
from .manifest import plain, unlike_training


def choose_limit(uncertainty: Array, losses: Array, most_risk: float) -> float:
    order = np.argsort(uncertainty, kind="stable")
    risks = losses[order].cumsum() / np.arange(1, len(order) + 1)
    fits = np.flatnonzero(risks <= most_risk)
    return float(uncertainty[order][fits[-1]]) if len(fits) else 0.0


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

"""Takes the largest limit that passes, also after one that fails: each further try is another chance to pass wrongly."""

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
        independent = int(accepted.sum()) if groups is None else len(np.unique(groups[accepted]))
        if highest_risk(losses[accepted], independent, confidence, largest) > most_risk:
            continue
        limit = candidate
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

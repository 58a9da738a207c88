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
    largest: float | None = None,
    referred: Array | None = None,
) -> float | None:
    if not len(losses):
        return None
    codes = np.arange(len(losses)) if groups is None else pd.factorize(groups)[0]
    if largest is None:
        largest = max(1.0, float(pd.Series(losses).groupby(codes).mean().max()))
    ordered, limits = np.sort(uncertainty), list[float]()
    shares = np.arange(FIRST, 1 + STEP / 2, STEP)
    for count in np.unique(np.ceil(shares * len(ordered) - 1e-9).astype(int)):
        limit = float(ordered[count - 1])
        accepted = uncertainty <= limit
        means = pd.Series(losses[accepted]).groupby(codes[accepted]).mean().to_numpy()
        if not keeps(means, most_risk, confidence, largest):
            continue
        limits.append(limit)
    if referred is None or not limits:
        return limits[-1] if limits else None
    costs = [float(np.where(uncertainty <= limit, losses, referred).mean()) for limit in limits]
    return min(zip(costs, [-limit for limit in limits], limits, strict=True))[-1]


def curve(uncertainty: Array, losses: Array) -> list[dict[str, float]]:
    ordered = losses[np.argsort(uncertainty, kind="stable")]
    counts = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(ordered)).astype(int))
    return [
        {"coverage": round(float(count / len(ordered)), 4), "risk": float(f"{ordered[:count].mean():.6g}")}
        for count in counts
    ]


def why(case: Mapping[str, Value], inputs: list[Input]) -> list[str]:
    guarded = domain.guard(case)
    unlike = [f"{one.name}: {said}" for one in inputs if (said := unlike_training(case[one.name], one))]
    return [*([guarded] if guarded else []), *unlike]


def reserved(frame: pd.DataFrame, inputs: list[Input]) -> Mask:
    return np.array([bool(why(case, inputs)) for case in plain(frame, inputs)], dtype=np.bool_)

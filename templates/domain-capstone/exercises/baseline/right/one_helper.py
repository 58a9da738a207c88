"""The same with a helper that makes one metric after the other."""

import numpy as np
import pandas as pd

from .bootstrap import Rows
from .estimates import Mean, Share, estimates
from .manifest import Array


def _listed(scored: dict[str, Scored], answered: Answered, settings: Settings) -> list[Metric]:
    metrics = []
    for name, score in scored.items():
        count, seed = len(answered.cases.outcomes), settings.training.seed
        if estimate := estimates({name: score.statistic}, count, answered.units, seed).get(name):
            pair = {"value": estimate.value, "ci95": estimate.ci95}
            metrics.append(Metric(name=name, label=score.label, higher_is_better=score.higher_is_better, **pair))
    return metrics


def _of(given: pd.DataFrame, answered: Answered, settings: Settings) -> dict[str, Scored]:
    scored = {}
    for name, score in technique.scores(settings).items():
        scored[name] = Scored(score.label, score.higher_is_better, score.of(answered.cases.outcomes, given))
    return scored


def _whole(costs: Array, settings: Settings) -> Scored:
    return Scored(f"Cost per {settings.problem.case} with its people, {settings.cost.currency}", False, Mean(costs))


def scores_of_model(answered: Answered, settings: Settings) -> dict[str, Scored]:
    scored = _of(answered.ours, answered, settings)
    if settings.cost.reading is not None:
        scored["whole_cost"] = _whole(answered.whole(settings.cost.reading, settings), settings)
    scored["accepted"] = Scored("Answered without a person", True, Share(np.where(answered.accepted, 1.0, 0.0)))
    risks = answered.losses.astype(float).copy()
    risks[~answered.accepted] = float("nan")
    shares = bool(settings.problem.options) and set(answered.losses.tolist()) <= {0.0, 1.0}
    loss = technique.loss(settings).label
    risk = Share(risks) if shares else Mean(risks)
    scored["accepted_risk"] = Scored(f"{loss[0].upper()}{loss[1:]}, accepted", False, risk)
    return scored


def scores_of_rule(answered: Answered, settings: Settings) -> dict[str, Scored]:
    scored = _of(answered.theirs, answered, settings)
    if settings.cost.reading is not None:
        scored["whole_cost"] = _whole(answered.rule_losses, settings)
    return scored


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    return _listed(scores_of_model(answered, settings), answered, settings)


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    metrics = _listed(scores_of_rule(answered, settings), answered, settings)
    return [Baseline(model=settings.problem.rule, **dict(metric)) for metric in metrics]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    ours, theirs = scores_of_model(answered, settings), scores_of_rule(answered, settings)
    name = headline(theirs, settings)

    def difference(drawn: Rows) -> float:
        gain = ours[name].statistic(drawn) - theirs[name].statistic(drawn)
        return gain if theirs[name].higher_is_better else -gain

    count, seed = len(answered.cases.outcomes), settings.training.seed
    estimate = estimates({name: difference}, count, answered.units, seed)[name]
    return Gain(metric=name, versus=rule, value=estimate.value, ci95=estimate.ci95)

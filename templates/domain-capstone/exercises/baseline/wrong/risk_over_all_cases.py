"""Divides the losses of accepted answers by all cases: the more are referred, the better it looks."""

import numpy as np
import pandas as pd

from .estimates import Mean, Share, Statistic, estimates
from .manifest import Array


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    return _measured(scores_of_model(answered, settings), answered, settings)


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    metrics = _measured(scores_of_rule(answered, settings), answered, settings)
    return [Baseline(model=settings.problem.rule, **metric.model_dump()) for metric in metrics]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    by_rule = scores_of_rule(answered, settings)
    name = headline(by_rule, settings)
    sign = 1 if by_rule[name].higher_is_better else -1
    ours, theirs = scores_of_model(answered, settings)[name].statistic, by_rule[name].statistic
    gain = {name: lambda drawn: sign * (ours(drawn) - theirs(drawn))}
    estimate = estimates(gain, len(answered.losses), answered.units, settings.training.seed)[name]
    return Gain(metric=name, versus=rule, value=estimate.value, ci95=estimate.ci95)


def scores_of_model(answered: Answered, settings: Settings) -> dict[str, Scored]:
    reading, label = settings.cost.reading, technique.loss(settings).label
    whole = None if reading is None else answered.whole(reading, settings)
    risks = np.where(answered.accepted, answered.losses, 0.0)
    share = settings.problem.options and np.isin(answered.losses, (0, 1)).all()
    return {
        **_scored(answered, answered.ours, whole, settings),
        "accepted": Scored("Answered without a person", True, Share(answered.accepted.astype(float))),
        "accepted_risk": Scored(f"{label[:1].upper()}{label[1:]}, accepted", False, (Share if share else Mean)(risks)),
    }


def scores_of_rule(answered: Answered, settings: Settings) -> dict[str, Scored]:
    return _scored(answered, answered.theirs, None if settings.cost.reading is None else answered.rule_losses, settings)


def _scored(answered: Answered, given: pd.DataFrame, costs: Array | None, settings: Settings) -> dict[str, Scored]:
    scored = {
        name: Scored(score.label, score.higher_is_better, score.of(answered.cases.outcomes, given))
        for name, score in technique.scores(settings).items()
    }
    if costs is not None:
        label = f"Cost per {settings.problem.case} with its people, {settings.cost.currency}"
        scored["whole_cost"] = Scored(label, False, Mean(costs))
    return scored


def _measured(measured: dict[str, Scored], answered: Answered, settings: Settings) -> list[Metric]:
    statistics = {name: one.statistic for name, one in measured.items()}
    found = estimates(statistics, len(answered.losses), answered.units, settings.training.seed)
    return [
        Metric(
            name=name,
            label=measured[name].label,
            value=one.value,
            ci95=one.ci95,
            higher_is_better=measured[name].higher_is_better,
        )
        for name, one in found.items()
    ]

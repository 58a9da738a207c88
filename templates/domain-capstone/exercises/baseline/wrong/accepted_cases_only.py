"""Scores the model on what it answers alone, and the rule on everything."""

import numpy as np

from .estimates import Mean, Share, estimates


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    losses = np.where(answered.accepted, answered.losses, np.nan)
    risk = (Share if settings.problem.options else Mean)(losses)
    kept = answered.accepted
    outcomes = answered.cases.outcomes
    found = {
        name: Scored(score.label, score.higher_is_better, _among(score.of(outcomes, answered.ours), kept))
        for name, score in technique.scores(settings).items()
    }
    found["accepted"] = Scored("Answered without a person", True, Share(answered.accepted.astype(float)))
    found["accepted_risk"] = Scored(f"{technique.LOSS.capitalize()} among these", False, risk)
    reading = settings.cost.reading
    if reading is not None and settings.problem.options:
        told = technique.predictions(answered.cases, answered.ours, settings)
        costs = Mean(np.where(answered.accepted, told["expected_cost"], reading))
        found["whole_cost"] = Scored(f"Cost per case with reading, {settings.cost.currency}", False, costs)
    return _measured(found, answered, settings)


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    found = _measured(_scored(answered, answered.theirs, settings), answered, settings)
    return [Baseline(model=settings.problem.rule, **metric.model_dump()) for metric in found]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    score, name = headline(settings), settings.training.headline
    sign = 1 if score.higher_is_better else -1
    ours, theirs = (score.of(answered.cases.outcomes, given) for given in (answered.ours, answered.theirs))
    gain = {name: lambda drawn: sign * (ours(drawn) - theirs(drawn))}
    found = estimates(gain, len(answered.losses), answered.units, settings.training.seed)[name]
    return Gain(metric=name, versus=rule, value=found.value, ci95=found.ci95)


def _scored(answered: Answered, given: pd.DataFrame, settings: Settings) -> dict[str, Scored]:
    return {
        name: Scored(score.label, score.higher_is_better, score.of(answered.cases.outcomes, given))
        for name, score in technique.scores(settings).items()
    }


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


def _among(statistic: Statistic, kept: Mask) -> Statistic:
    return lambda drawn: statistic(drawn[kept[drawn]]) if kept[drawn].any() else float("nan")

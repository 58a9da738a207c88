"""The same with a helper that makes one metric after the other."""

import numpy as np

from .bootstrap import Rows
from .estimates import Mean, Share, estimates


def _metric(name: str, label: str, high: bool, statistic: Statistic, answered: Answered, settings: Settings) -> Metric | None:
    count = len(answered.cases.outcomes)
    found = estimates({name: statistic}, count, answered.units, settings.training.seed).get(name)
    if found is None:
        return None
    return Metric(name=name, label=label, value=found.value, ci95=found.ci95, higher_is_better=high)


def _all_scores(given: pd.DataFrame, answered: Answered, settings: Settings) -> list[Metric]:
    metrics = []
    for name, score in technique.scores(settings).items():
        statistic = score.of(answered.cases.outcomes, given)
        if metric := _metric(name, score.label, score.higher_is_better, statistic, answered, settings):
            metrics.append(metric)
    return metrics


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    metrics = _all_scores(answered.ours, answered, settings)
    accepted = Share(np.where(answered.accepted, 1.0, 0.0))
    risks = answered.losses.astype(float).copy()
    risks[~answered.accepted] = float("nan")
    risk = Share(risks) if settings.problem.options else Mean(risks)
    loss = technique.LOSS[0].upper() + technique.LOSS[1:]
    policy = [
        _metric("accepted", "Answered without a person", True, accepted, answered, settings),
        _metric("accepted_risk", f"{loss} among these", False, risk, answered, settings),
    ]
    if settings.problem.options and settings.cost.reading is not None:
        costs = technique.predictions(answered.cases, answered.ours, settings)["expected_cost"].to_numpy(dtype=float, copy=True)
        costs[~answered.accepted] = settings.cost.reading
        label = f"Cost per case with reading, {settings.cost.currency}"
        policy.append(_metric("whole_cost", label, False, Mean(costs), answered, settings))
    return metrics + [one for one in policy if one is not None]


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    return [
        Baseline(model=settings.problem.rule, **dict(metric))
        for metric in _all_scores(answered.theirs, answered, settings)
    ]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    name, score = settings.training.headline, headline(settings)
    ours = score.of(answered.cases.outcomes, answered.ours)
    theirs = score.of(answered.cases.outcomes, answered.theirs)

    def difference(drawn: Rows) -> float:
        return ours(drawn) - theirs(drawn) if score.higher_is_better else theirs(drawn) - ours(drawn)

    count, seed = len(answered.cases.outcomes), settings.training.seed
    found = estimates({name: difference}, count, answered.units, seed)[name]
    return Gain(metric=name, versus=rule, value=found.value, ci95=found.ci95)

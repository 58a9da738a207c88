"""Scores, the gain over today's rule and slices, with intervals, and the quality gates."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from . import technique
from .answering import Answered
from .dependent import rounded
from .estimates import Mean, Share, Statistic, estimates
from .fairness import Difference
from .manifest import Array
from .reporting.metrics import Baseline, Gate, Interval, Metric, Part, Report, Slice
from .settings import Settings, SettingsError


class Gain(Part):
    """How much better the model is than today's rule in the headline score. Positive is always better."""

    metric: str
    versus: str
    value: float
    ci95: Interval


class Doubt(Part):
    """How much more the less sure half of the answers loses than the surer half."""

    value: float
    ci95: Interval


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    headline: str
    rule: str
    rule_risk: float
    difference: Gain
    doubt: Doubt | None  # None if all answers are as sure as each other
    break_even: float | None  # the price of reading at which model and people cost what the rule costs, if any does
    loss: str
    limit: float | None
    reviewed: int
    curve: list[dict[str, float]]
    fairness: list[Difference]
    mistakes: dict[str, int]  # of each kind, the most frequent first
    looks: list[str] = Field(default=[])  # the versions of the model that were measured on these test cases


class Scored(NamedTuple):
    label: str
    higher_is_better: bool
    statistic: Statistic


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    """The scores of model and policy on all test cases."""
    return _metrics(scores_of_model(answered, settings), answered, settings)


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    """The same scores for today's rule, which answers every test case."""
    metrics = _metrics(scores_of_rule(answered, settings), answered, settings)
    return [Baseline(model=settings.problem.rule, **metric.model_dump()) for metric in metrics]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    """The gain over today's rule in the headline score, paired on the same resampled cases.

    Raises:
        SettingsError: the headline score is not measured.
    """
    by_rule = scores_of_rule(answered, settings)
    name = headline(by_rule, settings)
    sign = 1 if by_rule[name].higher_is_better else -1
    ours, theirs = scores_of_model(answered, settings)[name].statistic, by_rule[name].statistic
    gain = {name: lambda drawn: sign * (ours(drawn) - theirs(drawn))}
    estimate = estimates(gain, len(answered.losses), answered.units, settings.training.seed)[name]
    return Gain(metric=name, versus=rule, value=estimate.value, ci95=estimate.ci95)


def measure_doubt(answered: Answered, settings: Settings) -> Doubt | None:
    """Whether uncertainty tells good answers from bad ones."""
    uncertainty = answered.ours["uncertainty"].to_numpy()
    surer = uncertainty <= np.median(uncertainty)
    halves = Mean(np.where(surer, np.nan, answered.losses)), Mean(np.where(surer, answered.losses, np.nan))
    less_sure = {"doubt": lambda drawn: halves[0](drawn) - halves[1](drawn)}
    estimate = estimates(less_sure, len(surer), answered.units, settings.training.seed).get("doubt")
    return None if estimate is None else Doubt(value=estimate.value, ci95=estimate.ci95)


def break_even(answered: Answered, settings: Settings) -> float | None:
    """The price of reading at which a case costs as much as by today's rule, all other prices being the same.

    None if reading has no price, if nothing is read, or if even free reading would not make up for it.
    """
    if settings.cost.reading is None:
        return None
    free, at_one = (float(answered.whole(reading, settings).mean()) for reading in (0.0, 1.0))
    price = (float(answered.rule_losses.mean()) - free) / (at_one - free) if at_one > free else -1.0
    return rounded(price) if price > 0 else None


def measure_slices(answered: Answered, settings: Settings) -> Iterator[Slice]:
    """The headline score, and the share that the policy accepts, for each group of cases that is large enough.

    In place of macro F1 stands accuracy: macro F1 is low in a group that lacks an answer, however right the others are.
    """
    name = "accuracy" if settings.training.headline == "macro_f1" else settings.training.headline
    frame, costs = answered.cases.frame.reset_index(drop=True), answered.whole(settings.cost.reading or 0, settings)
    for column in settings.slices.columns:
        for value, part in frame.groupby(frame[column].fillna("not given")):
            if len(part) >= settings.slices.min_rows:
                units = None if answered.units is None else answered.units.iloc[part.index]
                outcomes, ours = answered.cases.outcomes.iloc[part.index], answered.ours.iloc[part.index]
                score = technique.scores(settings).get(name)
                inside: dict[str, Statistic] = {
                    name: Mean(costs[part.index]) if score is None else score.of(outcomes, ours),
                    "accepted": Share(answered.accepted[part.index].astype(float)),
                }
                for metric, one in estimates(inside, len(part), units, settings.training.seed).items():
                    yield Slice(name=f"{column} = {value}", n=one.n, metric=metric, value=one.value, ci95=one.ci95)


def check_gates(metrics: list[Metric], settings: Settings) -> Iterator[Gate]:
    """Check the bounds in the settings: those of `[gates]`, and `most_risk` of what is accepted.

    Raises:
        SettingsError: a gate names a metric that is not measured.
    """
    measured = {metric.name: metric for metric in metrics}
    if "accepted_risk" in measured:
        risk, most = measured["accepted_risk"].value, settings.policy.most_risk
        yield Gate(metric="most_risk", threshold=most, passed=risk <= most, value=risk, bound="max")
    for name, bound in settings.gates.items():
        if name not in measured:
            raise SettingsError(f"gates: {name!r} is not measured; choose from {', '.join(measured)}")
        value, more = measured[name].value, measured[name].higher_is_better
        passed = value >= bound if more else value <= bound
        yield Gate(metric=name, threshold=bound, passed=passed, value=value, bound="min" if more else "max")


def headline(scored: dict[str, Scored], settings: Settings) -> str:
    """The name of the score that model and rule are compared by.

    Raises:
        SettingsError: it is not measured.
    """
    name = settings.training.headline
    if name not in scored:
        raise SettingsError(f"training.headline: {name!r} is not measured; choose from {', '.join(scored)}")
    return name


def scores_of_model(answered: Answered, settings: Settings) -> dict[str, Scored]:
    """The scores of the model's answers, of what is accepted and, where reading has a price, of the whole."""
    reading, label = settings.cost.reading, technique.loss(settings).label
    whole = None if reading is None else answered.whole(reading, settings)
    risks = np.where(answered.accepted, answered.losses, np.nan)
    share = settings.problem.options and np.isin(answered.losses, (0, 1)).all()
    return {
        **_scores(answered, answered.ours, whole, settings),
        "accepted": Scored("Answered without a person", True, Share(answered.accepted.astype(float))),
        "accepted_risk": Scored(f"{label[:1].upper()}{label[1:]}, accepted", False, (Share if share else Mean)(risks)),
    }


def scores_of_rule(answered: Answered, settings: Settings) -> dict[str, Scored]:
    """The same scores of today's rule, by which nobody reads a case for its doubts."""
    return _scores(answered, answered.theirs, None if settings.cost.reading is None else answered.rule_losses, settings)


def _scores(answered: Answered, given: pd.DataFrame, costs: Array | None, settings: Settings) -> dict[str, Scored]:
    scored = {
        name: Scored(score.label, score.higher_is_better, score.of(answered.cases.outcomes, given))
        for name, score in technique.scores(settings).items()
    }
    if costs is not None:
        label = f"Cost per {settings.problem.case} with its people, {settings.cost.currency}"
        scored["whole_cost"] = Scored(label, False, Mean(costs))
    return scored


def _metrics(measured: dict[str, Scored], answered: Answered, settings: Settings) -> list[Metric]:
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

"""Scores, the gain over today's rule and slices, with intervals, and the quality gates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from . import technique
from .data import Cases
from .estimates import Mean, Score, Share, ShareScore, Statistic, estimates
from .fairness import Difference
from .manifest import Array, Mask
from .reporting.metrics import Baseline, Gate, Interval, Metric, Part, Report, Slice
from .settings import Settings, SettingsError


class Gain(Part):
    """How much better the model is than today's rule in the headline score. Positive is always better."""

    metric: str
    versus: str
    value: float
    ci95: Interval


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    headline: str
    rule: str
    rule_risk: float
    difference: Gain
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


@dataclass(frozen=True)
class Answered:
    """The test cases with the answers of the model and of the rule, the model's losses, and what was accepted."""

    cases: Cases
    ours: pd.DataFrame
    theirs: pd.DataFrame
    losses: Array
    accepted: Mask
    units: pd.Series | None  # cases of one unit resemble each other


def measure(answered: Answered, settings: Settings) -> list[Metric]:
    """The model's scores on all test cases, and what the policy makes of them."""
    losses = np.where(answered.accepted, answered.losses, np.nan)
    risk = (Share if settings.problem.options else Mean)(losses)  # of options, one is right or wrong
    found = _scores(answered, answered.ours, settings)
    found["accepted"] = Scored("Answered without a person", True, Share(answered.accepted.astype(float)))
    found["accepted_risk"] = Scored(f"{technique.LOSS[:1].upper()}{technique.LOSS[1:]} among these", False, risk)
    reading = settings.cost.reading
    if reading is not None and settings.problem.options:
        told = technique.predictions(answered.cases, answered.ours, settings)
        costs = Mean(np.where(answered.accepted, told["expected_cost"], reading))
        found["whole_cost"] = Scored(f"Cost per case with reading, {settings.cost.currency}", False, costs)
    return _metrics(found, answered, settings)


def measure_rule(answered: Answered, settings: Settings) -> list[Baseline]:
    """The same scores for today's rule, on all test cases."""
    found = _metrics(_scores(answered, answered.theirs, settings), answered, settings)
    return [Baseline(model=settings.problem.rule, **metric.model_dump()) for metric in found]


def measure_gain(answered: Answered, rule: str, settings: Settings) -> Gain:
    """The gain over today's rule, paired on the same resampled cases."""
    score, name = headline(settings), settings.training.headline
    sign = 1 if score.higher_is_better else -1
    ours, theirs = (score.of(answered.cases.outcomes, given) for given in (answered.ours, answered.theirs))
    gain = {name: lambda drawn: sign * (ours(drawn) - theirs(drawn))}
    found = estimates(gain, len(answered.losses), answered.units, settings.training.seed)[name]
    return Gain(metric=name, versus=rule, value=found.value, ci95=found.ci95)


def measure_slices(answered: Answered, settings: Settings) -> Iterator[Slice]:
    """The headline score, and the share that the policy accepts, for each group of cases that is large enough.

    In place of macro F1 stands accuracy: macro F1 is low in a group that lacks an answer, however right the others are.
    """
    name = "accuracy" if settings.training.headline == "macro_f1" else settings.training.headline
    frame = answered.cases.frame.reset_index(drop=True)
    for column in settings.slices.columns:
        for value, part in frame.groupby(frame[column].fillna("not given")):
            if len(part) >= settings.slices.min_rows:
                units = None if answered.units is None else answered.units.iloc[part.index]
                outcomes, ours = answered.cases.outcomes.iloc[part.index], answered.ours.iloc[part.index]
                inside: dict[str, Statistic] = {
                    name: technique.scores(settings)[name].of(outcomes, ours),
                    "accepted": Share(answered.accepted[part.index].astype(float)),
                }
                for metric, one in estimates(inside, len(part), units, settings.training.seed).items():
                    yield Slice(name=f"{column} = {value}", n=one.n, metric=metric, value=one.value, ci95=one.ci95)


def check_gates(metrics: list[Metric], settings: Settings) -> Iterator[Gate]:
    """Check the bounds in the settings.

    Raises:
        SettingsError: a gate names a metric that is not measured.
    """
    measured = {metric.name: metric for metric in metrics}
    for name, bound in settings.gates.items():
        if name == "accepted_risk" and name not in measured:
            continue  # nothing is accepted, so nothing of it can be wrong
        if name not in measured:
            raise SettingsError(f"gates: {name!r} is not measured; choose from {', '.join(measured)}")
        value, more = measured[name].value, measured[name].higher_is_better
        passed = value >= bound if more else value <= bound
        yield Gate(metric=name, threshold=bound, passed=passed, value=value, bound="min" if more else "max")


def headline(settings: Settings) -> Score | ShareScore:
    """The score that model and rule are compared by.

    Raises:
        SettingsError: it is not measured.
    """
    scores = technique.scores(settings)
    if settings.training.headline not in scores:
        raise SettingsError(
            f"training.headline: {settings.training.headline!r} is not measured; choose from {', '.join(scores)}"
        )
    return scores[settings.training.headline]


def _scores(answered: Answered, given: pd.DataFrame, settings: Settings) -> dict[str, Scored]:
    return {
        name: Scored(score.label, score.higher_is_better, score.of(answered.cases.outcomes, given))
        for name, score in technique.scores(settings).items()
    }


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

"""Scores, gains and slices with intervals, and the quality gates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from . import dependent
from .bootstrap import Rows
from .dependent import rounded
from .manifest import Array
from .measures import Score
from .outcome import Outcome
from .reporting.metrics import Baseline, Gate, Interval, Metric, Part, Report, Slice
from .settings import Settings, SettingsError
from .task import Task

GAIN = "gain_over_rule"  # a gate: the lower end of the interval of the gain over the simple rule in expected cost
MANY_VALUES = 10  # a numeric column with more is cut at its quartiles


class Gain(Part):
    """By how much the served model is better in the headline score. Positive is always better."""

    metric: str
    versus: str
    value: float
    ci95: Interval


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # the served one
    rule: str  # the simple rule, as a sentence
    rule_columns: int  # how many columns it names
    difference: list[Gain]  # first over the rule, in expected cost
    errors: dict[str, float]
    mistakes: dict[str, int]  # how many there are of each kind


@dataclass(frozen=True)
class Answers:
    """One model's predictions for the test rows, and its decision rule."""

    name: str
    predicted: Array
    outcome: Outcome


class Estimate(NamedTuple):
    value: float
    ci95: Interval
    n: int  # rows that it is about


def measure(served: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> list[Metric]:
    """The served model's scores; one that has no meaning is left out, such as the precision of no alarm."""
    scores = all_scores(served, task)
    found = estimate(scores, served.predicted, rows, outcomes, task)
    return [_metric(name, scores[name], one.value, one.ci95) for name, one in found.items()]


def measure_baseline(rival: Answers, outcomes: Array, task: Task) -> list[Baseline]:
    """The same scores, without intervals."""
    scores = all_scores(rival, task)
    found = zip(scores.items(), _values(scores, outcomes, rival.predicted), strict=True)
    metrics = [_metric(name, score, value) for (name, score), value in found if np.isfinite(value)]
    return [Baseline(model=rival.name, **metric.model_dump()) for metric in metrics]


def measure_gains(served: Answers, rival: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> list[Gain]:
    """The gains over a rival in what decisions cost and in the headline score, paired on the same resampled rows."""
    names = list(dict.fromkeys(["expected_cost", task.settings.training.headline]))
    pairs = [(all_scores(served, task)[name], all_scores(rival, task)[name]) for name in names]

    def gain(drawn: Rows) -> list[float]:
        actual, ours, theirs = outcomes[drawn], served.predicted[drawn], rival.predicted[drawn]
        # 0.0 is added because "no gain" should not be written as -0.0.
        return [0.0 + one.sign * (one.function(actual, ours) - other.function(actual, theirs)) for one, other in pairs]

    found = zip(names, gain(np.arange(len(rows))), _intervals(gain, rows, task), strict=True)
    return [Gain(metric=name, versus=rival.name, value=rounded(value), ci95=ci95) for name, value, ci95 in found]


def measure_slices(served: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> Iterator[Slice]:
    """The headline score and the task's slice scores, for each value of a slice column that has enough rows."""
    every = all_scores(served, task)
    scores = {name: every[name] for name in (task.settings.training.headline, *task.slice_scores)}
    for label, chosen in slice_rows(rows, task.settings):
        if len(np.unique(outcomes[chosen])) < 2:
            continue  # one class only: nothing to rank
        found = estimate(scores, served.predicted[chosen], rows.iloc[chosen], outcomes[chosen], task)
        for name, one in found.items():
            yield Slice(name=label, n=one.n, metric=name, value=one.value, ci95=one.ci95)


def estimate(
    scores: Mapping[str, Score], predicted: Array, rows: pd.DataFrame, outcomes: Array, task: Task
) -> dict[str, Estimate]:
    """Each score that has a meaning for these rows, with its 95% interval."""
    values = dict(zip(scores, _values(scores, outcomes, predicted), strict=True))
    measured = {name: scores[name] for name, value in values.items() if np.isfinite(value)}
    pairs = _intervals(lambda drawn: _values(measured, outcomes[drawn], predicted[drawn]), rows, task)
    found = {name: Estimate(rounded(values[name]), pair, len(rows)) for name, pair in zip(measured, pairs, strict=True)}
    together = units(rows, task)
    for name, score in measured.items():
        if score.hits is not None:
            hits = score.hits(outcomes, predicted)
            about = ~np.isnan(hits)
            inside = None if together is None else together[about]
            pair = dependent.share_interval(hits[about], task.settings.training.seed, inside)
            found[name] = Estimate(rounded(values[name]), pair, int(about.sum()))
    return found


def slice_rows(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, Rows]]:
    """The name and row positions of each slice."""
    for column in settings.slices.columns:
        values = rows[column].reset_index(drop=True)
        numeric = pd.api.types.is_numeric_dtype(values)
        many = numeric and values.nunique() > MANY_VALUES
        groups = pd.qcut(values, 4, labels=False, duplicates="drop") if many else values
        for _, part in values.groupby(groups, dropna=False):
            if len(part) >= settings.slices.min_rows:
                yield f"{column} = {_label(part, numeric=numeric)}", part.index.to_numpy()


def check_gates(metrics: list[Metric], scores: Mapping[str, Score], gain: Gain, task: Task) -> list[Gate]:
    """Check the bounds in the settings; `gain` is the gain over the simple rule, whose interval may have a bound, too.

    Raises:
        SettingsError: a gate names no score of this task.
    """
    values = {**{metric.name: metric.value for metric in metrics}, GAIN: gain.ci95[0]}
    found = []
    for name, bound in task.settings.gates.items():
        if name not in {*scores, GAIN}:
            raise SettingsError(f"gates: {name!r} is not measured; choose from {', '.join([*scores, GAIN])}")
        value, more = values.get(name), name == GAIN or scores[name].higher_is_better
        passed = value is not None and (value >= bound if more else value <= bound)
        found.append(Gate(metric=name, threshold=bound, passed=passed, value=value, bound="min" if more else "max"))
    return found


def all_scores(model: Answers, task: Task) -> dict[str, Score]:
    """The scores of the predictions, and those of what is done by the model's decision rule."""
    return {**task.scores, **task.decision_scores(model.outcome)}


def _label(part: pd.Series, *, numeric: bool) -> str:
    if part.isna().all():
        return "missing"
    if not numeric:
        return str(part.iloc[0])
    return f"{part.min():g}" if part.min() == part.max() else f"{part.min():g} to {part.max():g}"


def _values(scores: Mapping[str, Score], outcomes: Array, predicted: Array) -> list[float]:
    return [score.function(outcomes, predicted) for score in scores.values()]


def _metric(name: str, score: Score, value: float, ci95: Interval | None = None) -> Metric:
    more = score.higher_is_better
    return Metric(name=name, label=score.label, value=rounded(value), ci95=ci95, higher_is_better=more)


def _intervals(statistic: Callable[[Rows], Sequence[float]], rows: pd.DataFrame, task: Task) -> list[Interval]:
    return dependent.intervals(statistic, len(rows), task.settings.training.seed, units(rows, task))


def units(rows: pd.DataFrame, task: Task) -> Rows | None:
    """Which rows depend on each other, as a number for each: those of one cluster, or those that are near in time."""
    data = task.settings.data
    if data.cluster is not None:
        return np.asarray(pd.factorize(rows[data.cluster], use_na_sentinel=False)[0])
    if data.time is not None and task.block > 1:
        return np.arange(len(rows)) // task.block
    return None

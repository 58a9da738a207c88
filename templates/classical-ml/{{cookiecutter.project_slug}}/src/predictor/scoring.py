"""Scores, gains and slices with bootstrap intervals, and the quality gates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from . import bootstrap
from .bootstrap import Rows
from .manifest import Array, Outcome
from .reporting.metrics import Baseline, Gate, Interval, Metric, Part, Report, Slice
from .settings import Settings, SettingsError
from .tasks import Task
from .tasks.base import Score

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
    difference: list[Gain]
    errors: dict[str, float]


@dataclass(frozen=True)
class Answers:
    """One model's predictions for the test rows, and its decision rule."""

    name: str
    predicted: Array
    outcome: Outcome


def measure(served: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> list[Metric]:
    """The served model's scores."""
    scores = all_scores(served, task)
    pairs = _intervals(rows, task, lambda drawn: _values(scores, outcomes[drawn], served.predicted[drawn]))
    found = zip(scores.items(), _values(scores, outcomes, served.predicted), pairs, strict=True)
    return [_metric(name, score, value, pair) for (name, score), value, pair in found]


def measure_baseline(rival: Answers, outcomes: Array, task: Task) -> list[Baseline]:
    """The same scores, without intervals."""
    scores = all_scores(rival, task)
    found = zip(scores.items(), _values(scores, outcomes, rival.predicted), strict=True)
    return [Baseline(model=rival.name, **_metric(name, score, value).model_dump()) for (name, score), value in found]


def measure_gain(served: Answers, rival: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> Gain:
    """The gain in the headline score over a rival, paired on the same resampled rows."""
    score = task.headline

    def gain(drawn: Rows) -> list[float]:
        actual = outcomes[drawn]
        ours, theirs = (score.function(actual, model.predicted[drawn]) for model in (served, rival))
        return [score.sign * (ours - theirs)]

    (value,), (pair,) = gain(np.arange(len(rows))), _intervals(rows, task, gain)
    return Gain(metric=task.settings.headline, versus=rival.name, value=rounded(value), ci95=pair)


def measure_slices(served: Answers, rows: pd.DataFrame, outcomes: Array, task: Task) -> Iterator[Slice]:
    """The headline score and the task's slice scores, for each value of a slice column that has enough rows."""
    every = all_scores(served, task)
    scores = {name: every[name] for name in (task.settings.headline, *task.slice_scores)}
    for label, chosen in slice_rows(rows, task.settings):
        actual, predicted = outcomes[chosen], served.predicted[chosen]
        if len(np.unique(actual)) < 2:
            continue  # one class only: nothing to rank

        def values(drawn: Rows, actual: Array = actual, predicted: Array = predicted) -> list[float]:
            return _values(scores, actual[drawn], predicted[drawn])

        pairs = _intervals(rows.iloc[chosen], task, values)
        for name, value, pair in zip(scores, _values(scores, actual, predicted), pairs, strict=True):
            yield Slice(name=label, n=len(chosen), metric=name, value=rounded(value), ci95=pair)


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


def check_gates(metrics: list[Metric], gains: list[Gain], task: Task) -> list[Gate]:
    """Check the bounds in the settings, and that the headline score clearly beats every baseline.

    Raises:
        SettingsError: a gate names a metric that is not measured.
    """
    measured, found = {metric.name: metric for metric in metrics}, []
    for name, bound in task.settings.gates.items():
        if name not in measured:
            raise SettingsError(f"gates: {name!r} is not measured; choose from {', '.join(measured)}")
        value, more = measured[name].value, measured[name].higher_is_better
        passed = value >= bound if more else value <= bound
        found.append(Gate(metric=name, threshold=bound, passed=passed, value=value, bound="min" if more else "max"))
    for gain in gains:
        name = f"{task.headline.label} gain over the {gain.versus}, lower end of its 95% interval"
        found.append(Gate(metric=name, threshold=0, passed=gain.ci95[0] > 0, value=gain.ci95[0]))
    return found


def all_scores(model: Answers, task: Task) -> dict[str, Score]:
    """The scores of the predictions, and those of what is done by the model's decision rule."""
    return {**task.scores, **task.decision_scores(model.outcome)}  # type: ignore[arg-type]  # of the same task


def rounded(value: float) -> float:
    """Six significant digits: enough for every document, and the same on every machine."""
    return float(f"{value:.6g}")


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


def _intervals(rows: pd.DataFrame, task: Task, statistic: Callable[[Rows], Sequence[float]]) -> list[Interval]:
    """95% intervals. Rows that depend on each other are drawn together: of one cluster, or close in time."""
    data, seed = task.settings.data, task.settings.training.seed
    if data.cluster is not None:
        found = together(statistic, grouped(rows[data.cluster].to_numpy()), seed)
    elif data.time is not None and task.block > 1:
        found = together(statistic, blocks(len(rows), task.block), seed)
    else:
        found = bootstrap.intervals(statistic, len(rows), seed)
    return [(rounded(low), rounded(high)) for low, high in found]


def together(statistic: Callable[[Rows], Sequence[float]], units: Sequence[Rows], seed: int) -> Array:
    """The intervals of `bootstrap` if the rows of a unit are drawn together."""
    share = min(1.0, bootstrap.MOST_ROWS / sum(map(len, units)))
    return bootstrap.intervals(
        lambda drawn: statistic(np.concatenate([units[place] for place in drawn])),
        len(units),
        seed,
        most=max(1, round(len(units) * share)),
    )


def blocks(count: int, size: int) -> list[Rows]:
    """Neighbours together, since rows that are near in time resemble each other."""
    return np.array_split(np.arange(count), max(1, round(count / size)))


def grouped(values: ArrayLike) -> list[Rows]:
    """Rows with the same value together, such as those of one customer."""
    _, codes = np.unique(np.asarray(values), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)

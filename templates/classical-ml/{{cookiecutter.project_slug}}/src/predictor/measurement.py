"""Scores, differences and slices with bootstrap intervals, and the quality gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import bootstrap, task
from .bootstrap import Array
from .record import Difference
from .reporting.metrics import Gate, Interval, Metric, Slice
from .score import Score
from .scores import BLOCK, SCORES, Outcome, decision_scores
from .settings import Settings, SettingsError

DIGITS = 6  # significant digits: enough for every document, and the same on every machine


@dataclass(frozen=True)
class Answers:
    """One model's predictions for the test rows, and the scores to compute from them."""

    name: str
    predicted: Array
    outcome: Outcome
    scores: dict[str, Score]


Resampled = dict[tuple[str, str], Array]  # (model, score) -> one value for each resample


def answers(name: str, predicted: Array, outcome: Outcome, settings: Settings) -> Answers:
    return Answers(name, predicted, outcome, SCORES | decision_scores(outcome, settings.cost))


def draw(rows: pd.DataFrame, settings: Settings, times: int = bootstrap.RESAMPLES) -> Iterator[Array]:
    """Resamples that keep dependent rows together: rows of one cluster, or neighbours in time."""
    if settings.data.cluster is not None:
        groups = rows[settings.data.cluster].to_numpy()
        return bootstrap.draws_of_groups(groups, settings.training.seed, times)
    return bootstrap.draws(len(rows), settings.training.seed, BLOCK, times)


def resample(models: Iterable[Answers], rows: pd.DataFrame, outcomes: Array, settings: Settings) -> Resampled:
    """Every score of every model, all on the same resamples."""
    measures = {
        (model.name, name): partial(score.function, outcomes, model.predicted)
        for model in models
        for name, score in model.scores.items()
    }
    return bootstrap.resampled(measures, draw(rows, settings))


def measure(model: Answers, outcomes: Array, resampled: Resampled) -> list[Metric]:
    return [
        Metric(
            name=name,
            value=rounded(score.one(outcomes, model.predicted)),
            ci95=interval(resampled[model.name, name]),
            higher_is_better=score.higher_is_better,
        )
        for name, score in model.scores.items()
    ]


def compare(served: Answers, rival: Answers, outcomes: Array, resampled: Resampled) -> Iterator[Difference]:
    """The paired difference in each score; positive means that the served model is better."""
    for name, score in served.scores.items():
        sign = 1 if score.higher_is_better else -1
        gain = score.one(outcomes, served.predicted) - rival.scores[name].one(outcomes, rival.predicted)
        yield Difference(
            metric=name,
            versus=rival.name,
            value=rounded(sign * gain),
            ci95=interval(sign * (resampled[served.name, name] - resampled[rival.name, name])),
        )


def measure_ceiling(rows: pd.DataFrame, outcomes: Array, settings: Settings) -> list[Metric]:
    """The headline score of the best possible answer, if the data are simulated and it is known."""
    if settings.data.oracle is None:
        return []
    name, predicted = settings.training.headline, rows[settings.data.oracle].to_numpy(dtype=np.float64)
    score = SCORES[name]
    measures = {name: partial(score.function, outcomes, predicted)}
    values = bootstrap.resampled(measures, draw(rows, settings))[name]
    value = rounded(score.one(outcomes, predicted))
    return [Metric(name=name, value=value, ci95=interval(values), higher_is_better=score.higher_is_better)]


def measure_slices(model: Answers, rows: pd.DataFrame, outcomes: Array, settings: Settings) -> Iterator[Slice]:
    """The headline score and the task's slice scores, for each value of a slice column that has enough rows."""
    names = list(dict.fromkeys([settings.training.headline, *task.SLICE_SCORES]))
    for label, chosen in slice_rows(rows, settings):
        part, predicted = outcomes[chosen], model.predicted[chosen]
        if len(np.unique(part)) < 2:
            continue  # one class only: nothing to rank
        measures = {name: partial(model.scores[name].function, part, predicted) for name in names}
        values = bootstrap.resampled(measures, draw(rows.iloc[chosen], settings))
        for name in names:
            value = rounded(model.scores[name].one(part, predicted))
            yield Slice(name=label, n=len(part), metric=name, value=value, ci95=interval(values[name]))


def slice_rows(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """The name and row positions of each slice; a numeric column with many values is cut at its quartiles."""
    for column in settings.slices.columns:
        if column not in rows:
            raise SettingsError(f"slices.columns names {column!r}, which the data does not have")
        values = rows[column]
        if pd.api.types.is_numeric_dtype(values) and values.nunique() > 10:
            values = pd.qcut(values, 4, duplicates="drop").map(lambda cut: f"{cut.left:g} to {cut.right:g}")
        values = values.astype(object).where(values.notna(), "missing")
        for value in sorted(values.unique(), key=str):
            chosen = np.flatnonzero((values == value).to_numpy())
            if len(chosen) >= settings.slices.min_rows:
                yield f"{column} = {value}", chosen


def check_gates(measured: list[Metric], gains: list[Difference], settings: Settings) -> list[Gate]:
    """Check the bounds in the settings, and that the headline score clearly beats every baseline.

    Args:
        measured: the served model's scores.
        gains: its differences to the baselines.
        settings: the bounds.

    Raises:
        SettingsError: a gate names a metric that is not measured.
    """
    values = {metric.name: metric.value for metric in measured}
    found = []
    for gate in settings.gates:
        if gate.metric not in values:
            raise SettingsError(f"gates: {gate.metric!r} is not measured; choose from {', '.join(values)}")
        value = values[gate.metric]
        if gate.min is not None:
            found.append(Gate(metric=gate.metric, threshold=gate.min, passed=value >= gate.min, value=value))
        if gate.max is not None:
            passed = value <= gate.max
            found.append(Gate(metric=gate.metric, threshold=gate.max, passed=passed, value=value, bound="max"))
    for gain in gains:
        if gain.metric == settings.training.headline:
            name = f"{gain.metric} gain over {gain.versus}, lower end of its 95% interval"
            found.append(Gate(metric=name, threshold=0, passed=gain.ci95[0] > 0, value=gain.ci95[0]))
    return found


def interval(values: Array) -> Interval:
    low, high = bootstrap.interval(values)
    return rounded(low), rounded(high)


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

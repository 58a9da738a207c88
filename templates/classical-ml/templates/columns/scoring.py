"""Scores, gains and slices with intervals, and the quality gates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import dependent
from .bootstrap import Array, Rows
from .decision import Score, Task
from .dependent import rounded
# <number>
from .outcome import BLOCK, Outcome
# </number>
# <two several>
from .outcome import Outcome
# </two several>
from .reporting.metrics import Baseline, Gate, Interval, Metric, Slice
# <two>
from .results import Acted, Gain
# </two>
# <number several>
from .results import Gain
# </number several>
from .settings import Settings, SettingsError

GAIN = "gain_over_rule"  # a gate: the lower end of the interval of the gain over the simple rule in expected cost
MANY_VALUES = 10  # a numeric column with more is cut at its quartiles


@dataclass(frozen=True)
class Predictions:
    """One model's predictions for the test rows, and its decision rule."""

    name: str
    predicted: Array
    outcome: Outcome


def measure(served: Predictions, rows: pd.DataFrame, y: Array, task: Task) -> list[Metric]:
    """The served model's scores; one that has no meaning is left out, such as the precision of no alarm."""
    return [metric for metric, _ in estimate(task.all_scores(served.outcome), served.predicted, rows, y, task)]


def measure_baseline(baseline: Predictions, y: Array, task: Task) -> list[Baseline]:
    """The same scores, without intervals."""
    scores = task.all_scores(baseline.outcome)
    values = meaningful(scores, y, baseline.predicted)
    metrics = [_metric(name, scores[name], value) for name, value in values.items()]
    return [Baseline(model=baseline.name, **metric.model_dump()) for metric in metrics]


def measure_gains(served: Predictions, baseline: Predictions, rows: pd.DataFrame, y: Array, task: Task) -> list[Gain]:
    """The gains over a baseline in what decisions cost and in the headline score, paired on the same resampled rows."""
    names = list(dict.fromkeys(["expected_cost", task.settings.training.headline]))
    pairs = [(task.all_scores(served.outcome)[name], task.all_scores(baseline.outcome)[name]) for name in names]

    def gain(drawn: Rows) -> list[float]:
        actual, new, old = y[drawn], served.predicted[drawn], baseline.predicted[drawn]
        # 0.0 is added because "no gain" should not be written as -0.0.
        return [0.0 + ours.sign * (ours.function(actual, new) - theirs.function(actual, old)) for ours, theirs in pairs]

    ends = dependent.intervals(gain, len(rows), task.settings.training.seed, dependent_rows(rows, task))
    return [
        Gain(metric=name, versus=baseline.name, value=rounded(value), ci95=ci95)
        for name, value, ci95 in zip(names, gain(np.arange(len(rows))), ends, strict=True)
    ]


def measure_slices(served: Predictions, rows: pd.DataFrame, y: Array, task: Task) -> Iterator[Slice]:
    """The scores of each slice of the test rows: the headline score first, then the `slice_scores` of the task.

    A slice is scored on its own rows alone: `estimate` gives value, interval and number of rows of each score that has
    a meaning there. A slice whose rows have only one outcome is left out: there is nothing to rank.
    """
    every = task.all_scores(served.outcome)
    scores = {name: every[name] for name in (task.settings.training.headline, *task.slice_scores)}
    for label, chosen in slice_rows(rows, task.settings):
        if len(np.unique(y[chosen])) < 2:
            continue  # one class only: nothing to rank
        for metric, n in estimate(scores, served.predicted[chosen], rows.iloc[chosen], y[chosen], task):
            yield Slice(name=label, n=n, metric=metric.name, value=metric.value, ci95=metric.ci95)


def estimate(
    scores: Mapping[str, Score], predicted: Array, rows: pd.DataFrame, y: Array, task: Task
) -> Iterator[tuple[Metric, int]]:
    """Each score that has a meaning for these rows, with its 95% interval and the number of rows that it is about."""
    values, together, seed = meaningful(scores, y, predicted), dependent_rows(rows, task), task.settings.training.seed
    measured = [scores[name].function for name in values]

    def score_all(drawn: Rows) -> list[float]:
        return [function(y[drawn], predicted[drawn]) for function in measured]

    pairs = dependent.intervals(score_all, len(rows), seed, together)
    for (name, value), pair in zip(values.items(), pairs, strict=True):
        ci95, n, score = pair, len(rows), scores[name]
        if score.hits is not None:
            hits = score.hits(y, predicted)
            about = ~np.isnan(hits)
            inside = None if together is None else together[about]
            ci95, n = dependent.share_interval(hits[about], seed, inside), int(about.sum())
        yield _metric(name, score, value, ci95), n


def meaningful(scores: Mapping[str, Score], y: Array, predicted: Array) -> dict[str, float]:
    """The values of the scores that have a meaning for these rows."""
    values = {name: score.function(y, predicted) for name, score in scores.items()}
    return {name: value for name, value in values.items() if np.isfinite(value)}


def slice_rows(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, Rows]]:
    """The name of each slice, and the positions of its rows, counted from 0 whatever the index of `rows` is.

    Each column in `slices.columns` is divided by itself. A slice is a value (`plan = basic`). If the column holds
    numbers, and more than `MANY_VALUES` different ones, it is a quarter of the rows by size, named by its least and its
    largest value (`age = 18 to 34.5`); of many equal numbers, there may be fewer than four. Rows without a value are a
    slice, too (`plan = missing`). One with fewer than `slices.min_rows` rows is left out. Slices of a column are in the
    order of its values, and `missing` comes last. Floats are formatted with `:g`.
    """
    for column in settings.slices.columns:
        values = rows[column].reset_index(drop=True)
        many = pd.api.types.is_numeric_dtype(values) and values.nunique() > MANY_VALUES
        groups = pd.qcut(values, 4, labels=False, duplicates="drop") if many else values
        for _, part in values.groupby(groups, dropna=False):
            if len(part) >= settings.slices.min_rows:
                yield f"{column} = {_label(part)}", part.index.to_numpy()


# <two>
def measure_acts(rows: pd.DataFrame, acts: Array, y: Array, settings: Settings) -> Iterator[Acted]:
    """On whom does the model act? Its shares of each slice, which no score of one slice alone tells.

    `acts` and `y` are 1 and 0, [rows].
    """
    for name, chosen in slice_rows(rows, settings):
        yield {
            "column": max((column for column in settings.slices.columns if name.startswith(f"{column} = ")), key=len),
            "slice": name,
            "n": len(chosen),
            "acted": rounded(acts[chosen].mean()),
            "actual": rounded(y[chosen].mean()),
        }


# </two>
def too_small(rows: pd.DataFrame, settings: Settings) -> dict[str, int]:
    """How many rows each slice has that `slices.min_rows` leaves out."""
    every = settings.model_copy(update={"slices": settings.slices.model_copy(update={"min_rows": 0})})
    return {name: len(own) for name, own in slice_rows(rows, every) if len(own) < settings.slices.min_rows}


def _label(part: pd.Series) -> str:
    if part.isna().all():
        return "missing"
    low, high = (f"{end:g}" if isinstance(end, float) else str(end) for end in (part.min(), part.max()))
    return low if low == high else f"{low} to {high}"


def check_gates(metrics: list[Metric], scores: Mapping[str, Score], gain: Gain, task: Task) -> list[Gate]:
    """Check the bounds in the settings; `gain` is the gain over the simple rule, whose interval may have a bound, too.

    Raises:
        SettingsError: a gate names no score of this task.
    """
    values = {**{metric.name: metric.value for metric in metrics}, GAIN: gain.ci95[0]}
    gates = []
    for name, bound in task.settings.gates.items():
        if name not in {*scores, GAIN}:
            raise SettingsError(f"gates: {name!r} is not measured; choose from {', '.join([*scores, GAIN])}")
        value, more = values.get(name), name == GAIN or scores[name].higher_is_better
        passed = value is not None and (value >= bound if more else value <= bound)
        gates.append(Gate(metric=name, threshold=bound, passed=passed, value=value, bound="min" if more else "max"))
    return gates


def _metric(name: str, score: Score, value: float, ci95: Interval | None = None) -> Metric:
    return Metric(
        name=name, label=score.label, value=rounded(value), ci95=ci95, higher_is_better=score.higher_is_better
    )


def dependent_rows(rows: pd.DataFrame, task: Task) -> Rows | None:
    """Which rows depend on each other, as a number for each, [rows]; None if all are independent.

    Those of one cluster do.
    # <number>
    Without one, so do neighbours in time, `BLOCK` at a time.
    # </number>
    """
    data = task.settings.data
    if data.cluster is not None:
        return np.asarray(pd.factorize(rows[data.cluster], use_na_sentinel=False)[0])
    # <number>
    if data.time is not None:
        return np.arange(len(rows)) // BLOCK
    # </number>
    return None

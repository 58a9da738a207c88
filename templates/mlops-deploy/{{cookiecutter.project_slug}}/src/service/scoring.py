"""Scores of probabilities, with bootstrap intervals, and the quality gates on them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import bootstrap
from .manifest import Calibration
from .reporting.metrics import Gate, Interval, Metric, Part
from .settings import Settings, SettingsError

Array = NDArray[np.float64]
Score = Callable[[Array, Array], float]  # (outcomes 0 or 1, probabilities), both of shape [rows]

BINS = 10  # of the calibration error
PARTS = 4  # of the held-out days, for the alarm
LEAST_OUTCOMES = 25  # in each of them


def roc_auc(outcomes: Array, predicted: Array) -> float:
    """Share of pairs (1, 0) in the right order, from rank sums (Mann and Whitney 1947); NaN for one class."""
    _, groups, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # equal scores share their mean rank
    positives = outcomes.sum()
    pairs = positives * (len(outcomes) - positives)
    above = ranks[groups][outcomes == 1].sum() - positives * (positives + 1) / 2
    return float(above / pairs) if pairs else np.nan


def brier(outcomes: Array, predicted: Array) -> float:
    """Mean squared difference between probability and outcome."""
    return float(np.mean((predicted - outcomes) ** 2))


def calibration_error(outcomes: Array, predicted: Array) -> float:
    """Mean difference between probability and share of outcomes over ten equal groups of similar probability."""
    order = np.argsort(predicted, kind="stable")
    starts = np.unique(np.linspace(0, len(order), BINS, endpoint=False).astype(int))
    differences = np.add.reduceat((predicted - outcomes)[order], starts)
    return float(np.abs(differences).sum() / len(order))


SCORES: Mapping[str, tuple[str, bool, Score]] = {  # the label, whether more is better, how it is computed
    "roc_auc": ("ROC AUC", True, roc_auc),
    "brier": ("Brier score", False, brier),
    "calibration_error": ("calibration error", False, calibration_error),
}


class Gain(Part):
    """By how much the champion is better than another in one score. Positive is always better."""

    metric: str = "brier"
    versus: str
    value: float
    ci95: Interval


def measure(
    outcomes: Array, predicted: Array, settings: Settings, split: str = "test", names: Sequence[str] = tuple(SCORES)
) -> list[Metric]:
    """The scores of these predictions, with 95% intervals over the rows."""

    def values(rows: NDArray[np.intp]) -> list[float]:
        return [SCORES[name][2](outcomes[rows], predicted[rows]) for name in names]

    found = values(np.arange(len(outcomes)))
    bounds = bootstrap.intervals(values, len(outcomes), settings.training.seed)
    return [
        Metric(
            name=name,
            label=SCORES[name][0],
            value=rounded(value),
            ci95=(rounded(low), rounded(high)),
            split=split,
            higher_is_better=SCORES[name][1],
        )
        for name, value, (low, high) in zip(names, found, bounds, strict=True)
    ]


def fit_reference(rows: Any, predicted: Array, settings: Settings, until: date) -> Calibration | None:
    """The gap of each of `PARTS` equal parts of the held-out days, or None if one has too few outcomes.

    The alarm compares later days with it, to find drift. The service has no pandas, so this module imports none.

    Args:
        rows: a table with the outcomes that became known in the held-out days, which end before `until`.
        predicted: their probabilities, in their order.
        settings: the columns, and how many days are held out.
        until: the training day.
    """
    days, data = settings.training.held_out_days, settings.data
    # From 1 to `days`.
    ago = (np.datetime64(until) - np.array(rows[data.known], dtype="datetime64[D]")).astype(int)
    parts = (rows[data.target] - predicted).groupby((days - ago) * PARTS // days)
    if len(parts) < PARTS or parts.size().min() < LEAST_OUTCOMES:
        return None
    return Calibration(days=days, gaps=[rounded(gap) for gap in parts.mean()])


def measure_gain(outcomes: Array, ours: Array, theirs: Array, versus: str, settings: Settings) -> Gain:
    """By how much the Brier score of ours is lower than that of theirs, paired on the same rows."""
    gains = (theirs - outcomes) ** 2 - (ours - outcomes) ** 2
    ((low, high),) = bootstrap.intervals(lambda rows: [gains[rows].mean()], len(gains), settings.training.seed)
    return Gain(versus=versus, value=rounded(gains.mean()), ci95=(rounded(low), rounded(high)))


def check_gates(metrics: Sequence[Metric], settings: Settings) -> list[Gate]:
    """Hold the metrics of a version against the bounds in the settings.

    Raises:
        SettingsError: a gate names a metric that was not measured.
    """
    measured, found = {metric.name: metric.value for metric in metrics}, []
    for gate in settings.gates:
        if gate.metric not in measured:
            raise SettingsError(f"gates: {gate.metric!r} is not measured; choose from {', '.join(measured)}")
        value = measured[gate.metric]
        if gate.min is not None:
            one = Gate(metric=gate.metric, threshold=gate.min, passed=value >= gate.min, value=value, bound="min")
        elif gate.max is not None:
            one = Gate(metric=gate.metric, threshold=gate.max, passed=value <= gate.max, value=value, bound="max")
        found.append(one)
    return found


def rounded(value: float) -> float:
    """Six significant digits: enough for every document, and the same on every machine."""
    return float(f"{value:.6g}")

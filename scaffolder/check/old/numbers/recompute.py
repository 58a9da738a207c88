"""Metrics computed again from `predictions.csv`, so that a number changed in both README and metrics.json shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from scaffolder.check.numbers import formulas
from scaffolder.check.numbers.metric_names import canonical
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.readers.csv import DECISIONS, SCORES, TRUTHS, Rows

TOLERANCE = 5e-5
"""Relative. Predictions are written with six digits, which moves a score by less than a tenth of this."""
FLOOR = 0.01  # below this size a difference counts as if the value were this large

Formula = Callable[[tuple[float, ...], tuple[float, ...]], float | None]

OF_SCORES: dict[str, Formula] = {
    "roc auc": formulas.roc_auc,
    "average precision": formulas.average_precision,
    "brier": formulas.brier,
    "log loss": formulas.log_loss,
}
OF_DECISIONS: dict[str, Formula] = {
    "accuracy": formulas.accuracy,
    "balanced accuracy": formulas.balanced_accuracy,
    "precision": formulas.precision,
    "recall": formulas.recall,
    "specificity": formulas.specificity,
    "f1": formulas.f1,
}
OF_FORECASTS: dict[str, Formula] = {
    "mae": formulas.mae,
    "rmse": formulas.rmse,
    "mse": formulas.mse,
    "r2": formulas.r2,
}
_POSITIVE = frozenset(("yes", "true", "positive", "pos", "1", "1.0"))


@dataclass(frozen=True)
class Recomputed:
    """A metric as reported and as its predictions make it."""

    metric: str
    reported: float
    value: float

    @property
    def same(self) -> bool:
        """Whether the two are one number, but for the rounding of the predictions."""
        return abs(self.value - self.reported) <= TOLERANCE * max(abs(self.reported), FLOOR)


def recomputed(metrics: Metrics | None, predictions: Rows | None, settings: dict[str, Any]) -> tuple[Recomputed, ...]:
    """The served model's metrics that the predictions suffice for."""
    if metrics is None or predictions is None:
        return ()
    formulas_known = dict(_means(predictions)) | dict(_formulas(predictions, settings, _is_forecast(metrics)))
    return tuple(_compared(metrics, formulas_known))


def _compared(metrics: Metrics, known: dict[str, Callable[[], float | None]]) -> Iterator[Recomputed]:
    for metric in dict.fromkeys(entry.metric for entry in metrics.scores):
        entry = metrics.score(metric)
        value = known[metric]() if entry and metric in known else None
        if entry and value is not None and math.isfinite(value):
            yield Recomputed(metric, float(entry.value), value)


def _means(rows: Rows) -> Iterator[tuple[str, Callable[[], float | None]]]:
    """A metric that is a mean over questions has a column of its own, empty where it does not apply."""
    for index, title in enumerate(rows.header):
        yield canonical(title), partial(_mean, rows, index)


def _mean(rows: Rows, index: int) -> float | None:
    values = _numbers(tuple(cell for record in rows.records if (cell := record[index].strip())))
    return math.fsum(values) / len(values) if values else None


def _is_forecast(metrics: Metrics) -> bool:
    if "regression" in metrics.task or "forecast" in metrics.task:
        return True
    return not metrics.task and any(entry.metric in OF_FORECASTS for entry in metrics.scores)


def _formulas(rows: Rows, settings: dict[str, Any], forecast: bool) -> Iterator[tuple[str, Callable[[], float | None]]]:
    """The formulas that these columns suffice for, each ready to be computed."""
    truth = _truth(rows, settings, forecast)
    scores = _numbers(rows.column(*SCORES))
    if truth is None:
        return
    if forecast:
        if scores:
            yield from ((name, partial(formula, truth, scores)) for name, formula in OF_FORECASTS.items())
        yield from _planned(rows, truth, settings)
        return
    if scores:
        yield from ((name, partial(formula, truth, scores)) for name, formula in OF_SCORES.items())
    decisions = _classes(rows.column(*DECISIONS), settings)
    if decisions:
        yield from ((name, partial(formula, truth, decisions)) for name, formula in OF_DECISIONS.items())
        if prices := _prices(settings):
            yield "expected cost", partial(formulas.decision_cost, truth, decisions, *prices)


def _planned(
    rows: Rows, truth: tuple[float, ...], settings: dict[str, Any]
) -> Iterator[tuple[str, Callable[[], float | None]]]:
    low, high, planned = (_numbers(rows.column(name)) for name in ("low", "high", "planned"))
    if low and high:
        yield "coverage", partial(formulas.coverage, truth, low, high)
    if planned and (prices := _prices(settings)):
        yield "expected cost", partial(formulas.planning_cost, truth, planned, *prices)


def _truth(rows: Rows, settings: dict[str, Any], forecast: bool) -> tuple[float, ...] | None:
    column = rows.column(*TRUTHS)
    return _numbers(column) if forecast else _classes(column, settings)


def _numbers(column: tuple[str, ...] | None) -> tuple[float, ...] | None:
    """The column as numbers; None if one cell is none."""
    if column is None:
        return None
    try:
        found = tuple(map(float, column))
    except ValueError:
        return None
    return found if all(map(math.isfinite, found)) else None


def _classes(column: tuple[str, ...] | None, settings: dict[str, Any]) -> tuple[float, ...] | None:
    """The column as 1 and 0; None if it holds more than two different labels."""
    if column is None:
        return None
    problem = settings.get("problem")
    positive = problem.get("positive") if isinstance(problem, dict) else None
    labels = {label.strip().lower() for label in column}
    wanted = _POSITIVE | ({positive.strip().lower()} if isinstance(positive, str) else set())
    if len(labels) > 2 or (len(labels) == 2 and len(labels & wanted) != 1):
        return None
    return tuple(float(label.strip().lower() in wanted) for label in column)


def _prices(settings: dict[str, Any]) -> tuple[float, float] | None:
    cost = settings.get("cost")
    prices = [cost.get(name) for name in ("false_positive", "false_negative")] if isinstance(cost, dict) else []
    numbers = [float(price) for price in prices if isinstance(price, int | float)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None

"""Metrics recomputed from `predictions.csv`, which reveals a number that was changed in both README and report."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing, unverified
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import nothing_measured
from scaffolder.check.readers import formulas
from scaffolder.check.readers.csv import DECISIONS, SCORES, TRUTHS, Rows, predictions
from scaffolder.check.readers.data_files import settings
from scaffolder.check.readers.metric_names import canonical
from scaffolder.check.readers.metrics import PATH, Metrics, metrics
from scaffolder.check.readers.values import LARGEST, table
from scaffolder.results.finding import Evidence, Level

PREDICTIONS = "reports/predictions.csv"
TOLERANCE = 5e-5
"""The largest relative difference between scores that are taken as equal. Predictions are written with six digits,
which moves a score by less than a tenth of this."""
FLOOR = 0.01  # the difference from a smaller value is taken relative to this

Values = tuple[float, ...]
Labels = tuple[str, ...]
Formula = Callable[[Values, Values], float | None]
Formulas = Iterator[tuple[str, Callable[[], float | None]]]

OF_SCORES: dict[str, Formula] = {
    "roc auc": formulas.roc_auc,
    "average precision": formulas.average_precision,
    "brier": formulas.mse,
}
OF_DECISIONS: dict[str, Formula] = {
    "accuracy": formulas.accuracy,
    "precision": formulas.precision,
    "recall": formulas.recall,
    "f1": formulas.f1,
}
OF_FORECASTS: dict[str, Formula] = {
    "mae": formulas.mae,
    "rmse": formulas.rmse,
    "r2": formulas.r2,
}
_POSITIVE = frozenset(("yes", "true", "positive", "pos", "1", "1.0"))


class RecomputedMetrics(Item):
    """Recomputed metrics: the predictions of the test cases give the reported metrics."""

    id = "recomputed-metrics"
    level = Level.BUILDER
    needs = "predictions"
    source = "Google's ML Test Score, Model 1 and Infra 1: results are reproducible from what is kept"

    def check(self, repo: Repository) -> Verdict:
        """Let the run that measures also write the prediction for each test case into a table, and commit both.

        From it anybody can compute the scores again, so that nobody has to take your word for them.

        Write reports/predictions.csv in the run that writes metrics.json (`make evaluate` does), and commit both. A row
        is a test case, with prediction and outcome, or with a column for each metric.
        """
        measured, rows = metrics(repo), predictions(repo)
        if measured is None:
            return nothing_measured(repo)
        if rows is None:
            return missing(Evidence("there is no such file, or it is not a table", PREDICTIONS))
        scores = tuple(recomputed(measured, rows, settings(repo)))
        wrong = [score for score in scores if not score.same]
        if wrong:
            return flawed(
                *(
                    Evidence(f"{score.metric} is {score.value:.6g} by {rows.path}, not {score.reported:.6g}", PATH)
                    for score in wrong
                )
            )
        if not scores:
            return unverified(f"none of the reported metrics can be computed from the columns of {rows.path}")
        names = ", ".join(score.metric for score in scores)
        return done(Evidence(f"its {len(rows.records):,} rows give {names} as reported", rows.path))


class Recomputed(NamedTuple):
    """A metric as it was reported and as recomputed from the predictions."""

    metric: str
    reported: float
    value: float

    @property
    def same(self) -> bool:
        """Whether the two values are equal, apart from the rounding of the predictions."""
        return abs(self.value - self.reported) <= TOLERANCE * max(abs(self.reported), FLOOR)


def recomputed(measured: Metrics, rows: Rows, given: dict[str, Any]) -> Iterator[Recomputed]:
    """The reported metrics that can be recomputed from the predictions."""
    known = dict(_means(rows)) | dict(_formulas(rows, given, _is_forecast(measured)))
    for metric in dict.fromkeys(entry.metric for entry in measured.scores):
        entry = measured.score(metric)
        value = known[metric]() if entry and metric in known else None
        if entry and value is not None and math.isfinite(value):
            yield Recomputed(metric, float(entry.value), value)


def _means(rows: Rows) -> Formulas:
    """The mean of each column, of which a metric that is a mean over cases has one; empty cells do not count."""
    for index, title in enumerate(rows.header):
        yield canonical(title), partial(_mean, rows, index)


def _mean(rows: Rows, index: int) -> float | None:
    values = _numbers(tuple(cell for record in rows.records if (cell := record[index].strip())))
    return math.fsum(values) / len(values) if values else None


def _is_forecast(measured: Metrics) -> bool:
    return any(entry.metric in OF_FORECASTS for entry in measured.scores)


def _formulas(rows: Rows, given: dict[str, Any], forecast: bool) -> Formulas:
    """The formulas that can be computed from these columns, each ready to be called."""
    labels, said = rows.column(*TRUTHS), rows.column("predicted")
    if not forecast and labels and said and len(set(labels)) > 2 and set(said) <= set(labels):
        yield from _of_several(labels, said)
        return
    truth = _numbers(labels) if forecast else _classes(labels, given)
    scores = _numbers(rows.column(*SCORES))
    if truth is None:
        return
    if scores:
        chosen = OF_FORECASTS if forecast else OF_SCORES
        yield from ((name, partial(formula, truth, scores)) for name, formula in chosen.items())
    if forecast:
        yield from _planned(rows, truth, given)
    elif decisions := _classes(rows.column(*DECISIONS), given):
        yield from ((name, partial(formula, truth, decisions)) for name, formula in OF_DECISIONS.items())
        if prices := _prices(given):
            yield "expected cost", partial(formulas.cost, truth, decisions, *prices)


def _of_several(labels: Labels, said: Labels) -> Formulas:
    """The formulas for several classes: a recall is that of one of them, F1 the mean of all."""
    yield "accuracy", partial(formulas.accuracy, labels, said)
    yield "f1", partial(formulas.macro_f1, labels, said)
    for label in dict.fromkeys(labels):
        truth, decisions = (tuple(float(value == label) for value in column) for column in (labels, said))
        yield canonical(f"recall of {label}"), partial(formulas.recall, truth, decisions)


def _planned(rows: Rows, truth: Values, given: dict[str, Any]) -> Formulas:
    low, high, planned = (_numbers(rows.column(name)) for name in ("low", "high", "planned"))
    if low and high:
        yield "coverage", partial(formulas.coverage, truth, low, high)
    if planned and (prices := _prices(given)):
        yield "expected cost", partial(formulas.cost, truth, planned, *prices)


def _numbers(column: tuple[str, ...] | None) -> Values | None:
    """The column as numbers; None if a cell is not a number, or one so large that its square is none."""
    if column is None:
        return None
    try:
        numbers = tuple(map(float, column))
    except ValueError:
        return None
    return numbers if all(abs(number) < LARGEST for number in numbers) else None


def _classes(column: tuple[str, ...] | None, given: dict[str, Any]) -> Values | None:
    """The column as 1 and 0; None if it holds more than two different labels."""
    if column is None:
        return None
    positive = table(given, "problem").get("positive")
    labels = {label.strip().lower() for label in column}
    wanted = _POSITIVE | ({positive.strip().lower()} if isinstance(positive, str) else set())
    if len(labels) > 2 or (len(labels) == 2 and len(labels & wanted) != 1):
        return None
    return tuple(float(label.strip().lower() in wanted) for label in column)


def _prices(given: dict[str, Any]) -> tuple[float, float] | None:
    prices = [table(given, "cost").get(name) for name in ("false_positive", "false_negative")]
    numbers = [float(price) for price in prices if isinstance(price, int | float)]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None

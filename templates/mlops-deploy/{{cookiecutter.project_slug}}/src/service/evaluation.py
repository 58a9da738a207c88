"""Measure the champion on outcomes that came after its training day. Read `evaluate` from top to bottom.

    champion and previous version -> test rows -> scores, gains and slices with intervals -> gates -> write

The rows come through the correct join, and the probabilities from the registered files through the code of the
service, so the measured model is the served one. The same seed gives the same intervals.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from . import data
from .manifest import Manifest
from .model import Model
from .registry import open_registry
from .reporting.metrics import METRICS, REPORTS, Baseline, Gate, Part, Report, Slice, write_json, write_text
from .reporting.run import describe_run
from .scoring import Array, Gain, check_gates, measure, measure_gain
from .settings import Settings

CHAMPION, PREVIOUS = "champion", "previous"  # aliases in the registry
RATE = "usual rate"  # the baseline: each row gets the share of those with outcome 1 so far
SLICE_SCORES = ("roc_auc", "brier")
WORST = 50  # rows in errors.csv


class EvaluationError(ValueError):
    """Nothing can be measured; the message says why and what to run."""


class Rows(Part):
    """All rows of the data, whatever they are used for."""

    rows: int
    first: str  # day
    last: str
    rate: float  # of outcomes that are 1


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # such as: version 2 (logistic_log)
    data: Rows
    period: tuple[str, str]  # first and last day of the test outcomes
    difference: list[Gain]


def evaluate(settings: Settings) -> EvaluationReport:
    """Measure the champion against the previous version and the usual rate, and write `reports/`.

    Raises:
        DataError, RegistryError: the data or the registry cannot be used.
        ModelError: a version is no usable model.
        EvaluationError: no version serves, or no outcome came after its training day.
    """
    started, registry = datetime.now(UTC), open_registry(settings)
    champion, previous = registry.alias(CHAMPION), registry.alias(PREVIOUS)
    if champion is None:
        raise EvaluationError("no version is the champion yet; run `make train` and `make deploy VERSION=1` first")
    model = Model(champion, registry.files(champion))
    rows = test_rows(settings, model.manifest)
    inputs = rows[settings.names()].to_dict("records")
    outcomes, predicted = rows[settings.data.target].to_numpy(np.float64), model.scores(inputs)
    rivals = {RATE: np.full(len(rows), usual_rate(settings, model.manifest))}
    if previous:
        rivals[f"previous version ({previous})"] = Model(previous, registry.files(previous)).scores(inputs)
    metrics = measure(outcomes, predicted, settings)
    gains = [measure_gain(outcomes, predicted, others, name, settings) for name, others in rivals.items()]
    days = rows[settings.data.known]
    report = EvaluationReport(
        task="tabular-classification",
        run=describe_run(
            "python -m service evaluate",
            started,
            seed=settings.training.seed,
            data_sha256=settings.data.sha256,
            rows=len(rows),
        ),
        metrics=metrics,
        baseline=[
            Baseline(model=name, **one.model_dump())
            for name, others in rivals.items()
            for one in measure(outcomes, others, settings)
        ],
        slices=list(slices(rows, outcomes, predicted, settings)),
        gates=[*check_gates(metrics, settings), *map(gain_gate, gains)],
        model=f"version {champion} ({model.manifest.candidate})",
        data=describe(settings),
        period=(str(days.min()), str(days.max())),
        difference=gains,
    )
    write(report, rows, predicted, settings)
    return report


def describe(settings: Settings) -> Rows:
    made = data.rows(settings)[settings.data.time]
    return Rows(
        rows=len(made),
        first=made.min(),
        last=made.max(),
        rate=round(float(data.outcomes(settings)[settings.data.target].mean()), 6),
    )


def test_rows(settings: Settings, manifest: Manifest) -> pd.DataFrame:
    """The rows whose outcome came in the days after the training day, as their callers sent them.

    `data.request_rows` has all rows. Training has seen each outcome that was known before `manifest.known_until` began.
    The outcomes of this day and of the following ones measure: of `training.test_days` days in all. Days in a table are
    ISO text.

    Raises:
        EvaluationError: "data/outcomes.csv.gz has no two kinds of outcome from 2024-03-10 to 2024-03-30": the first is
            the training day, the second the first day that no longer measures.
    """
    rows, first = data.request_rows(settings), manifest.known_until
    end = first + timedelta(days=settings.training.test_days)
    known = rows[settings.data.known]
    found = rows[(known >= first.isoformat()) & (known < end.isoformat())]
    if found[settings.data.target].nunique() < 2:
        raise EvaluationError(f"{settings.data.outcomes} has no two kinds of outcome from {first} to {end}")
    return found


def usual_rate(settings: Settings, manifest: Manifest) -> float:
    """What anybody could have said of each row without a model on the training day: the share of ones so far.

    It rests on all outcomes that were known when `manifest.known_until` began, also of rows that a recipe leaves out.
    """
    return float(data.known_by(settings, manifest.known_until)[settings.data.target].mean())


def slices(rows: pd.DataFrame, outcomes: Array, predicted: Array, settings: Settings) -> Iterator[Slice]:
    """Scores of each value of a slice column that has enough rows and both outcomes.

    Args:
        rows: the test rows. Their labels (the index) are those of the whole table, and so no positions.
        outcomes: 0 or 1, for each row in their order.
        predicted: probabilities, for each row in their order.
        settings: `slices.columns`, and `slices.min_rows` that a value must have.

    Returns:
        For each column, its values in order; for each of them the scores in SLICE_SCORES, from `measure`. A slice is
        called `speed = Express`, after column and value.
    """
    for column in settings.slices.columns:
        for value, places in sorted(rows.groupby(column).indices.items()):
            if len(places) < settings.slices.min_rows or len(np.unique(outcomes[places])) < 2:
                continue
            for one in measure(outcomes[places], predicted[places], settings, names=SLICE_SCORES):
                yield Slice(name=f"{column} = {value}", n=len(places), metric=one.name, value=one.value, ci95=one.ci95)


def gain_gate(one: Gain) -> Gate:
    """The champion must be clearly better than the usual rate, and not clearly worse than the previous version.

    "Clearly" means that the 95% interval of the gain lies wholly on that side of 0. The gate's value is the end of the
    interval that decides, its threshold is 0, and only a value above that passes. The metric says which end, such as:
    `Brier score gain over the usual rate, lower end of its 95% interval`.
    """
    end, value = ("lower", one.ci95[0]) if one.versus == RATE else ("upper", one.ci95[1])
    name = f"Brier score gain over the {one.versus}, {end} end of its 95% interval"
    return Gate(metric=name, threshold=0, passed=value > 0, value=value)


def write(report: EvaluationReport, rows: pd.DataFrame, predicted: Array, settings: Settings) -> None:
    """Write metrics.json, predictions.csv and errors.csv."""
    write_json(METRICS, report.model_dump(mode="json"))
    named = settings.data
    table = rows.assign(**{named.unit: rows[named.id], "actual": rows[named.target], "predicted": predicted})
    first = [named.unit, "actual", "predicted"]
    write_text(REPORTS / "predictions.csv", table[first].to_csv(index=False, float_format="%.6g"))
    worst = (table["actual"] - predicted).abs().sort_values(ascending=False, kind="stable").index[:WORST]
    errors = table.loc[worst, [*first, named.time, named.known, *settings.names()]]
    write_text(REPORTS / "errors.csv", errors.to_csv(index=False, float_format="%.6g"))

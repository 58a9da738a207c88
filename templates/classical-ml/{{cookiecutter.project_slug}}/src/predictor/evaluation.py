"""Measure the served model on the test rows, which nothing has used before. Read `evaluate` from top to bottom.

    load -> predict -> resample -> scores, differences, slices, importance -> gates -> write

The predictions come from `artifacts/model.onnx` through the code of the service, so the measured model is the served
one. The same seed gives the same intervals.
"""

from __future__ import annotations

from itertools import chain

import pandas as pd

from . import artifacts, data, figures, importance, selection, task
from .bootstrap import Array
from .manifest import ARTIFACTS, HeldOut
from .measurement import (
    Answers,
    answers,
    check_gates,
    compare,
    measure,
    measure_ceiling,
    measure_slices,
    resample,
)
from .record import Measured, Record, read_record
from .reporting.markdown import estimate
from .reporting.metrics import METRICS, REPORTS, Baseline, ReportError, write_json
from .reporting.run import Watch, describe_run
from .serving.model import Model, load_model
from .settings import Settings

WORST = 50  # rows in errors.csv


def evaluate(settings: Settings) -> Measured:
    """Measure the model, and write `reports/` and the metrics in the manifest.

    Raises:
        DataError: the data cannot be used.
        ModelError, ReportError: there is no model, or it was trained on other data.
    """
    watch = Watch()
    model, record = load_model(ARTIFACTS), read_record()
    dataset = data.load(settings)
    if dataset.report.sha256 != model.manifest.data_sha256:
        raise ReportError(f"the model was trained on a different {settings.data.file}; run `make train` first")
    rows, outcomes = dataset.test, data.outcome(dataset.test, settings)

    served, other = predict(model, record, rows, settings)
    trivial = predict_without_model(record, dataset, settings)
    resampled = resample([served, other, *trivial], rows, outcomes, settings)
    measured = measure(served, outcomes, resampled)
    gains = list(chain.from_iterable(compare(served, rival, outcomes, resampled) for rival in trivial))
    importances = importance.measure(model, rows, outcomes, selection.headline(settings), settings)
    report = Measured(
        task=task.NAME,
        run=describe_run(
            "python -m predictor evaluate",
            watch,
            seed=settings.training.seed,
            data_sha256=dataset.report.sha256,
            rows=dataset.report.rows,
            earlier=record.run.seconds,
        ),
        metrics=measured,
        baseline=[
            Baseline(model=rival.name, **metric.model_dump())
            for rival in (*trivial, other)
            for metric in measure(rival, outcomes, resampled)
        ],
        slices=list(measure_slices(served, rows, outcomes, settings)),
        gates=check_gates(measured, gains, settings),
        model=served.name,
        other=other.name,
        ceiling=measure_ceiling(rows, outcomes, settings),
        difference=[*gains, *compare(served, other, outcomes, resampled)],
        errors=task.summarise_errors(outcomes, served.predicted, served.outcome),
        importance=importances,
    )
    write(report, served, rows, outcomes, model, settings)
    figures.draw(importances, served, dataset, model, settings)
    return report


def predict(model: Model, record: Record, rows: pd.DataFrame, settings: Settings) -> tuple[Answers, Answers]:
    """Predictions of the served model, and of the candidate that lost the cross-validation."""
    path = ARTIFACTS / "other.onnx"
    if not path.exists():
        raise ReportError(f"{path} does not exist; run `make train` first")
    other = Model(model.manifest, path.read_bytes())
    return (
        answers(record.served.name, artifacts.score(model, rows), record.served.outcome, settings),
        answers(record.other.name, artifacts.score(other, rows), record.other.outcome, settings),
    )


def predict_without_model(record: Record, dataset: data.Dataset, settings: Settings) -> list[Answers]:
    known = data.outcome(dataset.train, settings)
    return [
        answers(name, predicted, record.baselines[name], settings)
        for name, predicted in task.baselines(known, dataset.test, settings).items()
    ]


def write(
    report: Measured, served: Answers, rows: pd.DataFrame, outcomes: Array, model: Model, settings: Settings
) -> None:
    """Write metrics.json, predictions.csv, errors.csv, and the scores into the manifest."""
    write_json(METRICS, report.model_dump(mode="json"))
    verdicts = {"predicted": served.predicted, **task.verdicts(served.predicted, served.outcome)}
    predictions = pd.DataFrame({"actual": outcomes, **verdicts}, index=rows.index)
    predictions.to_csv(REPORTS / "predictions.csv", float_format="%.6g")
    badness = task.badness(outcomes, served.predicted, served.outcome, settings)
    worst = pd.Series(badness, rows.index).sort_values(ascending=False, kind="stable").index[:WORST]
    described = predictions.loc[worst].join(rows.loc[worst, settings.feature_names])
    described.to_csv(REPORTS / "errors.csv", float_format="%.6g")
    metrics = [HeldOut(name=one.name, value=one.value, ci95=one.ci95) for one in report.metrics]
    artifacts.write_manifest(model.manifest.model_copy(update={"metrics": metrics}))


def summary(report: Measured) -> str:
    """The scores of the served model, for a terminal."""
    scores = (f"  {one.name:<18} {estimate(one.value, one.ci95)}" for one in report.metrics)
    return "\n".join(["Scores on the test rows, with 95% intervals:", *scores])

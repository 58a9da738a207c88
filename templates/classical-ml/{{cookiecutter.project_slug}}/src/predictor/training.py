"""Train the model to serve. Read `train` from top to bottom.

    load -> describe inputs -> tune two candidates by cross-validation -> choose -> fit on the training rows
    -> calibrate and decide on the validation rows -> convert -> compare -> save

Nothing is refitted at the end. The served model is the one fitted on the training rows and calibrated on the
validation rows, so every reported number describes the file that is served. Test rows are not used here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from . import artifacts, data, features, selection, task
from .bootstrap import Array
from .manifest import ARTIFACTS, Input, Manifest
from .record import Finalist, Record, write_record
from .reporting.metrics import Run
from .reporting.run import Watch, describe_run
from .selection import Tuned, Verdict
from .serving.model import Model
from .settings import Settings


@dataclass(frozen=True)
class Rows:
    """One split: the raw rows, the table that the model sees, and the outcomes."""

    frame: pd.DataFrame
    table: pd.DataFrame
    outcomes: Array

    def __len__(self) -> int:
        return len(self.outcomes)


@dataclass(frozen=True)
class Fitted:
    """A finalist with its finished pipeline and its predictions for the validation rows."""

    finalist: Finalist
    pipeline: Pipeline
    predicted: Array


def train(settings: Settings) -> Record:
    """Train, choose and save the model; return a record of it.

    Raises:
        DataError: the data cannot be used.
        ArtifactError: the converted model differs from the trained one, or cannot be saved.
    """
    watch = Watch()
    dataset = data.load(settings)
    inputs = artifacts.describe_inputs(settings, dataset.train)
    train_rows = view(dataset.train, inputs, settings)
    validation = view(dataset.validation, inputs, settings)

    verdict, searched = select(train_rows, inputs, settings)
    served = finish(verdict.served, train_rows, validation, settings)
    other = finish(verdict.other, train_rows, validation, settings)

    onnx = artifacts.to_onnx(served.pipeline, inputs)
    run = describe_run(
        "python -m predictor train",
        watch,
        seed=settings.training.seed,
        data_sha256=dataset.report.sha256,
        rows=dataset.report.rows,
    )
    manifest = describe_model(served.finalist, onnx, inputs, run, len(train_rows), settings)
    parity = artifacts.parity(served.predicted, artifacts.score(Model(manifest, onnx), validation.frame))
    record = Record(
        run=run,
        headline=settings.training.headline,
        served=served.finalist,
        other=other.finalist,
        gain=verdict.gain,
        standard_error=verdict.standard_error,
        tie=verdict.tie,
        baselines={
            name: task.decide(validation.outcomes, predicted, settings)
            for name, predicted in task.baselines(train_rows.outcomes, validation.frame, settings).items()
        },
        rows={"train": len(train_rows), "validation": len(validation), "test": len(dataset.test)},
        search_rows=searched,
        parity=parity,
    )
    save(manifest, onnx, served.pipeline, artifacts.to_onnx(other.pipeline, inputs), record)
    return record


def view(frame: pd.DataFrame, inputs: list[Input], settings: Settings) -> Rows:
    return Rows(frame, features.table(frame, inputs), data.outcome(frame, settings))


def select(rows: Rows, inputs: list[Input], settings: Settings) -> tuple[Verdict, int]:
    """Choose a candidate by cross-validation on the training rows; also return how many of them were used."""
    kept = thin(rows, settings.training.search_rows, settings.training.seed)
    folds = selection.make_folds(kept.frame, kept.outcomes, settings)
    linear, boosting = (
        selection.tune(candidate, kept.table, kept.outcomes, folds, settings)
        for candidate in selection.candidates(inputs, settings.training.seed)
    )
    return selection.choose(linear, boosting, settings), len(kept)


def thin(rows: Rows, limit: int, seed: int) -> Rows:
    """Draw at most `limit` rows at random and keep their order, so that the search stays quick."""
    if len(rows) <= limit:
        return rows
    kept = np.sort(np.random.default_rng(seed).choice(len(rows), limit, replace=False))
    return Rows(rows.frame.iloc[kept], rows.table.iloc[kept], rows.outcomes[kept])


def finish(tuned: Tuned, rows: Rows, validation: Rows, settings: Settings) -> Fitted:
    """Fit on the training rows; calibrate and set the decision rule on the validation rows."""
    fitted = tuned.pipeline.fit(rows.table, rows.outcomes)
    pipeline = task.calibrate(fitted, validation.table, validation.outcomes)
    predicted = task.predict(pipeline, validation.table)
    finalist = Finalist(
        name=tuned.name,
        parameters=tuned.parameters,
        tried=tuned.tried,
        folds=tuned.folds.tolist(),
        mean=tuned.mean,
        outcome=task.decide(validation.outcomes, predicted, settings),
    )
    return Fitted(finalist, pipeline, predicted)


def describe_model(
    served: Finalist, onnx: bytes, inputs: list[Input], run: Run, rows: int, settings: Settings
) -> Manifest:
    digest = hashlib.sha256(onnx).hexdigest()
    return Manifest(
        title=settings.problem.title,
        entity=settings.problem.entity,
        target=settings.problem.target,
        synthetic=settings.problem.synthetic,
        algorithm=served.name,
        version=digest[:12],
        onnx_sha256=digest,
        data_sha256=run.data_sha256,
        trained_rows=rows,
        commit=run.commit,
        inputs=inputs,
        outcome=served.outcome,
    )


def save(manifest: Manifest, onnx: bytes, pipeline: Pipeline, other: bytes, record: Record) -> None:
    """Write `artifacts/` and `reports/training.json`. The manifest comes last, because it describes the other files."""
    artifacts.archive(pipeline, ARTIFACTS / "model.skops")
    (ARTIFACTS / "other.onnx").write_bytes(other)  # for the comparison on the test rows
    (ARTIFACTS / "model.onnx").write_bytes(onnx)
    write_record(record)
    artifacts.write_manifest(manifest)

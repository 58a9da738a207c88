"""Train the model to serve. Read `train` from top to bottom.

    load -> describe inputs -> tune two candidates by cross-validation -> choose -> fit on the training rows
    -> calibrate and decide on the validation rows -> convert -> compare -> save

Nothing is refitted at the end. The served model is the one fitted on the training rows and calibrated on the
validation rows, so every reported number describes the file that is served. Test rows are not used here.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from . import artifacts, data, features, selection
from .manifest import TRAINING, Array, Input, Manifest
from .model import Model
from .outcome import Outcome
from .reporting.metrics import Run, write_json
from .reporting.run import describe_run
from .selection import Verdict
from .settings import Settings
from .task import Task

IMPORTANCE_ROWS, REPEATS = 2000, 10


@dataclass(frozen=True)
class Rows:
    """One split: the raw rows, the table that the model sees, and the outcomes."""

    frame: pd.DataFrame
    table: pd.DataFrame
    outcomes: Array

    def __len__(self) -> int:
        return len(self.outcomes)

    def some(self, limit: int, seed: int) -> Self:
        """At most `limit` rows, drawn at random and kept in order, so that what is computed on them stays quick."""
        if len(self) <= limit:
            return self
        kept = np.sort(np.random.default_rng(seed).choice(len(self), limit, replace=False))
        return type(self)(self.frame.iloc[kept], self.table.iloc[kept], self.outcomes[kept])


def train(settings: Settings) -> dict[str, Any]:
    """Train, choose and save the model; return a record of it, which is also in `reports/training.json`.

    Raises:
        DataError: the data cannot be used.
        ArtifactError: the converted model differs from the trained one.
    """
    started, task = datetime.now(UTC), Task(settings)
    dataset = data.load(settings)
    inputs = features.describe_inputs(dataset.train, settings)
    training, validation = (view(part, inputs, task) for part in (dataset.train, dataset.validation))

    verdict, pipeline = fit(training, inputs, task)
    raw = task.raw(pipeline, validation.table)
    outcome = task.decide(validation.outcomes, raw)

    onnx = artifacts.to_onnx(pipeline, inputs)
    run = describe_run(
        "python -m predictor train",
        started,
        seed=settings.training.seed,
        data_sha256=dataset.facts["sha256"],
        rows=dataset.facts["rows"],
    )
    manifest = describe_model(verdict.served.name, outcome, onnx, inputs, run, len(training), settings)
    converted = artifacts.predict(Model(manifest, onnx), validation.frame)
    parity = artifacts.parity(outcome.finish(raw), converted, relative=task.relative)
    artifacts.save(onnx, manifest)
    record = {
        "run": run.model_dump(),
        "settings": artifacts.counted(settings),
        "headline": settings.training.headline,
        **asdict(verdict),
        "outcome": outcome.model_dump(),
        "importance": measure_importance(pipeline, validation, inputs, task),
        "rows": {"train": len(training), "validation": len(validation), "test": len(dataset.test)},
        "search_rows": min(len(training), settings.training.search_rows),
        "parity": parity,
    }
    write_json(TRAINING, record)
    return record


def fit(training: Rows, inputs: list[Input], task: Task) -> tuple[Verdict, Pipeline]:
    """Choose between the candidates by cross-validation, and fit the better one on all training rows."""
    settings = task.settings.training
    searched = training.some(settings.search_rows, settings.seed)
    verdict, chosen = selection.select(searched.frame, searched.table, searched.outcomes, inputs, task)
    return verdict, chosen.fit(training.table, training.outcomes)


def view(frame: pd.DataFrame, inputs: list[Input], task: Task) -> Rows:
    return Rows(frame, features.table(frame, inputs), task.outcomes(frame))


def measure_importance(pipeline: Pipeline, validation: Rows, inputs: list[Input], task: Task) -> list[dict[str, Any]]:
    """Permutation importance (Breiman 2001), the most important input first."""
    seed = task.settings.training.seed
    rows = validation.some(IMPORTANCE_ROWS, seed)
    whole = make_pipeline(FunctionTransformer(features.table, kw_args={"inputs": inputs}), pipeline)
    frame, scoring = rows.frame[[one.name for one in inputs]], task.headline.sklearn
    found = permutation_importance(whole, frame, rows.outcomes, scoring=scoring, n_repeats=REPEATS, random_state=seed)
    measured = zip(inputs, found.importances_mean, found.importances_std, strict=True)
    listed = [{"feature": one.name, "loss": float(loss), "spread": float(spread)} for one, loss, spread in measured]
    return sorted(listed, key=lambda one: -one["loss"])


def describe_model(
    name: str, outcome: Outcome, onnx: bytes, inputs: list[Input], run: Run, rows: int, settings: Settings
) -> Manifest:
    digest = hashlib.sha256(onnx).hexdigest()
    return Manifest(
        title=settings.title,
        entity=settings.problem.entity,
        target=settings.problem.target,
        synthetic=settings.problem.synthetic,
        algorithm=name,
        version=digest[:12],
        onnx_sha256=digest,
        data_sha256=run.data_sha256,
        trained_rows=rows,
        commit=run.commit,
        inputs=inputs,
        outcome=outcome,
    )

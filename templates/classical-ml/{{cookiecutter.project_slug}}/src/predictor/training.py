"""Train the model to serve. Read `train` from top to bottom.

    load -> tune two candidates by cross-validation -> choose -> describe the inputs and fit on the training rows
    -> calibrate and decide on the validation rows -> convert -> compare -> save

Nothing is refitted at the end. The served model is the one fitted on the training rows and calibrated on the
validation rows, so every reported number describes the file that is served. Test rows are not used here.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance
from sklearn.pipeline import Pipeline

from . import data, features, selection
from .bootstrap import Array
from .decision import Task
from .inputs import Input, columns
from .model import Manifest, Model, parity, save
from .reporting.metrics import write_json
from .reporting.run import describe_run
from .results import TRAINING, counted
from .selection import Choice, Fold
from .settings import Settings
from .validation import DataError

IMPORTANCE_ROWS = 2000


def train(settings: Settings) -> dict[str, Any]:
    """Train, choose and save the model; return a record of it, which is also in `reports/training.json`.

    Raises:
        DataError: the data cannot be used.
        ModelError: the converted model differs from the trained one.
    """
    started, task = datetime.now(UTC), Task(settings)
    dataset = data.load(settings)
    validation = dataset.validation

    choice, inputs, pipeline = fit(dataset.train, task)
    raw = task.raw(pipeline, features.table(validation, inputs))
    outcome = task.decide(task.y(validation), raw)
    importance = measure_importance(pipeline, validation, inputs, task)
    named_by = [measured["feature"] for measured in importance[:3]]

    onnx = features.to_onnx(pipeline, inputs)
    digest = hashlib.sha256(onnx).hexdigest()
    run = describe_run(
        "python -m predictor train",
        started,
        seed=settings.training.seed,
        data_sha256=dataset.facts["sha256"],
        rows=dataset.facts["rows"],
    )
    manifest = Manifest(
        title=settings.title,
        entity=settings.problem.entity,
        target=settings.problem.target,
        made_up=settings.problem.made_up,
        algorithm=choice.served.name,
        version=digest[:12],
        onnx_sha256=digest,
        data_sha256=run.data_sha256,
        trained_rows=len(dataset.train),
        commit=run.commit,
        inputs=inputs,
        outcome=outcome,
        named_by=named_by,
        examples=examples(validation, outcome.finish(raw), inputs, named_by, settings.training.examples),
    )
    converted = Model(manifest, onnx).raw(columns(validation, inputs))
    difference = parity(raw, converted)
    save(onnx, manifest)
    record = {
        "run": run.model_dump(),
        "settings": counted(settings),
        "headline": settings.training.headline,
        **choice.model_dump(),
        "outcome": outcome.model_dump(),
        "importance": importance,
        "rows": {name: len(getattr(dataset, name)) for name in ("train", "validation", "test")},
        "search_rows": min(len(dataset.train), settings.training.search_rows),
        "parity": difference,
    }
    write_json(TRAINING, record)
    return record


def fit(train: pd.DataFrame, task: Task, folds: list[Fold] | None = None) -> tuple[Choice, list[Input], Pipeline]:
    """Choose between the candidates by cross-validation; describe the inputs and fit the better one on all rows.

    The folds, if given, are of at most `training.search_rows` rows, which then are all of `train`.
    """
    rows = some(train, task.settings.training.search_rows, task.settings.training.seed)
    folds = folds or selection.make_folds(rows, task.y(rows), task)
    choice, candidate = selection.select(rows, task, folds)
    inputs = features.describe_inputs(train, task.settings)
    if useless := set(task.settings.columns) - {item.name for item in inputs}:
        raise DataError(
            f"column {min(useless)} has nothing in the training rows to learn from: no value, or no word that several "
            "share and most lack; take it out of settings.toml"
        )
    pipeline = candidate.pipeline(inputs, choice.served.parameters)
    return choice, inputs, pipeline.fit(features.table(train, inputs), task.y(train))


def some(frame: pd.DataFrame, limit: int, seed: int) -> pd.DataFrame:
    """At most `limit` rows, drawn at random and kept in order, so that what is computed on them stays quick."""
    count = min(limit, len(frame))
    return frame.iloc[np.sort(np.random.default_rng(seed).choice(len(frame), count, replace=False))]


def measure_importance(
    pipeline: Pipeline, validation: pd.DataFrame, inputs: list[Input], task: Task
) -> list[dict[str, Any]]:
    """Permutation importance (Breiman 2001), the most important input first."""
    rows = some(validation, IMPORTANCE_ROWS, task.settings.training.seed)
    importance = permutation_importance(
        pipeline,
        features.table(rows, inputs),  # a column for each input, in the same order
        task.y(rows),
        scoring=task.headline.sklearn,
        random_state=task.settings.training.seed,
    )
    measured = zip(inputs, importance.importances_mean, importance.importances_std, strict=True)
    return [
        {"feature": item.name, "loss": float(loss), "spread": float(spread)}
        for item, loss, spread in sorted(measured, key=lambda row: -row[1])
    ]


def examples(
    rows: pd.DataFrame, predicted: Array, inputs: list[Input], named_by: list[str], most: int
) -> list[dict[str, Any]]:
    """At most `most` rows, from the highest prediction to the lowest, each with other values in `named_by`.

    Where a prediction has several numbers, the first one counts. A row with a gap that the training rows do not have is
    left out, since the service would refuse it.
    """
    order = np.argsort(-predicted.reshape(len(rows), -1)[:, 0], kind="stable")
    ranked = rows[[item.name for item in inputs]].iloc[order].drop_duplicates(named_by)
    ranked = ranked.dropna(subset=[item.name for item in inputs if not item.nullable])
    chosen = ranked.iloc[np.linspace(0, len(ranked) - 1, min(most, len(ranked))).astype(int)]
    records: list[dict[str, Any]] = chosen.astype(object).where(chosen.notna(), None).to_dict("records")
    return records

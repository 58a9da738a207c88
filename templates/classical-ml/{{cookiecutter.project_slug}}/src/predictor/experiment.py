"""Measure a change beside what is served, by cross-validation on the training rows alone. Read `measure`.

    read the change -> choose a model without it and with it, on the same folds -> compare -> record

A change is experiments/NAME.toml, with other `[columns]` or `[training]`, or the code since a commit, BASE. The test
rows are for a winner: adopt it, then `make train evaluate`.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from . import data, dependent, selection, training, validation
from .decision import Task
from .reporting import experiments, revisions
from .reporting.experiments import ExperimentError
from .reporting.metrics import REPORTS
from .selection import Fold
from .settings import Settings, checked


def measure(name: str, base: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record. `base` is a commit, or "" for a change of settings.

    Raises:
        ExperimentError, SettingsError, DataError, ReportError: it cannot be measured; then no document changes.
    """
    dataset = data.load(settings)
    rows, folds = divided(dataset.train, settings)
    if base:
        before = revisions.earlier(base, name)
        after = scored(rows, settings, folds)
    else:
        path = experiments.find(name)
        table, new = with_settings(path, rows, settings)
        with experiments.blamed(path, "inputs that fit the data"):
            tried = validation.validate(table, Task(new), REPORTS)
        before, after = scored(rows, settings, folds), scored(tried, new, folds)
    gains, measures = revisions.paired(before, after)
    measured = {
        "measures": measures,
        "gain": dependent.rounded(float(np.mean(gains))),
        "ci95": dependent.folds_interval(gains, selection.tested(folds)),
        "interval": "a t interval of the gains of the folds, corrected for the rows that these share",
        "measured_on": f"{len(folds)} folds of {len(rows):,} training rows",
        "data_sha256": dataset.facts["sha256"],
    }
    return experiments.record(revisions.difference(base, name) if base else path, measured)


def scores(settings: Settings) -> dict[str, Any]:
    """What this code scores with the settings of the project; a later commit compares itself with it."""
    rows, folds = divided(data.load(settings).train, settings)
    return scored(rows, settings, folds)


def divided(train: pd.DataFrame, settings: Settings) -> tuple[pd.DataFrame, list[Fold]]:
    """The training rows that a search uses, and their folds."""
    rows, task = training.some(train, settings.training.search_rows, settings.training.seed), Task(settings)
    return rows, selection.make_folds(rows, task.y(rows), task)


def with_settings(path: Path, rows: pd.DataFrame, old: Settings) -> tuple[pd.DataFrame, Settings]:
    """The same rows of the file, and the settings with what a TOML file changes."""
    new = checked(experiments.changed(old.model_dump(exclude_unset=True), path), path)
    search = old.training.model_copy(update={"search_iterations": new.training.search_iterations})
    if new == old or new != old.model_copy(update={"columns": new.columns, "training": search}):
        raise ExperimentError(
            f"{path} must change [columns] or search_iterations under [training], and nothing else; "
            "age = false under [columns] leaves the input age out"
        )
    return data.parse(data.read_bytes(old), old).loc[rows.index], new


def scored(rows: pd.DataFrame, settings: Settings, folds: list[Fold]) -> dict[str, Any]:
    """Choose and fit a model.

    Returns:
        `headline`, of each fold, where more is better; the `measures` by their labels; and the rows of the `folds`.
    """
    started, task = perf_counter(), Task(settings)
    choice, _, _ = training.fit(rows, task, folds)
    scores = np.array(choice.served.folds)
    return {
        "headline": list(task.headline.sign * scores),
        "measures": {
            f"{task.headline.label}, mean of the folds": scores.mean(),
            "seconds to choose and fit": perf_counter() - started,
        },
        "folds": [part.tolist() for fold in folds for part in fold],
    }

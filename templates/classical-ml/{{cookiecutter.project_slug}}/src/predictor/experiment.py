"""Measure a change beside what is served, by cross-validation on the training rows alone. Read `measure`.

    read the change -> choose a model without it and with it, on the same folds -> compare -> record

A change is experiments/NAME.toml, with other `[columns]` or `[training]`, or experiments/NAME.py with a function
`features(rows)`, which takes the inputs as a table and returns others. The test rows are for a winner: adopt it in the
settings or the code, then `make train evaluate`.
"""

import runpy
from pathlib import Path
from statistics import median
from time import perf_counter
from timeit import repeat

import numpy as np
import pandas as pd

from . import data, dependent, features, selection, training, validation
from .bootstrap import Array
from .decision import Task
from .inputs import columns
from .model import open_session
from .outcome import ONNX_OUTPUT
from .reporting import experiments
from .reporting.experiments import ExperimentError
from .reporting.metrics import REPORTS
from .selection import Fold
from .settings import Column, Settings, checked

ALONE = 20  # rows that must be the same when they are computed without the others
ANSWERS = 100


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record.

    Raises:
        ExperimentError, SettingsError, DataError, ReportError: it cannot be measured; then no document changes.
    """
    path, task, dataset = experiments.find(name), Task(settings), data.load(settings)
    rows = training.some(dataset.train, settings.training.search_rows, settings.training.seed)
    table, new = (with_settings if path.suffix == ".toml" else with_features)(path, rows, settings)
    with experiments.blamed(path, "inputs that fit the data"):
        tried = validation.validate(table, Task(new), REPORTS)
    folds = selection.make_folds(rows, task.y(rows), task)
    (scores, *old), (others, *now) = try_out(rows, settings, folds), try_out(tried, new, folds)
    gains = task.headline.sign * (others - scores)
    kinds = (f"{task.headline.label}, mean of the folds", "seconds to choose and fit", "milliseconds of a prediction")
    measured = {
        "measures": dict(zip(kinds, zip([scores.mean(), *old], [others.mean(), *now], strict=True), strict=True)),
        "gain": dependent.rounded(gains.mean()),
        "ci95": dependent.folds_interval(gains, selection.tested(folds)),
        "interval": "a t interval of the gains of the folds, corrected for the rows that these share",
        "measured_on": f"{len(folds)} folds of {len(rows):,} training rows",
        "data_sha256": dataset.facts["sha256"],
    }
    return experiments.record(path, measured)


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


def with_features(path: Path, rows: pd.DataFrame, old: Settings) -> tuple[pd.DataFrame, Settings]:
    """The rows with the inputs that the function in a Python file makes. It is not shown the outcomes."""
    inputs = rows[list(old.columns)]
    with experiments.blamed(path, "features(rows), which gets the inputs without the target and returns a table"):
        make = runpy.run_path(str(path))["features"]
        made, few = make(inputs.copy()), make(inputs[:ALONE].copy())
        texts = made.select_dtypes(exclude="number").astype(object).map(str, na_action="ignore")
        cells = made.astype(object).drop(columns=texts.columns).join(texts)
        table = rows.drop(columns=inputs.columns.intersection(made.columns)).join(cells)
    if not made.index.equals(rows.index) or not few.equals(made[:ALONE]):
        raise ExperimentError(f"{path}: features(rows) must return the same rows, each made without a look at others")
    new = {name: Column(kind="categorical" if name in texts else "numeric") for name in made}
    columns = {name: old.columns.get(name, new[name]) for name in made}
    return table, old.model_copy(update={"columns": columns})


def try_out(rows: pd.DataFrame, settings: Settings, folds: list[Fold]) -> tuple[Array, float, float]:
    """Choose and fit a model: its scores in the folds, the seconds that took, and the milliseconds of a prediction."""
    started, task = perf_counter(), Task(settings)
    choice, inputs, pipeline = training.fit(rows, task, folds)
    seconds, session = perf_counter() - started, open_session(features.to_onnx(pipeline, inputs))
    feed = columns(rows[:1], inputs)
    times = repeat(lambda: session.run([ONNX_OUTPUT], feed), number=1, repeat=ANSWERS)
    return np.array(choice.served.folds), seconds, 1000 * median(times)

"""Train a version on what was known on a day, and pack it: an ONNX file, which runs no code, and its manifest.

    training rows -> without the last days: fit, measure on them -> all rows: fit -> ONNX -> compare -> pack

The measured rows are the outcomes of the last days before the training day: what the recipe, trained that much earlier,
would have said of them. They come through the same join as the training rows, so they cannot show that the join is
wrong; the canary can.
"""

import hashlib
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from . import onnx_export
from .data import TRAINING_ROWS, training_rows
from .manifest import CategoricalInput, Input, Manifest, NumericInput
from .model import Model
from .registry import Files, open_registry
from .reporting.metrics import failures
from .reporting.run import commit
from .scoring import Array, check_gates, fit_reference, measure
from .settings import Feature, Recipe, Settings

TOLERANCE = 1e-5  # of a probability, between the trained model and the served one
FEWEST_ROWS = 50  # for a fit, and for measuring it


class TrainingError(ValueError):
    """No model can be made of these rows; the message says why."""


def train(settings: Settings, *, until: date, candidate: str, sql: Path = TRAINING_ROWS, root: Path = Path()) -> Files:
    """Train a candidate of the settings on the outcomes known when the day `until` begins.

    Raises:
        SettingsError: there is no such candidate.
        DataError: the data or the question in `sql` cannot be used.
        TrainingError: there are too few rows, or the converted model differs from the trained one.
    """
    recipe = settings.recipe(candidate)
    rows, held_out = divide(settings, recipe, until=until, sql=sql, root=root)
    measured, final = rows[held_out], fit(rows, recipe, settings)
    predicted = predict(fit(rows[~held_out], recipe, settings), measured, settings)
    usual = np.full(len(measured), outcome(rows[~held_out], settings).mean())
    manifest = Manifest(
        name=settings.registry.name,
        candidate=candidate,
        task=settings.data.event or f"“{settings.data.target}” is 1 for this {settings.data.unit}",
        inputs=[describe(feature, rows[feature.name]) for feature in settings.features],
        trained_from=rows[settings.data.time].min(),
        trained_to=rows[settings.data.time].max(),
        known_until=until,
        rows=len(rows),
        data_sha256=settings.data.sha256,
        commit=commit(),
        sql=sql.as_posix(),
        sql_sha256=hashlib.sha256((root / sql).read_bytes()).hexdigest(),
        metrics=measure(outcome(measured, settings), predicted, settings, "held out"),
        baseline=measure(outcome(measured, settings), usual, settings, "held out", ["brier"]),
        calibration=fit_reference(measured, predicted, settings, until),
        versions={name: version(name) for name in ("scikit-learn", "skl2onnx", "onnxruntime", "numpy")},
    )
    made = Files(onnx_export.convert(final, manifest.inputs), manifest)
    compare(made, rows, predict(final, rows, settings))
    return made


class Retrained(NamedTuple):
    version: str | None  # None if the gate did not let it pass
    sentence: str


def retrain(settings: Settings, day: date) -> Retrained:
    """Train on the outcomes known when `day` begins, and register the result if it passes the gate.

    All candidates of the settings are trained, and the one with the best Brier score on the outcomes of the last days
    before `day` is taken; its manifest keeps the scores of all. It is released by a deployment.

    Raises:
        DataError, TrainingError, RegistryError: no candidate could be trained or kept.
    """
    made = [train(settings, until=day, candidate=name) for name in settings.training.candidates]
    compared = {one.manifest.candidate: brier(one.manifest) for one in made}
    best = min(made, key=lambda one: compared[one.manifest.candidate])
    manifest = best.manifest.model_copy(update={"compared": compared})
    what = f"{manifest.candidate}, {manifest.rows:,} outcomes known by {day}, Brier score {brier(manifest):.3f}"
    if failed := failures(check_gates(manifest.metrics, settings)):
        return Retrained(None, f"Nothing was registered: {what}. {' '.join(failed)}")
    version = open_registry(settings).register(Files(best.model, manifest))
    return Retrained(version, f"Registered version {version}: {what}. Release it: make deploy VERSION={version}")


def brier(manifest: Manifest) -> float:
    return next(metric.value for metric in manifest.metrics if metric.name == "brier")


def divide(
    settings: Settings, recipe: Recipe, *, until: date, sql: Path = TRAINING_ROWS, root: Path = Path()
) -> tuple[pd.DataFrame, pd.Series]:
    """The rows of the recipe, and which of them measure it: those with the outcomes of the last days before `until`.

    Raises:
        DataError: as for `train`.
        TrainingError: there are too few rows.
    """
    rows = recent(training_rows(settings, until, sql, root), settings, recipe, until)
    held_out = rows[settings.data.known] >= (until - timedelta(days=settings.training.held_out_days)).isoformat()
    for part, use in ((rows[~held_out], "to fit"), (rows[held_out], "to measure")):
        _refuse_few(part[settings.data.target], use, until)
    return rows, held_out


def recent(rows: pd.DataFrame, settings: Settings, recipe: Recipe, until: date) -> pd.DataFrame:
    """The rows that the recipe uses: made in the training period, and with an outcome that is not too old for it."""
    rows = rows[rows[settings.data.time] >= settings.periods.train_from.isoformat()]
    if recipe.known_days is None:
        return rows
    return rows[rows[settings.data.known] >= (until - timedelta(days=recipe.known_days)).isoformat()]


def fit(rows: pd.DataFrame, recipe: Recipe, settings: Settings) -> Pipeline:
    """Fit the recipe; the same rows and seed give the same model.

    Raises:
        TrainingError: scikit-learn knows no such option, or not this value of it.
    """
    try:
        return unfitted(recipe, settings).fit(as_table(rows, settings), outcome(rows, settings))
    except TypeError as error:  # a name that the class does not know, or scikit-learn's InvalidParameterError
        raise TrainingError(f"{recipe.algorithm} does not take the options of its recipe: {error}") from None


def unfitted(recipe: Recipe, settings: Settings) -> Pipeline:
    """The steps of the recipe."""
    numeric = [one.name for one in settings.features if one.kind == "numeric"]
    categorical = [one.name for one in settings.features if one.kind == "categorical"]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    seed = settings.training.seed
    if recipe.algorithm == "logistic_regression":
        steps = [SimpleImputer(), *([onnx_export.Logarithm()] if recipe.logarithm else []), StandardScaler()]
        scaled = ColumnTransformer([("numbers", make_pipeline(*steps), numeric), ("categories", encoder, categorical)])
        return make_pipeline(scaled, LogisticRegression(**{"max_iter": 2000, "random_state": seed, **recipe.options}))
    # Trees need no scale, and handle gaps themselves.
    plain = ColumnTransformer([("numbers", "passthrough", numeric), ("categories", encoder, categorical)])
    boosting = HistGradientBoostingClassifier(**{"early_stopping": False, "random_state": seed, **recipe.options})
    return make_pipeline(plain, boosting)


def predict(pipeline: Pipeline, rows: pd.DataFrame, settings: Settings) -> Array:
    """The probability of each row."""
    return np.asarray(pipeline.predict_proba(as_table(rows, settings))[:, 1], dtype=np.float64)


def compare(made: Files, rows: pd.DataFrame, expected: Array) -> None:
    """Hold what the service will say of rows against what the trained pipeline says.

    Raises:
        TrainingError: they differ.
    """
    error = float(np.abs(Model("new", made).scores(rows.to_dict("records")) - expected).max())
    if not error <= TOLERANCE:
        raise TrainingError(f"the ONNX model differs from the trained one by up to {error:.1e}; nothing was saved")


def as_table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The inputs as the service sees them: numbers rounded to 32 bits, though stored as doubles."""
    numbers = dict.fromkeys((one.name for one in settings.features if one.kind == "numeric"), np.float32)
    return rows[settings.names()].astype(numbers).astype(dict.fromkeys(numbers, np.float64))


def outcome(rows: pd.DataFrame, settings: Settings) -> Array:
    return np.asarray(rows[settings.data.target], dtype=np.float64)


def describe(feature: Feature, values: pd.Series) -> Input:
    """An input as a request has it; what is known of its values comes from the training rows."""
    known: dict[str, Any] = {"name": feature.name, "description": feature.description, "example": feature.example}
    if feature.kind == "categorical":
        return CategoricalInput(**known, choices=sorted(values.dropna().unique()))
    return NumericInput(**known, min=feature.min, max=feature.max, nullable=feature.joined or bool(values.isna().any()))


def _refuse_few(outcomes: pd.Series, use: str, until: date) -> None:
    if len(outcomes) < FEWEST_ROWS or outcomes.nunique() < 2:
        found = f"{len(outcomes)} outcomes" if len(outcomes) < FEWEST_ROWS else "only one kind of outcome"
        raise TrainingError(
            f"on {until} there are {found} {use} a model; choose another day, or other days in [training]"
        )

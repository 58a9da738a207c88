"""Measure a change of the training beside the champion, on outcomes from before its training day. Read `measure`.

    champion -> its recipe, and the changed one: fit without the last days -> predict those -> compare -> record

The outcomes are those that judged the champion before its release. A change is experiments/NAME.toml, with one
`[training.candidates.…]` or other `[[features]]`; if experiments/NAME.sql is there, it gives the training rows. The
test rows are for a winner: take it over, train and release it, then `make evaluate`.
"""

from pathlib import Path
from time import perf_counter

import pandas as pd

from . import onnx_export, training
from .evaluation import CHAMPION
from .manifest import Manifest
from .model import Model
from .registry import Files, open_registry
from .reporting import experiments
from .reporting.experiments import ExperimentError
from .scoring import SCORES, Array, brier, measure_gain, rounded
from .settings import Settings, checked

SAME = 1e-4  # of a Brier score: more than the ONNX model may differ by


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record.

    Raises:
        ExperimentError, SettingsError, DataError, TrainingError, RegistryError, ReportError: it cannot be measured;
            then nothing is written.
    """
    path, registry = experiments.find(name), open_registry(settings)
    champion = registry.alias(CHAMPION)
    if champion is None:
        raise ExperimentError("no version is the champion yet; run `make train` and `make deploy VERSION=1` first")
    manifest = registry.files(champion).manifest
    new, candidate, sql = change(path, settings, manifest)
    rows, served, seconds = contend(settings, manifest.candidate, Path(manifest.sql), manifest)
    outcomes = training.outcome(rows, settings)
    if not abs(brier(outcomes, served) - training.brier(manifest)) < SAME:
        raise ExperimentError(
            f"version {champion} cannot be trained again as it was: settings, data or code have changed since; "
            "train and release a version first"
        )
    with experiments.blamed(path, "a model that can be trained"):
        others, tried, longer = contend(new, candidate, sql, manifest)
    kept = [settings.data.id, settings.data.target]
    if others[kept].to_numpy().tolist() != rows[kept].to_numpy().tolist():
        raise ExperimentError(f"{sql} gives other rows to measure, or other outcomes, than {manifest.sql}")
    gain = measure_gain(outcomes, tried, served, champion, settings)
    scores = {
        label: [rounded(score(outcomes, predicted)) for predicted in (served, tried)]
        for label, _, score in sorted(SCORES.values(), key=lambda one: one[2] is not brier)  # what decides comes first
    }
    known = rows[settings.data.known]
    found = {
        "measures": {**scores, "seconds to fit": [seconds, longer]},
        "gain": gain.value,
        "ci95": gain.ci95,
        "interval": "the interval is a bootstrap interval of the differences, row by row",
        "measured_on": f"{len(outcomes):,} outcomes known from {known.min()} to {known.max()}",
        "data_sha256": settings.data.sha256,
    }
    return experiments.record(path, found)


def change(path: Path, old: Settings, champion: Manifest) -> tuple[Settings, str, Path]:
    """The changed settings, the recipe to train in them, and the file with the question for its rows."""
    new = checked(experiments.changed(old.model_dump(exclude_unset=True), path), Settings, path)
    recipes, sql = new.training.candidates, path.with_suffix(".sql")
    names = [champion.candidate] if recipes == old.training.candidates else list(recipes)
    free = {"features": new.features, "training": old.training.model_copy(update={"candidates": recipes})}
    if new != old.model_copy(update=free) or len(names) > 1 or (new == old and not sql.exists()):
        raise ExperimentError(
            f"{path} must have one [training.candidates.…] or other [[features]], and nothing else; "
            f"without them, there must be {sql}"
        )
    return new, names[0], sql if sql.exists() else Path(champion.sql)


def contend(settings: Settings, candidate: str, sql: Path, champion: Manifest) -> tuple[pd.DataFrame, Array, float]:
    """Fit a recipe to what was known before the last days, and predict these with the code of the service.

    Returns:
        The rows that measure, in the order of their names; their probabilities; the seconds of the fit.
    """
    recipe = settings.recipe(candidate)
    rows, held_out = training.divide(settings, recipe, until=champion.known_until, sql=sql)
    started = perf_counter()
    pipeline = training.fit(rows[~held_out], recipe, settings)
    seconds = perf_counter() - started
    inputs = [training.describe(feature, rows[feature.name]) for feature in settings.features]
    manifest = champion.model_copy(update={"inputs": inputs})
    model = Model(candidate, Files(onnx_export.convert(pipeline, inputs), manifest))
    tested = rows[held_out].sort_values(settings.data.id)
    return tested, model.scores(tested[settings.names()].to_dict("records")), seconds

"""Training and serving must agree: the same inputs, the same treatment of them, the same answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from predictor import artifacts, features, task
from predictor.manifest import ARTIFACTS, Manifest, read_manifest
from predictor.serving.app import Config, create_app
from predictor.settings import Settings
from sample_model import NEVER_SEEN, sample_rows

ROOT = Path(__file__).parents[1]
ROWS = 500


def test_the_service_answers_as_the_pipeline_does(artifacts_folder: Path, settings: Settings) -> None:
    """On 500 rows with gaps and unknown categories among them, to one in a million."""
    compare(artifacts_folder, settings)


@pytest.mark.skipif(not (ROOT / ARTIFACTS / "model.skops").exists(), reason="nothing has been trained yet")
def test_the_committed_model_answers_as_its_pipeline_does(settings: Settings) -> None:
    compare(ROOT / ARTIFACTS, settings)


def compare(folder: Path, settings: Settings) -> None:
    rows = sample_rows(settings, ROWS, seed=7, unknown=0.1)
    inputs = read_manifest(folder).inputs
    if any(item.kind == "categorical" for item in inputs):
        assert NEVER_SEEN in json.dumps(rows)
    table = features.table(pd.DataFrame(rows, columns=settings.feature_names), inputs)
    expected = task.predict(artifacts.unarchive(folder / "model.skops"), table)

    with TestClient(create_app(Config(artifacts=folder, max_batch=ROWS)), "http://localhost") as client:
        answers = client.post("/predict/batch", json={"rows": rows}).json()["predictions"]
    served = np.array([answer.get("probability", answer.get("value")) for answer in answers])
    assert np.abs(served - expected).max() <= 1e-6 * max(1.0, np.abs(expected).max())


def test_inputs_are_the_features_of_the_settings(manifest: Manifest, settings: Settings) -> None:
    assert drift(manifest, settings) == []


@pytest.mark.skipif(not (ROOT / ARTIFACTS / "model.json").exists(), reason="nothing has been trained yet")
def test_the_committed_model_was_trained_with_these_settings(settings: Settings) -> None:
    assert drift(read_manifest(ROOT / ARTIFACTS), settings) == [], "settings.toml has changed: make train"


def drift(manifest: Manifest, settings: Settings) -> list[str]:
    """Features whose description in the manifest and in the settings differ."""
    shared = {"name", "kind", "description", "unit", "min", "max", "choices", "nullable"}
    served = [item.model_dump(include=shared) for item in manifest.inputs]
    wanted = [
        {key: value for key, value in feature.model_dump(include=shared).items() if key in one}
        for feature, one in zip(settings.features, served, strict=True)
    ]
    return [one["name"] for one, other in zip(served, wanted, strict=True) if one != other]


def test_every_training_row_could_be_a_request(client: TestClient, settings: Settings) -> None:
    for start in range(0, 40, 8):
        rows = sample_rows(settings, 40, seed=8)[start : start + 8]
        assert client.post("/predict/batch", json={"rows": rows}).status_code == 200

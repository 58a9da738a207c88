"""Small real versions of a model, made in milliseconds: what training returns, without training's time."""

import atexit
import shutil
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd
from fastapi.testclient import TestClient
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from service.manifest import CategoricalInput, Manifest, NumericInput
from service.registry import EmbeddedRegistry, Files
from service.serving.app import Config, create_app

NAME = "lateness"
CARRIERS = ["Albatros", "Bison"]
ROW: dict[str, Any] = {"distance": 21, "carrier": "Albatros"}
INPUTS = [
    NumericInput(name="distance", description="Kilometres", min=0, max=120, example=21),
    CategoricalInput(name="carrier", description="Who carries it", choices=CARRIERS, example="Albatros"),
]


@cache
def model_file(seed: int = 1) -> bytes:
    """A logistic regression on two inputs, as ONNX; another seed gives another model."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({"distance": random.integers(0, 120, 300), "carrier": random.choice(CARRIERS, 300)})
    late = random.random(300) < 0.1 + rows["distance"] / 200
    encode = ColumnTransformer(
        [("known", OneHotEncoder(handle_unknown="ignore"), ["carrier"])], remainder="passthrough"
    )
    model = make_pipeline(encode, LogisticRegression()).fit(rows, late)
    kinds = [("distance", FloatTensorType([None, 1])), ("carrier", StringTensorType([None, 1]))]
    return bytes(convert_sklearn(model, "toy", kinds, options={"zipmap": False}).SerializeToString())


def manifest(**changes: Any) -> Manifest:
    """The description of a toy version."""
    known: dict[str, Any] = {
        "name": NAME,
        "candidate": "logistic",
        "task": "late",
        "inputs": INPUTS,
        "trained_from": date(2015, 7, 1),
        "trained_to": date(2015, 10, 31),
        "known_until": date(2015, 11, 1),
        "rows": 300,
        "data_sha256": "a" * 64,
        "commit": "b" * 40,
        "sql": "sql/training_rows.sql",
        "sql_sha256": "c" * 64,
        "metrics": [],
        "versions": {"scikit-learn": "1"},
    }
    return Manifest(**{**known, **changes})


def candidate(seed: int = 1, model: bytes | None = None, **changes: Any) -> Files:
    """A candidate for the registry; `model` replaces the ONNX file, `changes` those of the manifest."""
    return Files(model_file(seed) if model is None else model, manifest(**changes))


@cache
def _made() -> Path:
    """A registry with versions 1 and 2, the first of which is the champion; MLflow takes seconds to make one."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    made = EmbeddedRegistry(NAME, folder)
    for seed in (1, 2):
        made.register(candidate(seed))
    made.set_alias("champion", "1")
    return folder


def registry(folder: Path) -> EmbeddedRegistry:
    """A registry of its own in `folder`, with versions 1 (the champion) and 2."""
    return EmbeddedRegistry(NAME, Path(shutil.copytree(_made(), folder)))


def artifact(made: EmbeddedRegistry, version: str, name: str = "model.onnx") -> Path:
    """Where the registry keeps a file of a version."""
    return made._place(made.version(version).tags) / name


def client(made: EmbeddedRegistry, **changes: Any) -> TestClient:
    """A service that looks at its alias often; its files lie beside the registry's folder."""
    known: dict[str, Any] = {
        "database": made.folder.parent / "service.db",
        "reports": made.folder.parent,
        "poll_seconds": 0.02,
        "max_batch": 8,
    }
    app = create_app(Config(**{**known, **changes}), made)
    return TestClient(app, "http://localhost", raise_server_exceptions=False)


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds, as when the service has looked at its alias; what takes a minute hangs."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)

"""The trained model on disk: ONNX for serving, a skops archive of the pipeline, and a manifest that describes both.

Neither format runs code when it is loaded. Pickle and joblib can, so they are not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from . import booster, normalise, task
from .bootstrap import Array
from .manifest import ARTIFACTS, CategoricalInput, Input, Manifest, NumericInput
from .reporting.metrics import write_text
from .serving.model import Model
from .settings import Feature, Settings

TRUSTED_TYPES = [
    "numpy.dtype",
    "skl2onnx.sklapi.cast_transformer.CastTransformer",
    *task.TRUSTED_TYPES,
    *booster.TRUSTED_TYPES,
]
OPSETS = {"": 18, "ai.onnx.ml": 3}
TOLERANCE = 1e-6  # of a probability, or of the largest forecast


class ArtifactError(ValueError):
    """A model cannot be saved or loaded; the message says why."""


def describe_inputs(settings: Settings, train: pd.DataFrame) -> list[Input]:
    """The model's inputs as the service sees them; typical values come from the training rows only."""
    return [_input(feature, train[feature.name]) for feature in settings.features]


def to_onnx(pipeline: Pipeline, inputs: Sequence[Input]) -> bytes:
    """Convert a fitted pipeline; the same pipeline gives the same bytes."""
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs

    task.register_onnx()
    kinds = {"numeric": FloatTensorType, "categorical": StringTensorType}
    model = skl2onnx.to_onnx(
        pipeline,
        initial_types=[(item.name, kinds[item.kind]([None, 1])) for item in inputs],
        options=task.ONNX_OPTIONS,
        target_opset=OPSETS,
    )
    model = select_model_inputs_outputs(model, task.ONNX_OUTPUT)
    _drop_unused_constants(model.graph)
    opsets = sorted(model.opset_import, key=lambda one: one.domain)  # skl2onnx takes them from a set
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    return bytes(model.SerializeToString(deterministic=True))


def score(model: Model, frame: pd.DataFrame) -> Array:
    """Predictions of the converted model for raw rows, computed as the service does."""
    inputs = model.manifest.inputs
    feed = normalise.columns({item.name: frame[item.name].to_numpy() for item in inputs}, inputs)
    return np.asarray(model.scores(feed), dtype=np.float64)


def parity(expected: Array, served: Array) -> float:
    """The largest difference between a pipeline and its ONNX version; for forecasts, relative to the largest forecast.

    Raises:
        ArtifactError: it is above the tolerance, so the served model would differ from the trained one.
    """
    error = float(np.abs(expected - served).max() / max(1.0, np.abs(expected).max()))
    if not error <= TOLERANCE:
        raise ArtifactError(
            f"the ONNX model differs from the pipeline by up to {error:.1e}, more than {TOLERANCE:.0e}; "
            "nothing was saved"
        )
    return error


def archive(pipeline: Pipeline, path: Path) -> None:
    """Save a pipeline in a format that runs no code when it is loaded.

    Raises:
        ArtifactError: it contains a type that `TRUSTED_TYPES` does not allow.
    """
    import skops.io

    content = skops.io.dumps(pipeline, compression=ZIP_DEFLATED)
    _refuse_unknown_types(content, path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def unarchive(path: Path) -> Pipeline:
    """Load a pipeline that contains only allowed types.

    Raises:
        ArtifactError: the file is missing or contains another type.
    """
    import skops.io

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ArtifactError(f"{path} does not exist; run `make train` first") from None
    _refuse_unknown_types(content, path)
    pipeline: Pipeline = skops.io.loads(content, trusted=TRUSTED_TYPES)
    return pipeline


def write_manifest(manifest: Manifest, folder: Path = ARTIFACTS) -> None:
    write_text(folder / "model.json", manifest.model_dump_json(indent=2) + "\n")


def _drop_unused_constants(graph: Any) -> None:
    used = {name for node in graph.node for name in node.input}
    kept = [constant for constant in graph.initializer if constant.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _refuse_unknown_types(content: bytes, path: Path) -> None:
    import skops.io

    unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED_TYPES)
    if unknown:
        raise ArtifactError(f"{path} contains types that artifacts.py does not allow: {', '.join(sorted(unknown))}")


def _input(feature: Feature, values: pd.Series) -> Input:
    common: dict[str, Any] = {
        "name": feature.name,
        "description": feature.description,
        "nullable": feature.nullable,
        "example": feature.example,
    }
    if feature.kind == "categorical":
        return CategoricalInput(**common, choices=feature.choices, typical=values.mode().iloc[0])
    return NumericInput(
        **common,
        unit=feature.unit,
        min=feature.min,
        max=feature.max,
        typical=float(values.median()),
        seen=(float(values.min()), float(values.max())),
    )

"""The trained model on disk: ONNX, which runs no code when it is loaded (pickle and joblib can), and a manifest."""

from collections.abc import Sequence

import numpy as np
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from sklearn.pipeline import Pipeline

from .manifest import ARTIFACTS, Array, Input, Manifest
from .model import ModelError
from .outcome import ONNX_OPTIONS, ONNX_OUTPUT
from .reporting.metrics import write_text

OPSETS = {"": 18, "ai.onnx.ml": 3}
TOLERANCE = 1e-6  # of `parity`


def to_onnx(pipeline: Pipeline, inputs: Sequence[Input]) -> bytes:
    """Convert a fitted pipeline; the same pipeline gives the same bytes."""
    kinds = [FloatTensorType if item.kind == "numeric" else StringTensorType for item in inputs]
    model = skl2onnx.to_onnx(
        pipeline,
        initial_types=[(item.key, kind([None, 1])) for item, kind in zip(inputs, kinds, strict=True)],
        options=ONNX_OPTIONS,
        target_opset=OPSETS,
    )
    model = select_model_inputs_outputs(model, ONNX_OUTPUT)
    model.opset_import.sort(key=lambda one: one.domain)  # skl2onnx takes them from a set
    return bytes(model.SerializeToString(deterministic=True))


def parity(expected: Array, served: Array) -> float:
    # <two several>
    """The largest difference between a pipeline's probabilities and those of its ONNX version, both [rows, ...].
    # </two several>
    # <number>
    """The largest difference between a pipeline's forecasts and those of its ONNX version, both [rows].
    # </number>

    # <two several>
    It is that before calibration, after which the last digits of a probability near 1 may matter more.
    # </two several>
    # <number>
    It is relative to the largest forecast.
    # </number>

    Raises:
        ModelError: it is above the tolerance, so the served model would differ from the trained one.
    """
    error = float(np.abs(expected - served).max())
    # <number>
    error /= float(np.abs(expected).max()) or 1.0
    # </number>
    if not error <= TOLERANCE:
        raise ModelError(
            f"the ONNX model differs from the pipeline by up to {error:.1e}, more than {TOLERANCE:.0e}; "
            "nothing was saved"
        )
    return error


def save(onnx: bytes, manifest: Manifest) -> None:
    """Write the model; its manifest comes last, because it describes the other file."""
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "model.onnx").write_bytes(onnx)
    write_manifest(manifest)


def write_manifest(manifest: Manifest) -> None:
    write_text(ARTIFACTS / "model.json", manifest.model_dump_json(indent=2) + "\n")

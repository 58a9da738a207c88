"""The trained model on disk, and how it is read back: `artifacts/model.onnx`, and `model.json`, which describes it.

An ONNX file runs no code when it is loaded; pickle and joblib can. Training writes both files, and the service reads
them. It imports no training code, so the image needs no training library.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from pydantic import Field, ValidationError

from . import inputs, outcome
from .bootstrap import Array
from .inputs import Columns, Input, Value
from .outcome import Outcome
from .reporting.metrics import Baseline, Metric, Part, write_text

ARTIFACTS = Path("artifacts")
TOLERANCE = 1e-6  # of `parity`
Row = Mapping[str, Value]


class ModelError(ValueError):
    """A model cannot be saved or served; the message says why."""


class Manifest(Part):
    title: str
    entity: str
    target: str
    made_up: str  # "simulated" or "fictional"; "" if nothing says that the rows are not real
    algorithm: str  # the name of the model that cross-validation chose
    version: str  # first 12 hex digits of the ONNX file's SHA-256
    onnx_sha256: str
    data_sha256: str
    trained_rows: int
    commit: str | None
    inputs: list[Input]
    outcome: Outcome
    named_by: list[str] = Field(default=[])  # the inputs whose values name an example
    examples: list[dict[str, float | str | None]] = Field(default=[])  # validation rows
    metrics: list[Metric] = Field(default=[])  # on the test rows, as in reports/metrics.json
    baseline: list[Baseline] = Field(default=[])  # the same without the model, the simple rule first
    suspected: list[str] = Field(default=[])  # inputs that may be leaks, so that the metrics may be too good


def read_manifest(folder: Path = ARTIFACTS) -> Manifest:
    return Manifest.model_validate_json((folder / "model.json").read_text(encoding="utf-8"))


class Model:
    """Predicts rows. Safe to use from several threads."""

    def __init__(self, manifest: Manifest, onnx: bytes) -> None:
        self.manifest = manifest
        self.session = open_session(onnx)
        self.typical = self.feed([{item.name: item.typical for item in manifest.inputs}])

    def feed(self, rows: Sequence[Row]) -> Columns:
        """Rows as the model's input columns, missing and unseen values replaced as in training.

        If a key is absent, the value is missing.
        """
        known = self.manifest.inputs
        return inputs.columns({item.name: [row.get(item.name) for row in rows] for item in known}, known)

    def raw(self, feed: Columns) -> np.ndarray:
        """What the ONNX file itself returns for each row, before calibration."""
        (output,) = self.session.run([outcome.ONNX_OUTPUT], feed)
        return outcome.raw(output)

    def scores(self, feed: Columns) -> np.ndarray:
        """The prediction for each row."""
        return self.manifest.outcome.finish(self.raw(feed))


def open_session(onnx: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # requests have few rows, so more threads would cost more than they save
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors: it would warn that the labels of the classes are not used
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


def load_model(folder: Path) -> Model:
    """Load `model.onnx`, if it is the file that `model.json` describes.

    Raises:
        ModelError: a file is missing or broken, or the two do not belong together.
    """
    try:
        manifest = read_manifest(folder)
        onnx = (folder / "model.onnx").read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{error.filename} does not exist; train a model first: make train") from None
    except ValidationError:
        raise ModelError(f"{folder / 'model.json'} does not fit this code; train again: make train") from None
    if hashlib.sha256(onnx).hexdigest() != manifest.onnx_sha256:
        raise ModelError(f"{folder / 'model.onnx'} is not the file that model.json describes; train again")
    return Model(manifest, onnx)


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

"""The trained model as an ONNX session that predicts rows."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from pydantic import ValidationError

from . import normalise, outcome
from .manifest import Manifest, read_manifest

Row = Mapping[str, normalise.Value]


class ModelError(ValueError):
    """A model cannot be saved or served; the message says why."""


class Model:
    """Predicts rows. Safe to use from several threads."""

    def __init__(self, manifest: Manifest, onnx: bytes) -> None:
        self.manifest = manifest
        self.session = open_session(onnx)
        self.typical = self.feed([{item.name: item.typical for item in manifest.inputs}])

    def feed(self, rows: Sequence[Row]) -> normalise.Columns:
        """Rows as the model's input columns, missing and unseen values replaced as in training."""
        return normalise.records(rows, self.manifest.inputs)

    def raw(self, feed: normalise.Columns) -> np.ndarray:
        """What the ONNX file itself returns for each row, before calibration."""
        (found,) = self.session.run([outcome.ONNX_OUTPUT], feed)
        return outcome.raw(found)

    def scores(self, feed: normalise.Columns) -> np.ndarray:
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

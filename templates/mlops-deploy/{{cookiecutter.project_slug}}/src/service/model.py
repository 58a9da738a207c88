"""One version of the model as an ONNX session that predicts rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from .manifest import Manifest
from .registry import Files

if hasattr(onnxruntime, "disable_telemetry_events"):
    onnxruntime.disable_telemetry_events()  # it sends nothing on Linux, but warns that it could

Row = Mapping[str, float | str | None]


class ModelError(ValueError):
    """This version cannot be served; the message says why."""


class Model:
    """Predicts rows. Safe to use from several threads.

    Raises:
        ModelError: the files of this version are no usable model.
    """

    def __init__(self, version: str, files: Files) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # requests have few rows, so more threads would cost more than they save
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self.version = version
        self.manifest: Manifest = files.manifest
        try:
            self.session = onnxruntime.InferenceSession(files.model, options, providers=["CPUExecutionProvider"])
            self.output = self.session.get_outputs()[-1].name  # the probabilities; the label comes first
            self.self_test()
        except Exception as error:  # ONNX Runtime has a class of its own for each kind of failure
            raise ModelError(f"version {version} cannot be served: {str(error).splitlines()[0]}") from error

    def scores(self, rows: Sequence[Row]) -> NDArray[np.float64]:
        """The probability of the outcome, for each row."""
        feed: dict[str, NDArray[Any]] = {}
        for item in self.manifest.inputs:
            column = [[row[item.name]] for row in rows]
            feed[item.name] = np.array(column, np.float32 if item.kind == "numeric" else object)  # None becomes NaN
        (found,) = self.session.run([self.output], feed)
        return np.asarray(found, np.float64)[:, -1]

    def self_test(self) -> None:
        """Predict the example in the manifest; raises ModelError if the answer is no probability."""
        (score,) = self.scores([self.manifest.example])
        if not 0 <= score <= 1:
            raise ModelError(f"it answers {score} to its own example, which is no probability")

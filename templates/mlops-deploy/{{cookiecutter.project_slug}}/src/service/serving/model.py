"""One version of the model as an ONNX session that predicts rows, and the one that serves: what an alias names."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
import structlog
from numpy.typing import NDArray

from ..manifest import Manifest
from ..registry import Files, Registry, RegistryError
from .schemas import row_model

if hasattr(onnxruntime, "disable_telemetry_events"):
    onnxruntime.disable_telemetry_events()  # it sends nothing on Linux, but warns that it could

Row = Mapping[str, float | str | None]

log = structlog.get_logger("model")


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
            self.row = row_model(self.manifest)  # the type of a request's inputs
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


class Holder:
    """The version that an alias names, which may not exist yet, as long as it can be served.

    Raises:
        RegistryError: the registry cannot be read.
        ModelError: the version that has the alias cannot be served.
    """

    def __init__(self, registry: Registry, alias: str) -> None:
        self.registry, self.alias = registry, alias
        self.refused: dict[str, str] = {}  # the version that the alias names now but that does not serve, and why
        self.trouble = ""  # why the alias cannot be read now
        version = registry.alias(alias)
        self.current = Model(version, registry.files(version)) if version else None

    def look(self) -> bool:
        """Follow the alias; returns whether another version serves now. Whatever is wrong, the old one goes on."""
        before = self.current.version if self.current else None
        try:
            version = self.registry.alias(self.alias)
        except RegistryError as error:
            if not self.trouble:
                log.error("alias not readable", serving=before, reason=str(error))
            self.trouble = str(error)
            return False
        self.trouble = ""
        if version in (None, before):
            self.refused = {}
        if version is None or version == before or version in self.refused:
            return False
        try:
            self.current, self.refused = Model(version, self.registry.files(version)), {}
        except Exception as error:
            self.refused = {version: str(error)}
            log.exception("version refused", version=version, serving=before)
            return False
        log.info("version swapped", version=version, before=before)
        return True

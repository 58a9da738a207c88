"""Calibrated probabilities: Platt's sigmoid on the log-odds of a fitted classifier.

Calibration is the last step of the pipeline and has its own ONNX converter, so the service returns calibrated
probabilities. (Isotonic regression would fit as well, but its values change by up to 0.02 in the conversion.)
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression


class CalibratedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """sigmoid(slope * log-odds + intercept), where the log-odds are those of a fitted `estimator`."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, rows: Any, y: NDArray[np.float64]) -> Self:
        """Fit slope and intercept on rows that `estimator` has not seen."""
        sigmoid = LogisticRegression(C=np.inf).fit(self._log_odds(rows)[:, None], y)
        self.slope_ = float(sigmoid.coef_[0, 0])
        self.intercept_ = float(sigmoid.intercept_[0])
        self.classes_ = self.estimator.classes_
        return self

    def predict_proba(self, rows: Any) -> NDArray[np.float64]:
        log_odds = self.slope_ * self._log_odds(rows) + self.intercept_
        positive = (1 + np.tanh(log_odds / 2)) / 2  # the sigmoid, without overflow
        return np.column_stack([1 - positive, positive])

    def predict(self, rows: Any) -> NDArray[Any]:
        return np.asarray(self.classes_[(self.predict_proba(rows)[:, 1] >= 0.5).astype(int)])

    def _log_odds(self, rows: Any) -> NDArray[np.float64]:
        return np.asarray(self.estimator.decision_function(rows), dtype=np.float64)


def register_onnx() -> None:
    """Teach skl2onnx to convert `CalibratedClassifier`."""
    from skl2onnx import update_registered_converter
    from skl2onnx._parse import _parse_sklearn_classifier

    update_registered_converter(
        CalibratedClassifier,
        "PredictorCalibratedClassifier",
        _declare_outputs,
        _convert,
        parser=_parse_sklearn_classifier,
        options={
            "nocl": [True, False],
            "zipmap": [True, False, "columns"],
            "output_class_labels": [True, False],
        },
    )


def _declare_outputs(operator: Any) -> None:
    from skl2onnx.common.data_types import DoubleTensorType
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

    calculate_linear_classifier_output_shapes(operator)
    operator.outputs[1].type = DoubleTensorType([None, 2])


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """Write the sigmoid as ONNX nodes, in 64 bits."""
    from onnx import TensorProto
    from skl2onnx.algebra import onnx_ops as ops
    from skl2onnx.algebra.onnx_operator import OnnxSubEstimator

    def constant(value: float) -> NDArray[np.float64]:
        return np.array([value], dtype=np.float64)

    model, version = operator.raw_operator, {"op_version": container.target_opset}
    label, probabilities = operator.outputs
    container.add_options(id(model.estimator), {"raw_scores": True})
    inner = OnnxSubEstimator(model.estimator, operator.inputs[0], **version)
    log_odds = ops.OnnxArrayFeatureExtractor(inner[1], np.array([1]), **version)
    log_odds = ops.OnnxCast(log_odds, to=TensorProto.DOUBLE, **version)
    scaled = ops.OnnxMul(log_odds, constant(model.slope_), **version)
    calibrated = ops.OnnxSigmoid(ops.OnnxAdd(scaled, constant(model.intercept_), **version), **version)
    both = [ops.OnnxSub(constant(1), calibrated, **version), calibrated]
    ops.OnnxConcat(*both, axis=1, output_names=[probabilities], **version).add_to(scope, container)
    ops.OnnxIdentity(inner[0], output_names=[label], **version).add_to(scope, container)

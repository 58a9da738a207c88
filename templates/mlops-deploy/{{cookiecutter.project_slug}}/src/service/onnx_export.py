"""A fitted pipeline as ONNX."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

from .manifest import Input

OPSETS = {"": 18, "ai.onnx.ml": 3}
PROBABILITIES = "probabilities"  # the output, [rows, 2]


class Logarithm(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """log(1 + x) of numbers that are not negative; 0 for those that are."""

    def fit(self, X: NDArray[Any], y: object = None) -> Self:  # noqa: ARG002  # scikit-learn's signature
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.log1p(np.maximum(X, 0)))


def convert(pipeline: Pipeline, inputs: Sequence[Input]) -> bytes:
    """Convert a pipeline whose inputs are one tensor [rows, 1] each; the same pipeline gives the same bytes."""
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs

    skl2onnx.update_registered_converter(Logarithm, "Logarithm", _logarithm_shape, _logarithm_nodes)
    kinds = {"numeric": FloatTensorType, "categorical": StringTensorType}
    model = skl2onnx.to_onnx(
        pipeline,
        initial_types=[(item.name, kinds[item.kind]([None, 1])) for item in inputs],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    model = select_model_inputs_outputs(model, PROBABILITIES)
    opsets = sorted(model.opset_import, key=lambda one: one.domain)  # skl2onnx takes them from a set
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    return bytes(model.SerializeToString(deterministic=True))


def _logarithm_shape(operator: Any) -> None:
    operator.outputs[0].type = operator.inputs[0].type.__class__([None, operator.raw_operator.n_features_in_])


def _logarithm_nodes(scope: Any, operator: Any, container: Any) -> None:
    from skl2onnx.algebra.onnx_ops import OnnxAdd, OnnxLog, OnnxRelu

    above = OnnxAdd(OnnxRelu(operator.inputs[0], op_version=18), np.ones(1, np.float32), op_version=18)
    OnnxLog(above, op_version=18, output_names=operator.outputs[:1]).add_to(scope, container)

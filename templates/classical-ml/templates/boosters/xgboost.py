"""Gradient boosting with XGBoost, on one thread so that two runs give the same trees."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from xgboost import XGBClassifier, XGBRegressor

NAME = "XGBoost"

# Types in its skops archive that skops does not trust by default.
TRUSTED_TYPES = ("xgboost.core.Booster", "xgboost.sklearn.XGBRegressor", f"{__name__}.MarginClassifier")

SEARCH_SPACE: dict[str, list[float]] = {
    "learning_rate": [0.03, 0.06, 0.1],
    "n_estimators": [60, 120],
    "max_depth": [2, 3, 4],
    "min_child_weight": [1, 10],
    "subsample": [0.7, 1.0],
}


class MarginClassifier(XGBClassifier):
    """XGBoost's classifier with a `decision_function` for its log-odds, as in scikit-learn; calibration needs it."""

    def decision_function(self, rows: Any) -> NDArray[np.float32]:
        """Log-odds of the positive class."""
        return np.asarray(self.predict(rows, output_margin=True))


def classifier(seed: int) -> BaseEstimator:
    return MarginClassifier(tree_method="hist", n_jobs=1, random_state=seed)


def regressor(seed: int) -> BaseEstimator:
    return XGBRegressor(tree_method="hist", n_jobs=1, random_state=seed)


def register_onnx() -> None:
    """Teach skl2onnx to convert XGBoost's models."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import (
        calculate_linear_classifier_output_shapes,
        calculate_linear_regressor_output_shapes,
    )

    update_registered_converter(
        MarginClassifier,
        "PredictorMarginClassifier",
        calculate_linear_classifier_output_shapes,
        _convert_classifier,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"], "raw_scores": [True, False]},
    )
    update_registered_converter(
        XGBRegressor, "PredictorXGBRegressor", calculate_linear_regressor_output_shapes, convert_xgboost
    )


def _convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """Convert as onnxmltools does, but keep the log-odds if raw scores are asked for."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost

    convert_xgboost(scope, operator, container)
    if container.get_options(operator.raw_operator, {"raw_scores": False})["raw_scores"]:
        for attribute in container.nodes[-1].attribute:
            if attribute.name == "post_transform":
                attribute.s = b"NONE"

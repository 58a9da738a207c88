"""Gradient boosting with XGBoost, on one thread so that two runs give the same trees."""

from functools import partial

from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from xgboost import XGBClassifier

NAME = "XGBoost"

SEARCH_SPACE: dict[str, list[float]] = {
    "learning_rate": [0.03, 0.06, 0.1],
    "n_estimators": [60, 120],
    "max_depth": [2, 3, 4],
    "min_child_weight": [1, 10],
    "subsample": [0.7, 1.0],
}

classifier = partial(XGBClassifier, tree_method="hist", n_jobs=1)

# skl2onnx can convert it after this line.
update_registered_converter(
    XGBClassifier,
    "PredictorXGBClassifier",
    calculate_linear_classifier_output_shapes,
    convert_xgboost,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)

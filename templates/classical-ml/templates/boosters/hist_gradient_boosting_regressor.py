"""Gradient boosting with scikit-learn (HistGradientBoosting)."""

from functools import partial

from sklearn.ensemble import HistGradientBoostingRegressor

NAME = "HistGradientBoosting"

SEARCH_SPACE: dict[str, list[float]] = {
    "learning_rate": [0.03, 0.06, 0.1],
    "max_iter": [60, 120],
    "max_leaf_nodes": [4, 8, 16],
    "min_samples_leaf": [20, 60],
    "l2_regularization": [0.0, 3.0],
}

regressor = partial(HistGradientBoostingRegressor, early_stopping=False)

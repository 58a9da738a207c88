"""Find inputs that give the answer away, or that number the rows instead of describing them."""

import numpy as np
import pandas as pd
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from .bootstrap import Array

TOO_GOOD = 0.99  # ROC AUC or R²; a single column that reaches it is suspicious
SAMPLE = 20_000  # rows are enough to see a leak
MANY_ROWS = 1_000  # measured whole numbers would repeat in so many


def alone(values: pd.Series, outcomes: Array, *, classes: bool) -> float:
    """Out-of-fold ROC AUC (for classes) or R² (for numbers) of a decision tree on one column."""
    column = np.asarray(
        values if pd.api.types.is_numeric_dtype(values) else pd.factorize(values, sort=True)[0], dtype=np.float64
    )[:, None]
    tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(min_samples_leaf=5, random_state=0)
    folds = (StratifiedKFold if classes else KFold)(3, shuffle=True, random_state=0)
    if not classes:
        return float(r2_score(outcomes, cross_val_predict(tree, column, outcomes, cv=folds)))
    if np.bincount(outcomes.astype(int), minlength=2).min() < 3:
        return 0.5  # too few of one class to tell
    chances = cross_val_predict(tree, column, outcomes, cv=folds, method="predict_proba")
    return float(roc_auc_score(outcomes, chances[:, 1]))


def numbers_rows(values: pd.Series) -> bool:
    """Different whole numbers that are many, rise from row to row or leave few gaps. (Few incomes may differ, too.)"""
    if not (pd.api.types.is_numeric_dtype(values) and values.is_unique and (values % 1 == 0).all()):
        return False  # also if one is missing
    few_gaps = values.max() - values.min() < 2 * len(values)
    return bool(len(values) >= MANY_ROWS or values.is_monotonic_increasing or few_gaps)

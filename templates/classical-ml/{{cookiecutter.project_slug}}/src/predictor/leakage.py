"""Find inputs that give the answer away, or that number the rows instead of describing them."""

import numpy as np
import pandas as pd
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from .manifest import Array
from .settings import Settings
from .validation import DataError

TOO_GOOD = 0.99  # ROC AUC or R²; a single column that reaches it is suspicious
SAMPLE = 20_000  # rows are enough to see a leak
FEWEST = 100  # with fewer rows, folds are too small
REMEDY = "take it out of settings.toml, or list it under data.known_before if it can be trusted"
MANY_ROWS = 1_000  # measured whole numbers would repeat in so many


def refuse_leaks(frame: pd.DataFrame, outcomes: Array, settings: Settings) -> None:
    """Check each input by itself.

    Raises:
        DataError: an input predicts the target almost perfectly, or has a different whole number in each row.
    """
    if len(frame) < FEWEST:
        return
    chosen = np.random.default_rng(settings.training.seed).permutation(len(frame))[:SAMPLE]
    trusted = {settings.training.naive, *settings.data.known_before}
    for name in (one for one in settings.columns if one not in trusted):
        if numbers_rows(frame[name]):
            raise DataError(
                f"input {name} has a different whole number in each row, so it numbers the rows instead of "
                f"describing them; {REMEDY}"
            )
        score = alone(frame[name].iloc[chosen], outcomes[chosen], classes=settings.classifies)
        if score > TOO_GOOD:
            raise DataError(
                f"input {name} alone predicts {settings.problem.target} almost perfectly ({score:.3f} of 1), "
                f"as if it were recorded after the event; {REMEDY}"
            )


def alone(values: pd.Series, outcomes: Array, *, classes: bool) -> float:
    """Out-of-fold ROC AUC (for classes) or R² (for numbers) of a decision tree on one column."""
    numeric = pd.api.types.is_numeric_dtype(values)
    column = np.asarray(values if numeric else pd.factorize(values, sort=True)[0], dtype=np.float64)[:, None]
    if not classes:
        regressor = DecisionTreeRegressor(min_samples_leaf=5, random_state=0)
        guesses = cross_val_predict(regressor, column, outcomes, cv=KFold(3, shuffle=True, random_state=0))
        return float(r2_score(outcomes, guesses))
    if np.bincount(outcomes.astype(int), minlength=2).min() < 3:
        return 0.5  # too few of one class to tell
    classifier = DecisionTreeClassifier(min_samples_leaf=5, random_state=0)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    guesses = cross_val_predict(classifier, column, outcomes, cv=folds, method="predict_proba")
    return float(roc_auc_score(outcomes, guesses[:, 1]))


def numbers_rows(values: pd.Series) -> bool:
    """Different whole numbers that are many, rise from row to row or leave few gaps. (Few incomes may differ, too.)"""
    numeric = pd.api.types.is_numeric_dtype(values)
    if not numeric or values.isna().any() or not values.is_unique or (values % 1 != 0).any():
        return False
    few_gaps = values.max() - values.min() < 2 * len(values)
    return bool(len(values) >= MANY_ROWS or values.is_monotonic_increasing or few_gaps)

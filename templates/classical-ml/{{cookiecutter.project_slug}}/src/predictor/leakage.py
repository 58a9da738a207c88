"""Find features that give the answer away, or that number the rows instead of describing them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from .settings import Settings
from .validation import DataError

TOO_GOOD = 0.99  # ROC AUC or R²; a single column that reaches it is suspicious
SAMPLE = 20_000  # rows are enough to see a leak
FEWEST = 100  # with fewer rows, integers may be distinct by chance and folds are too small


class LeakageError(DataError):
    """A feature leaks the target or identifies rows; the message names it."""


def refuse_leaks(frame: pd.DataFrame, outcomes: NDArray[np.float64], settings: Settings) -> None:
    """Check each feature by itself.

    Raises:
        LeakageError: it predicts the target almost perfectly, or it has a different whole number in each row.
    """
    if len(frame) < FEWEST:
        return
    numeric = set(settings.names("numeric"))
    for name in settings.feature_names:
        if name in numeric and _identifies(frame[name]):
            raise LeakageError(
                f"feature {name} has a different whole number in each row, so it numbers the rows instead of "
                "describing them; take it out of settings.toml"
            )
    chosen = np.random.default_rng(settings.training.seed).permutation(len(frame))[:SAMPLE]
    for name in settings.feature_names:
        values, classes = frame[name].iloc[chosen], settings.problem.positive is not None
        score = alone(values, outcomes[chosen], classes=classes)
        if score > TOO_GOOD:
            raise LeakageError(
                f"feature {name} alone predicts {settings.problem.target} almost perfectly ({score:.3f} of 1), "
                "as if it were recorded after the event; take it out of settings.toml"
            )


def alone(values: pd.Series, outcomes: NDArray[np.float64], *, classes: bool) -> float:
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


def _identifies(values: pd.Series) -> bool:
    whole = bool(np.all(np.mod(values.dropna(), 1) == 0))
    return whole and values.notna().all() and values.is_unique

"""Find inputs that give the answer away, or that number the rows instead of describing them."""

import numpy as np
import pandas as pd

from .bootstrap import Array
from .task import told

TOO_GOOD = 0.99  # ROC AUC or R²; a single column that reaches it is suspicious
SAMPLE = 20_000  # rows are enough to see a leak
MANY_ROWS = 1_000  # measured whole numbers would repeat in so many


def alone(values: pd.Series, outcomes: Array) -> float:
    """The share that the column alone tells of the outcomes: ROC AUC of classes, R² of numbers."""
    column = values if pd.api.types.is_numeric_dtype(values) else pd.factorize(values, sort=True)[0]
    return told(np.asarray(column, dtype=np.float64)[:, None], outcomes)


def numbers_rows(values: pd.Series) -> bool:
    """Different whole numbers that are many, rise from row to row or leave few gaps. (Few incomes may differ, too.)"""
    if not (pd.api.types.is_numeric_dtype(values) and values.is_unique and (values % 1 == 0).all()):
        return False  # also if one is missing
    few_gaps = values.max() - values.min() < 2 * len(values)
    return bool(len(values) >= MANY_ROWS or values.is_monotonic_increasing or few_gaps)

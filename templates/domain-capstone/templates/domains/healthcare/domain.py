"""What only this domain knows: what the model sees of a panel, today's rule, and which panels a person must read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

TESTS = ["TSH", "T3", "TT4", "T4U", "FTI", "TBG"]
HISTORY = ["on_thyroxine", "antithyroid_drugs", "thyroid_surgery", "radioiodine", "pregnant"]

RANGES = {  # the usual ranges of adults who are not pregnant; those of T3, TT4, FTI and TBG fit the training panels
    "TSH": (0.4, 4.0),  # mIU/L
    "T3": (1.2, 2.9),  # nmol/L
    "TT4": (60, 155),  # nmol/L
    "FTI": (65, 155),
    "TBG": (12, 30),  # mg/L
}
RULE = "the ranges of five tests: panels with the same tests below and above their ranges are treated alike"

ADULT = 18  # years; children have other ranges, which change with their age


def features(cases: pd.DataFrame) -> pd.DataFrame:
    """The tests and the history. Age is not among them: it only tells whether the ranges of adults hold."""
    return cases[TESTS + HISTORY]


def rule(cases: pd.DataFrame) -> pd.Series:
    """Which tests are below and which above their range, as a laboratory without a model sorts its panels."""
    keys = pd.Series("", index=cases.index)
    for test, (low, high) in RANGES.items():
        keys += np.where(cases[test] < low, f"{test} low ", np.where(cases[test] > high, f"{test} high ", ""))
    return keys


def guard(case: Mapping[str, float | str | None]) -> str | None:
    """Why a person must read this panel, whatever the model says."""
    age, tsh = case["age"], case["TSH"]
    if missing(tsh):
        return "TSH was not measured: the other tests alone do not show that the thyroid works as it should"
    if case["pregnant"] == "yes":
        return "Pregnancy: other reference ranges hold, and they change from month to month"
    if case["hypopituitary"] == "yes":
        return "Hypopituitarism: TSH can be normal although the thyroid hormones are too low"
    if missing(age):
        return "The age is not known: the reference ranges of adults may not hold"
    if isinstance(age, int | float) and age < ADULT:
        return "A child: the reference ranges of adults do not hold"
    return None


def missing(value: float | str | None) -> bool:
    """Whether a number is unknown: None in a request, NaN in a table."""
    return value is None or value != value  # NaN is the only value that differs from itself


def model(seed: int) -> Any:
    """Boosted trees: they cut each test where the comments begin, and take a test that was not made as it is."""
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), HISTORY),
        ("passthrough", TESTS),
    )
    # Few examples per leaf, because some comments are rare; shrunken leaves, so that they do not become too certain.
    trees = HistGradientBoostingClassifier(min_samples_leaf=10, l2_regularization=5, random_state=seed)
    return make_pipeline(columns, trees)

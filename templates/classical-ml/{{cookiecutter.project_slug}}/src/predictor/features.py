"""Model inputs to numbers, in steps that ONNX reproduces exactly.

The linear model needs gaps filled and scales evened; trees split on raw numbers and send gaps down a
branch of their own, and raw numbers keep their splits exact after conversion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

from . import normalise
from .manifest import MISSING, CategoricalInput, Input

ABSENT = -1e30  # far below any real value


def table(frame: pd.DataFrame, inputs: Sequence[Input]) -> pd.DataFrame:
    """The model's view of raw rows: numbers as doubles that 32 bits can hold, categories normalised."""
    arrays = normalise.columns({item.name: frame[item.name].to_numpy() for item in inputs}, inputs)
    return pd.DataFrame(
        {
            item.name: arrays[item.name][:, 0].astype(np.float64 if item.kind == "numeric" else object)
            for item in inputs
        },
        index=frame.index,
    )


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    """Gaps filled by the median and marked in a 0/1 column, unit variance; one-hot categories."""
    numeric = [item for item in inputs if item.kind == "numeric"]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    return ColumnTransformer(
        [
            ("scaled", scaled, [item.name for item in numeric]),
            ("given", _given(), [item.name for item in numeric if item.nullable]),
            *_one_hot(inputs),
        ]
    )


def for_trees(inputs: Sequence[Input]) -> ColumnTransformer:
    """Numbers as they are, NaN included; one-hot categories."""
    numeric = [item.name for item in inputs if item.kind == "numeric"]
    return ColumnTransformer([("raw", "passthrough", numeric), *_one_hot(inputs)])


def _given() -> Pipeline:
    # MissingIndicator has no ONNX converter; a sentinel and a threshold say the same.
    sentinel = SimpleImputer(strategy="constant", fill_value=ABSENT)
    return make_pipeline(sentinel, Binarizer(threshold=ABSENT / 2))


def _one_hot(inputs: Sequence[Input]) -> list[tuple[str, OneHotEncoder, list[str]]]:
    categorical = [item for item in inputs if isinstance(item, CategoricalInput)]
    if not categorical:
        return []
    known = [[*item.choices, MISSING] if item.nullable else list(item.choices) for item in categorical]
    encoder = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False)
    return [("categories", encoder, [item.name for item in categorical])]

"""Turn model inputs into numbers, in steps that ONNX reproduces exactly.

The linear model needs missing values filled in and all inputs on the same scale. Trees take raw numbers: they handle
missing values themselves, and their splits stay exact after conversion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

from . import normalise
from .manifest import MISSING, CategoricalInput, Input, NumericInput

ABSENT = -1e30  # far below any real value


def table(frame: pd.DataFrame, inputs: Sequence[Input]) -> pd.DataFrame:
    """Raw rows as the model sees them: numbers rounded to 32 bits (but stored as doubles), categories normalised."""
    arrays = normalise.columns({item.name: frame[item.name].to_numpy() for item in inputs}, inputs)
    return pd.DataFrame(
        {
            item.name: arrays[item.name][:, 0].astype(np.float64 if item.kind == "numeric" else object)
            for item in inputs
        },
        index=frame.index,
    )


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    """Fill missing numbers with the typical value and mark them in a 0/1 column; scale numbers; one-hot categories.

    Sums are computed in 64 bits, also after conversion: in 32 bits, a large value with a small spread would lose the
    digits that matter.
    """
    numeric = [item for item in inputs if isinstance(item, NumericInput)]
    gaps = [item for item in numeric if item.nullable]
    return ColumnTransformer(
        [
            ("scaled", _scale(), [item.name for item in numeric if not item.nullable]),
            *((f"filled {item.name}", _scale(_fill(item)), [item.name]) for item in gaps),
            ("given", _given(), [item.name for item in gaps]),
            *((name, make_pipeline(step, _double()), columns) for name, step, columns in _one_hot(inputs)),
        ]
    )


def for_trees(inputs: Sequence[Input]) -> ColumnTransformer:
    """Leave numbers as they are, including NaN; one-hot categories."""
    numeric = [item.name for item in inputs if item.kind == "numeric"]
    return ColumnTransformer([("raw", "passthrough", numeric), *_one_hot(inputs)])


def _scale(*before: SimpleImputer) -> Pipeline:
    return make_pipeline(*before, _double(), StandardScaler())


def _fill(item: NumericInput) -> SimpleImputer:
    # The converted imputer computes in 32 bits, so the constant must be a 32-bit number.
    return SimpleImputer(strategy="constant", fill_value=float(np.float32(item.typical)))


def _given() -> Pipeline:
    # MissingIndicator has no ONNX converter; a sentinel value and a threshold do the same.
    sentinel = SimpleImputer(strategy="constant", fill_value=ABSENT)
    return make_pipeline(sentinel, Binarizer(threshold=ABSENT / 2), _double())


def _double() -> CastTransformer:
    return CastTransformer(dtype=np.float64)


def _one_hot(inputs: Sequence[Input]) -> list[tuple[str, OneHotEncoder, list[str]]]:
    categorical = [item for item in inputs if isinstance(item, CategoricalInput)]
    if not categorical:
        return []
    known = [[*item.choices, MISSING] if item.nullable else list(item.choices) for item in categorical]
    encoder = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False)
    return [("categories", encoder, [item.name for item in categorical])]

"""Turn model inputs into numbers, in steps that ONNX reproduces exactly.

The linear model needs missing values filled in and all inputs on the same scale. Trees take raw numbers: they handle
missing values themselves, and their splits stay exact after conversion.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

from . import normalise
from .manifest import MISSING, CategoricalInput, DateInput, Input, NumericInput, model_inputs
from .settings import Settings
from .validation import DataError

ABSENT = -1e30  # far below any real value
MOST_CHOICES = 50  # categories that the model tells apart; rarer ones count as `other`


def describe_inputs(train: pd.DataFrame, settings: Settings) -> list[Input]:
    """The model's inputs as the service sees them. Values come from the training rows only."""
    return [_input(f"input_{i}", name, train[name], settings) for i, name in enumerate(settings.columns)]


def table(frame: pd.DataFrame, inputs: Sequence[Input]) -> pd.DataFrame:
    """Raw rows as the model sees them: numbers rounded to 32 bits (but stored as doubles), categories normalised."""
    arrays = normalise.columns(frame, inputs)
    kinds = {item.key: np.float64 if item.kind == "numeric" else object for item in model_inputs(inputs)}
    return pd.DataFrame({key: arrays[key][:, 0].astype(kind) for key, kind in kinds.items()}, index=frame.index)


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    """Fill missing numbers with the typical value; mark those that training knows; scale numbers; one-hot categories.

    Sums are computed in 64 bits, also after conversion: in 32 bits, a large value with a small spread would lose the
    digits that matter.
    """
    numeric = [item for item in model_inputs(inputs) if isinstance(item, NumericInput)]
    return ColumnTransformer(
        [
            *((f"filled {item.key}", _filled(item), [item.key]) for item in numeric),
            ("given", _given(), [item.key for item in numeric if item.nullable]),
            *((name, make_pipeline(step, _double()), columns) for name, step, columns in _one_hot(inputs)),
        ]
    )


def for_trees(inputs: Sequence[Input]) -> ColumnTransformer:
    """Leave numbers as they are, including NaN; one-hot categories."""
    numeric = [item.key for item in model_inputs(inputs) if item.kind == "numeric"]
    return ColumnTransformer([("raw", "passthrough", numeric), *_one_hot(inputs)])


def _input(key: str, name: str, values: pd.Series, settings: Settings) -> Input:
    column, known = settings.columns[name], values.dropna()
    if column.kind == "categorical":
        counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:MOST_CHOICES]
        choices = sorted(counts) or [MISSING]
        common = counts[0] if len(counts) else MISSING
        return CategoricalInput(
            key=key,
            name=name,
            description=column.description,
            choices=choices,
            nullable=bool(values.isna().any()),
            typical=common,
            example=common,
        )
    if known.empty:
        raise DataError(f"column {name} has no value in the training rows; take it out of settings.toml")
    if column.kind == "date":
        return _date(key, name, known, column.description, nullable=bool(values.isna().any()))
    upper = known.quantile(0.75, interpolation="nearest")  # an example unlike the typical row, so reasons show
    return NumericInput(
        key=key,
        name=name,
        nullable=bool(values.isna().any()),
        typical=float(known.median()),
        seen=(float(known.min()), float(known.max())),
        example=float(upper),
        **column.model_dump(exclude={"kind"}),
    )


def _date(key: str, name: str, known: pd.Series, description: str, *, nullable: bool) -> DateInput:
    ordered = known.sort_values()
    typical, example = (ordered.iloc[int(share * (len(ordered) - 1))] for share in (0.5, 0.75))
    return DateInput(
        key=key,
        name=name,
        description=description,
        nullable=nullable,
        typical=typical,
        seen=(ordered.iloc[0], ordered.iloc[-1]),
        example=example,
    )


def _filled(item: NumericInput) -> Pipeline:
    # The converted imputer computes in 32 bits, so the constant must be a 32-bit number.
    constant = SimpleImputer(strategy="constant", fill_value=float(np.float32(item.typical)))
    return make_pipeline(constant, _double(), StandardScaler())


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
    known = [[*dict.fromkeys([*item.choices, MISSING])] if item.nullable else item.choices for item in categorical]
    encoder = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False)
    return [("categories", encoder, [item.key for item in categorical])]

"""How the inputs become numbers and, with a fitted model, ONNX, which reproduces each of these steps exactly.

The linear model needs missing values filled in and all inputs on the same scale. Trees take raw numbers: they handle
missing values themselves, and their splits stay exact after conversion.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import skl2onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
# <text>
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
# </text>
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Binarizer, OneHotEncoder, StandardScaler

# <text>
from .inputs import MISSING, CategoricalInput, Input, NumericInput, TextInput, columns, words
# </text>
# <plain>
from .inputs import MISSING, CategoricalInput, Input, NumericInput, columns
# </plain>
from .outcome import ONNX_OPTIONS, ONNX_OUTPUT
from .settings import Settings

OPSETS = {"": 18, "ai.onnx.ml": 3}
ABSENT = -1e30  # far below any real value
TO_DOUBLE = CastTransformer(dtype=np.float64)  # a step of pipelines: what comes after it is computed in 64 bits
MOST_CHOICES = 50  # categories that the model tells apart; rarer ones count as `other`
# <text>
FEWEST_TEXTS, MOST_TEXTS = 5, 0.5  # a word that the model knows is in so many texts, and in no larger share of them
MOST_WORDS = 300  # of each text that the model knows
# </text>


def describe_inputs(rows: pd.DataFrame, settings: Settings) -> list[Input]:
    """The model's inputs as the service sees them; all values come from the rows that the model is fitted on.

    A column in which these rows have nothing to learn from is left out: a number without a value,
    # <text>
    a text without a word that several rows share and most lack,
    # </text>
    as in a fold of few rows.
    """
    described = [_input(f"input_{i}", name, rows[name], settings) for i, name in enumerate(settings.columns)]
    return [item for item in described if item]


def table(frame: pd.DataFrame, inputs: Sequence[Input]) -> pd.DataFrame:
    """Raw rows as the model sees them (see `inputs.columns`), in one table, whose numbers are stored as doubles."""
    arrays = columns(frame, inputs)
    kinds = {item.key: np.float64 if item.kind == "numeric" else object for item in inputs}
    return pd.DataFrame({key: arrays[key][:, 0].astype(kind) for key, kind in kinds.items()}, index=frame.index)


def for_linear(inputs: Sequence[Input]) -> ColumnTransformer:
    """The columns that the linear model is fitted on, from those that `table` makes; not fitted yet.

    - Each number: missing ones get the input's `typical` value, rounded to 32 bits, then all are scaled to mean 0 and
      standard deviation 1.
    - Each number that is `nullable`: a column that is 1 where it is given and 0 where it is missing.
    - Each category: a column for each of its `choices`, and for `MISSING` if it is nullable and that is no choice. Any
      other value, such as one that training has never seen, is 0 in all of them.
    # <text>
    - Each text: a TF-IDF weight for each of its `words`, normalised to length 1 by text (`l2`). The words in a cell of
      `table` have spaces between, and nothing else divides them.
    # </text>

    Sums are computed in 64 bits, also after conversion: in 32 bits, a large value with a small spread would lose the
    digits that matter. So `TO_DOUBLE` follows each step that makes columns.
    """
    numeric = [item for item in inputs if isinstance(item, NumericInput)]
    return ColumnTransformer(
        [
            *((f"filled {item.key}", _filled(item), [item.key]) for item in numeric),
            ("given", _given(), [item.key for item in numeric if item.nullable]),
            *((name, make_pipeline(step, TO_DOUBLE), columns) for name, step, columns in _one_hot(inputs)),
            # <text>
            *((name, make_pipeline(step, TO_DOUBLE), column) for name, step, column in _weighted(inputs, "l2")),
            # </text>
        ],
        sparse_threshold=0,
    )


def for_trees(inputs: Sequence[Input]) -> ColumnTransformer:
    """The columns that boosting is fitted on, from those that `table` makes; not fitted yet.

    The numbers stay as they are, including NaN, and stand first. Categories are as for the linear model, in 32 bits.
    # <text>
    So are texts, but their weights are not normalised, since divisions are not exact after conversion.
    # </text>
    """
    numeric = [item.key for item in inputs if item.kind == "numeric"]
    # <text>
    steps = [("raw", "passthrough", numeric), *_one_hot(inputs), *_weighted(inputs, None)]
    # </text>
    # <plain>
    steps = [("raw", "passthrough", numeric), *_one_hot(inputs)]
    # </plain>
    return ColumnTransformer(steps, sparse_threshold=0)


def to_onnx(pipeline: Pipeline, inputs: Sequence[Input]) -> bytes:
    """Convert a fitted pipeline; the same pipeline gives the same bytes."""
    kinds = [FloatTensorType if item.kind == "numeric" else StringTensorType for item in inputs]
    model = skl2onnx.to_onnx(
        pipeline,
        initial_types=[(item.key, kind([None, 1])) for item, kind in zip(inputs, kinds, strict=True)],
        options=ONNX_OPTIONS,
        target_opset=OPSETS,
    )
    model = select_model_inputs_outputs(model, ONNX_OUTPUT)
    model.opset_import.sort(key=lambda opset: opset.domain)  # skl2onnx takes them from a set
    return bytes(model.SerializeToString(deterministic=True))


def _input(key: str, name: str, values: pd.Series, settings: Settings) -> Input | None:
    column, known, nullable = settings.columns[name], values.dropna(), bool(values.isna().any())
    common: dict[str, Any] = {"key": key, "name": name, "description": column.description, "nullable": nullable}
    if column.kind == "categorical":
        counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:MOST_CHOICES]
        choices = sorted(counts) or [MISSING]
        typical = counts[0] if len(counts) else MISSING
        return CategoricalInput(**common, choices=choices, typical=typical, example=typical)
    if known.empty:
        return None
    # <text>
    if column.kind == "text":
        example = known.loc[known.str.len().sort_values(kind="stable").index[len(known) // 2]]
        vocabulary = _words(known)
        return TextInput(**common, words=vocabulary, example=example) if vocabulary else None
    # </text>
    upper = known.quantile(0.75, interpolation="nearest")  # an example unlike the typical row, so reasons show
    return NumericInput(
        **common,
        typical=float(known.median()),
        seen=(float(known.min()), float(known.max())),
        example=float(upper),
        **column.model_dump(include={"unit", "min", "max"}),
    )


# <text>
def _words(texts: pd.Series) -> list[str]:
    """The most frequent words that tell texts apart; none if there are too few texts."""
    counter = CountVectorizer(analyzer=words, min_df=FEWEST_TEXTS, max_df=MOST_TEXTS, max_features=MOST_WORDS)
    try:
        counter.fit(texts)
    except ValueError:
        return []
    return sorted(counter.vocabulary_)


# </text>
def _filled(item: NumericInput) -> Pipeline:
    # The converted imputer computes in 32 bits, so the constant must be a 32-bit number.
    constant = SimpleImputer(strategy="constant", fill_value=float(np.float32(item.typical)))
    return make_pipeline(constant, TO_DOUBLE, StandardScaler())


def _given() -> Pipeline:
    # MissingIndicator has no ONNX converter; a sentinel value and a threshold do the same.
    sentinel = SimpleImputer(strategy="constant", fill_value=ABSENT)
    return make_pipeline(sentinel, Binarizer(threshold=ABSENT / 2), TO_DOUBLE)


def _one_hot(inputs: Sequence[Input]) -> list[tuple[str, OneHotEncoder, list[str]]]:
    categorical = [item for item in inputs if isinstance(item, CategoricalInput)]
    if not categorical:
        return []
    known = [[*dict.fromkeys([*item.choices, MISSING])] if item.nullable else item.choices for item in categorical]
    encoder = OneHotEncoder(categories=known, handle_unknown="ignore", sparse_output=False)
    return [("categories", encoder, [item.key for item in categorical])]
# <text>


def _weighted(inputs: Sequence[Input], norm: str | None) -> list[tuple[str, TfidfVectorizer, str]]:
    texts = [item for item in inputs if isinstance(item, TextInput)]
    how: dict[str, Any] = {"token_pattern": "[^ ]+", "lowercase": False, "norm": norm, "dtype": np.float32}
    return [(f"words of {item.key}", TfidfVectorizer(vocabulary=item.words, **how), item.key) for item in texts]
# </text>

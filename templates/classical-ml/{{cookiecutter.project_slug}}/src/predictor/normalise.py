"""Raw values to model inputs: the one path that training and serving share, so they cannot drift apart.

Policy: a number that is absent is NaN; a category that is absent is `missing`; a category that the settings
do not list is `other`, which the model reads as "none of the known ones". Numbers are rounded to 32 bits, as
ONNX computes with them; training sees the same rounded values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .manifest import MISSING, OTHER, Input

Value = float | str | None
Columns = dict[str, NDArray[Any]]


def records(rows: Sequence[Mapping[str, Value]], inputs: Sequence[Input]) -> Columns:
    """Rows, such as parsed requests, to one array of shape [rows, 1] for each input.

    An absent key is a missing value.
    """
    return columns({item.name: [row.get(item.name) for row in rows] for item in inputs}, inputs)


def columns(values: Mapping[str, Sequence[Any] | NDArray[Any]], inputs: Sequence[Input]) -> Columns:
    """Whole columns to one array of shape [rows, 1] for each input: float32 numbers, str categories."""
    return {
        item.name: numbers(values[item.name]) if item.kind == "numeric" else categories(values[item.name], item.choices)
        for item in inputs
    }


def numbers(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.float32]:
    """Float32 column; None, NaN and infinity become NaN."""
    with np.errstate(over="ignore"):
        column = np.asarray(values, dtype=np.float64).astype(np.float32)
    return np.where(np.isfinite(column), column, np.float32(np.nan)).reshape(-1, 1)


def categories(values: Sequence[Any] | NDArray[Any], choices: Sequence[str]) -> NDArray[np.object_]:
    """String column; None and NaN become `missing`, a value outside `choices` becomes `other`."""
    known = {choice: choice for choice in choices}
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = [known.get(value, OTHER) if isinstance(value, str) else MISSING for value in values]
    return column

"""Turn raw values into model inputs. Training and serving both use this code, so their inputs are the same.

A missing number becomes NaN, and a missing category becomes `missing`. A category that is not among the input's choices
(the 50 most frequent in training) becomes `other`, which the model reads as "none of the known ones". Numbers are
rounded to 32 bits, because ONNX computes with 32 bits; training sees the same rounded values.
# <text>
Of a text, the words that the model knows are left; a missing text has none.
# </text>
"""

# <text>
import re
# </text>
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# <text>
from .manifest import MISSING, OTHER, Input, TextInput
# </text>
# <plain>
from .manifest import MISSING, OTHER, Input
# </plain>

Value = float | str | None
Columns = dict[str, NDArray[Any]]


def records(rows: Sequence[Mapping[str, Value]], inputs: Sequence[Input]) -> Columns:
    """Turn rows, such as parsed requests, into one array of shape [rows, 1] for each input.

    If a key is absent, the value is missing.
    """
    return columns({item.name: [row.get(item.name) for row in rows] for item in inputs}, inputs)


def columns(values: Any, inputs: Sequence[Input]) -> Columns:
    """Turn a table (a data frame, or a mapping of columns) into one array of shape [rows, 1] for each input.

    Numbers are float32, all others str. The names are those inside the model.
    """
    found: Columns = {}
    for item in inputs:
        if item.kind == "numeric":
            found[item.key] = numbers(values[item.name])
        # <text>
        elif isinstance(item, TextInput):
            found[item.key] = texts(values[item.name], item.words)
        # </text>
        else:
            found[item.key] = categories(values[item.name], item.choices)
    return found


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
# <text>


def texts(values: Sequence[Any] | NDArray[Any], known: Sequence[str]) -> NDArray[np.object_]:
    """String column: of each text the known words, divided by spaces."""
    chosen = set(known)
    found = [" ".join(word for word in words(value) if word in chosen) for value in values]
    return np.array(found, dtype=object).reshape(-1, 1)


def words(text: Any) -> list[str]:
    """The words of two or more letters or digits, in lower case; None and NaN have none."""
    return re.findall(r"\w\w+", text.lower()) if isinstance(text, str) else []
# </text>

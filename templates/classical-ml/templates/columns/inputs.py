"""What goes into the model: how its inputs are described, and how raw values become them.

Training and serving both use this code, so their inputs are the same. A missing number becomes NaN, and a missing
category becomes `missing`. A category that is not among the input's choices (the 50 most frequent in training) becomes
`other`, which the model reads as "none of the known ones". Numbers are rounded to 32 bits, because ONNX computes with
32 bits; training sees the same rounded values.
# <text>
Of a text, the words that the model knows are left; a missing text has none.
# </text>
"""

# <text>
import re
# </text>
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from .reporting.metrics import Part

MISSING = "missing"  # the category that stands for "not given"
OTHER = "other"  # the category that stands for all that are not among an input's choices
# <text>
LONGEST_TEXT = 131_072  # characters; Python's csv module reads no more in a cell
# </text>

Value = float | str | None
Columns = dict[str, NDArray[Any]]


class _Input(Part):
    key: str  # its name inside the model, since a column may have any name
    name: str
    description: str = ""
    nullable: bool  # the training rows have gaps here


class NumericInput(_Input):
    kind: Literal["numeric"] = "numeric"
    unit: str = ""
    min: float | None = None  # bounds from the settings: a request outside them is refused
    max: float | None = None
    typical: float  # training median: reference for explanations
    seen: tuple[float, float]  # smallest and largest value in training
    example: float


class CategoricalInput(_Input):
    kind: Literal["categorical"] = "categorical"
    choices: list[str]  # the values in training, or the 50 most frequent of them
    typical: str  # training mode: reference for explanations
    example: str


# <text>
class TextInput(_Input):
    kind: Literal["text"] = "text"
    words: list[str]  # the words of the training rows that the model knows
    typical: str = ""  # no text: reference for explanations
    example: str


Input = Annotated[NumericInput | CategoricalInput | TextInput, Field(discriminator="kind")]
# </text>
# <plain>
Input = Annotated[NumericInput | CategoricalInput, Field(discriminator="kind")]
# </plain>


def columns(values: Any, inputs: Sequence[Input]) -> Columns:
    """Turn a table (a data frame, or a mapping of columns) into one array of shape [rows, 1] for each input.

    Numbers are float32, all others str. The names are those inside the model.
    """
    arrays: Columns = {}
    for item in inputs:
        if item.kind == "numeric":
            arrays[item.key] = numbers(values[item.name])
        # <text>
        elif isinstance(item, TextInput):
            arrays[item.key] = texts(values[item.name], item.words)
        # </text>
        else:
            arrays[item.key] = categories(values[item.name], item.choices)
    return arrays


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
    left = [" ".join(word for word in words(value) if word in chosen) for value in values]
    return np.array(left, dtype=object).reshape(-1, 1)


def words(text: Any) -> list[str]:
    """The words of two or more letters or digits, in lower case; None and NaN have none."""
    return re.findall(r"\w\w+", text.lower()) if isinstance(text, str) else []
# </text>

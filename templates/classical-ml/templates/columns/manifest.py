"""The description of the served model, `artifacts/model.json`: training writes it, the service reads it.

The service imports no training code, so the image needs no training library.
"""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from .outcome import Outcome
from .reporting.metrics import Baseline, Metric, Part

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

ARTIFACTS = Path("artifacts")
MISSING = "missing"  # the category that stands for "not given"
OTHER = "other"  # the category that stands for all that are not among an input's choices
# <text>
LONGEST_TEXT = 131_072  # characters; Python's csv module reads no more in a cell
# </text>


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


class Manifest(Part):
    title: str
    entity: str
    target: str
    made_up: str  # "simulated" or "fictional"; "" if nothing says that the rows are not real
    algorithm: str  # the name of the model that cross-validation chose
    version: str  # first 12 hex digits of the ONNX file's SHA-256
    onnx_sha256: str
    data_sha256: str
    trained_rows: int
    commit: str | None
    inputs: list[Input]
    outcome: Outcome
    named_by: list[str] = Field(default=[])  # the inputs whose values name an example
    examples: list[dict[str, float | str | None]] = Field(default=[])  # validation rows
    metrics: list[Metric] = Field(default=[])  # on the test rows, as in reports/metrics.json
    baseline: list[Baseline] = Field(default=[])  # the same without the model, the simple rule first
    suspected: list[str] = Field(default=[])  # inputs that may be leaks, so that the metrics may be too good


def read_manifest(folder: Path = ARTIFACTS) -> Manifest:
    return Manifest.model_validate_json((folder / "model.json").read_text(encoding="utf-8"))

"""The served outcome, one of several classes: what the service makes of the numbers that the ONNX model gives."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from .bootstrap import Array
from .reporting.metrics import Part

ONNX_OUTPUT = "probabilities"
ONNX_OPTIONS = {"zipmap": False}  # an array, and not a list of mappings
CLOSEST = 1e-7  # float32 resolves no more near 1; the same bound is used near 0
SLICE_SHARE = "accuracy"  # what a slice is measured by, beside the headline


class Outcome(Part):
    """A probability of each class, calibrated by a temperature; the class is said that is expected to cost least."""

    effect_unit: ClassVar[str] = "probability of the likeliest class (0.01 is one point)"

    classes: list[str]
    costs: list[list[float]]  # a row for each true class, a column for each class that is said
    temperature: float = Field(default=1.0, gt=0)

    def finish(self, raw: Array) -> Array:
        """Calibrate what the model itself returns: a row of probabilities for each row (Guo et al. 2017)."""
        powers = np.clip(raw, CLOSEST, 1) ** (1 / self.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def said(self, predicted: Array) -> NDArray[np.intp]:
        """The place of the class that is said of each row (Elkan 2001)."""
        return np.asarray(np.argmin(predicted @ np.array(self.costs), axis=1))

    def effect_scale(self, predicted: Array) -> Array:
        """The probability of the class that is likeliest for the first row."""
        return np.asarray(predicted[:, predicted[0].argmax()])

    def decision(self, predicted: Any) -> dict[str, Any]:
        """The fields of `Decision` for one row's probabilities, [classes]."""
        chances = [
            {"label": label, "probability": chance} for label, chance in zip(self.classes, predicted, strict=True)
        ]
        likeliest_first = sorted(chances, key=lambda chance: -chance["probability"])
        return {"decision": self.classes[self.said(predicted[None])[0]], "probabilities": likeliest_first}


class Chance(BaseModel):
    label: str
    probability: float = Field(ge=0, le=1)


class Decision(BaseModel):
    """The first part of the service's answer."""

    decision: str = Field(description="The class that is expected to cost least")
    probabilities: list[Chance] = Field(description="Calibrated, of every class, the likeliest first")


def raw(output: Any) -> Array:
    """The ONNX model's output, which has a column for each class."""
    return np.asarray(output, dtype=np.float64)

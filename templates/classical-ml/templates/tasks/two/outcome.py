"""The served outcome, one of two classes: what the service makes of the number that the ONNX model gives."""

from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, Field

from .bootstrap import Array
from .reporting.metrics import Part

ONNX_OUTPUT = "probabilities"
ONNX_OPTIONS = {"zipmap": False}  # an array, and not a list of mappings
CLOSEST = 1e-7  # float32 resolves no more near 1; the same bound is used near 0
SLICE_SHARE = "recall"  # what a slice is measured by, beside the headline


class Outcome(Part):
    """A probability of `positive`, calibrated by Platt's sigmoid; the decision is to act from `threshold` upwards."""

    effect_unit: ClassVar[str] = "probability (0.01 is one point)"  # of the reasons

    positive: str
    event: str = ""  # what the label means; "" if nobody has said it
    action: str = ""  # the words for acting
    slope: float = 1.0
    intercept: float = 0.0
    threshold: float = Field(ge=0, le=1)

    def finish(self, raw: Array) -> Array:
        """Calibrate what the model itself returns."""
        return np.asarray((1 + np.tanh((self.slope * log_odds(raw) + self.intercept) / 2)) / 2)

    def effect_scale(self, predicted: Array) -> Array:
        """Effects on a probability are given in its own points."""
        return predicted

    def decision(self, predicted: Any) -> dict[str, Any]:
        """The fields of `Decision` for one prediction."""
        return {"probability": predicted, "threshold": self.threshold, "decision": bool(predicted >= self.threshold)}


class Decision(BaseModel):
    """The first part of the service's answer."""

    probability: float = Field(ge=0, le=1, description="Calibrated probability of the positive class")
    threshold: float = Field(ge=0, le=1, description="From this probability upwards, acting costs less than not acting")
    decision: bool = Field(description="True when the probability reaches the threshold")


def raw(output: Any) -> Array:
    """The probability of the class to find, from the ONNX model's output, which has a column for each class."""
    return np.asarray(output, dtype=np.float64)[:, -1]


def log_odds(probabilities: Array) -> Array:
    clipped = np.clip(probabilities, CLOSEST, 1 - CLOSEST)
    return np.asarray(np.log(clipped / (1 - clipped)))

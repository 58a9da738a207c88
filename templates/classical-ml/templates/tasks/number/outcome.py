"""The served outcome, a number: what the service makes of the number that the ONNX model gives."""

from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from .bootstrap import Array
from .reporting.metrics import Part

ONNX_OUTPUT = "variable"
ONNX_OPTIONS: dict[str, Any] = {}
SLICE_SHARE = "coverage"  # what a slice is measured by, beside the headline
BLOCK = 14  # rows that the bootstrap draws together: in time, the errors of neighbours resemble each other


class Outcome(Part):
    """A number with a split-conformal interval [value - below, value + above]."""

    unit: str
    coverage: float = Field(gt=0, lt=1)
    below: float = Field(ge=0)
    above: float = Field(ge=0)
    margin: float = 0.0  # planning for value + margin cost least on validation rows

    def finish(self, raw: Array) -> Array:
        """A forecast is given as the model returns it."""
        return raw

    def effect_scale(self, predicted: Array) -> Array:
        """Effects on a number are given in its own unit."""
        return predicted

    @property
    def effect_unit(self) -> str:
        return self.unit or "units of the value"

    def decision(self, predicted: Any) -> dict[str, Any]:
        """The fields of `Decision` for one forecast."""
        ends = {"low": predicted - self.below, "high": predicted + self.above, "plan": predicted + self.margin}
        return {"value": predicted, **ends, "coverage": self.coverage, "unit": self.unit}


class Decision(BaseModel):
    """The first part of the service's answer."""

    value: float = Field(description="The best single forecast")
    low: float = Field(description="Lower end of the prediction interval")
    high: float = Field(description="Upper end of the prediction interval")
    coverage: float = Field(gt=0, lt=1, description="Share of outcomes that should lie in the interval")
    plan: float = Field(description="The amount to plan for: it costs least, given what too much and too little cost")
    unit: str


def raw(output: Any) -> Array:
    """The numbers in the ONNX model's output."""
    return np.asarray(output, dtype=np.float64).ravel()

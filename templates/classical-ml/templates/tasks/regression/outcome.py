"""The answer of the service when the model predicts a number."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, Field

from ..manifest import Manifest, Quantity

EFFECT_UNIT = "units of the value"


class Answer(BaseModel):
    value: float = Field(description="The best single forecast")
    low: float = Field(description="Lower end of the prediction interval")
    high: float = Field(description="Upper end of the prediction interval")
    coverage: float = Field(gt=0, lt=1, description="Share of outcomes that should lie in the interval")
    plan: float = Field(description="The amount to plan for: it costs least, given what too much and too little cost")
    unit: str


def answer(score: float, manifest: Manifest) -> Answer:
    """Add the interval to a forecast; its width comes from the validation rows."""
    outcome = manifest.outcome
    if not isinstance(outcome, Quantity):
        raise TypeError(f"the model predicts a {outcome.kind}, but this service serves quantities")
    return Answer(
        value=score,
        low=score - outcome.below,
        high=score + outcome.above,
        coverage=outcome.coverage,
        plan=score + outcome.margin,
        unit=outcome.unit,
    )


def on_effect_scale(scores: np.ndarray) -> np.ndarray:
    """Effects on a number are given in its own unit."""
    return scores

"""The service's answer: a forecast with its interval, and the amount to plan for."""

from typing import Any

from pydantic import Field

from ..model import Manifest
from .schemas import Prediction


class Answer(Prediction):
    value: float = Field(description="The best single forecast")
    low: float = Field(description="Lower end of the prediction interval")
    high: float = Field(description="Upper end of the prediction interval")
    coverage: float = Field(gt=0, lt=1, description="Share of outcomes that should lie in the interval")
    plan: float = Field(description="The amount to plan for: it costs least, given what too much and too little cost")
    unit: str


def answer(score: Any, manifest: Manifest, **common: Any) -> Answer:
    """A prediction with its interval and margin, which were fixed on the validation rows."""
    outcome = manifest.outcome
    return Answer(
        value=score,
        low=score - outcome.below,
        high=score + outcome.above,
        coverage=outcome.coverage,
        plan=score + outcome.margin,
        unit=outcome.unit,
        **common,
    )

"""The service's answer: a probability and a decision."""

from typing import Any

from pydantic import Field

from ..model import Manifest
from .schemas import Prediction


class Answer(Prediction):
    probability: float = Field(ge=0, le=1, description="Calibrated probability of the positive class")
    threshold: float = Field(ge=0, le=1, description="From this probability upwards, acting costs less than not acting")
    decision: bool = Field(description="True when the probability reaches the threshold")


def answer(score: Any, manifest: Manifest, **common: Any) -> Answer:
    """A prediction with its decision, whose threshold was fixed before."""
    threshold = manifest.outcome.threshold
    return Answer(probability=score, threshold=threshold, decision=bool(score >= threshold), **common)

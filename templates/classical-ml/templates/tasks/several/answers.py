"""The service's answer: a class, and the probability of each."""

from typing import Any

from pydantic import BaseModel, Field

from ..model import Manifest
from .schemas import Prediction


class Chance(BaseModel):
    label: str
    probability: float = Field(ge=0, le=1)


class Answer(Prediction):
    decision: str = Field(description="The class that is expected to cost least")
    probabilities: list[Chance] = Field(description="Calibrated, of every class, the likeliest first")


def answer(score: Any, manifest: Manifest, **common: Any) -> Answer:
    """A prediction with its decision; the reasons are those for the likeliest class."""
    outcome = manifest.outcome
    chances = [Chance(label=label, probability=one) for label, one in zip(outcome.classes, score, strict=True)]
    decision = outcome.classes[outcome.said(score[None])[0]]
    return Answer(decision=decision, probabilities=sorted(chances, key=lambda one: -one.probability), **common)

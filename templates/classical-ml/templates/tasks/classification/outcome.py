"""The answer of the service when the model predicts a probability."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, Field

from ..manifest import Manifest, Probability

EFFECT_UNIT = "log-odds"
SMALLEST = 1e-7  # closer to 0 or 1, float32 cannot tell probabilities apart


class Answer(BaseModel):
    probability: float = Field(ge=0, le=1, description="Calibrated probability of the positive class")
    threshold: float = Field(ge=0, le=1, description="From this probability upwards, acting costs less than not acting")
    decision: bool = Field(description="True when the probability reaches the threshold")


def answer(score: float, manifest: Manifest) -> Answer:
    """Compare a probability with the threshold, which was chosen on the validation rows."""
    outcome = manifest.outcome
    if not isinstance(outcome, Probability):
        raise TypeError(f"the model predicts a {outcome.kind}, but this service serves probabilities")
    return Answer(probability=score, threshold=outcome.threshold, decision=score >= outcome.threshold)


def on_effect_scale(scores: np.ndarray) -> np.ndarray:
    """Log-odds: on this scale the contributions of the inputs add up best."""
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(clipped / (1 - clipped)))

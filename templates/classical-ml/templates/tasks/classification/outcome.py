"""What one answer says when the model gives a probability."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, Field

from ..manifest import Manifest, Probability

EFFECT_UNIT = "log-odds"
SMALLEST = 1e-7  # float32 cannot tell probabilities nearer to 0 or 1 apart


class Answer(BaseModel):
    probability: float = Field(ge=0, le=1, description="Calibrated probability of the positive class")
    threshold: float = Field(ge=0, le=1, description="Acting pays from this probability upwards")
    decision: bool = Field(description="True when the probability reaches the threshold")


def answer(score: float, manifest: Manifest) -> Answer:
    """Compare a probability with the threshold that validation data chose."""
    outcome = manifest.outcome
    if not isinstance(outcome, Probability):
        raise TypeError(f"the model answers with a {outcome.kind}; this service serves probabilities")
    return Answer(probability=score, threshold=outcome.threshold, decision=score >= outcome.threshold)


def on_effect_scale(scores: np.ndarray) -> np.ndarray:
    """Log-odds, on which a calibrated booster's and a linear model's contributions add up best."""
    clipped = np.clip(scores, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(clipped / (1 - clipped)))

"""Explain an answer: how it changes when one input is replaced by its typical value in training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .model import Feed, Model
from .outcome import EFFECT_UNIT, on_effect_scale

METHOD = (
    "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
    f"training value (median or mode), in {EFFECT_UNIT}. "
    "Effects describe the model, not causes. If inputs interact, their effects do not add up."
)


class Explained(NamedTuple):
    score: float
    effects: dict[str, float]  # strongest first; inputs that already have their typical value are left out


def explain(model: Model, feed: Feed, top: int) -> Explained:
    """Score the one row in `feed` and find its `top` strongest inputs, in a single run of the model."""
    untypical = [name for name, typical in model.typical.items() if feed[name][0, 0] != typical[0, 0]]
    scores = model.scores(_variants(feed, model.typical, untypical))
    scaled = on_effect_scale(scores)
    effects = scaled[0] - scaled[1:]
    strongest = np.argsort(-np.abs(effects), kind="stable")[:top]
    return Explained(float(scores[0]), {untypical[i]: float(effects[i]) for i in strongest if effects[i]})


def _variants(feed: Feed, typical: Feed, names: list[str]) -> Feed:
    """The row itself, then one copy for each of `names` in which that input has its typical value."""
    variants = {name: column.repeat(len(names) + 1, axis=0) for name, column in feed.items()}
    for position, name in enumerate(names, start=1):
        variants[name][position] = typical[name][0]
    return variants

"""Explain an answer: how it changes when one input is replaced by its typical value in training."""

from typing import Any

import numpy as np

from .manifest import Manifest, model_inputs
from .model import Model, Row


def method(manifest: Manifest) -> str:
    """How to read the effects."""
    return (
        "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
        f"training value (median, mode, or no text), in {manifest.outcome.effect_unit}. "
        "Effects describe the model, not causes. If inputs interact, their effects do not add up."
    )


def explain(model: Model, row: Row, top: int) -> tuple[Any, dict[str, float]]:
    """The prediction for a row, and the effects of its `top` strongest inputs, in a single run of the model.

    The strongest input comes first. Inputs that already have their typical value are left out.
    """
    feed = model.feed([row])
    keys = {item.name: [one.key for one in model_inputs([item])] for item in model.manifest.inputs}
    changed = [name for name, some in keys.items() if any(feed[key][0, 0] != model.typical[key][0, 0] for key in some)]
    untypical = changed if top else []
    variants = {key: column.repeat(len(untypical) + 1, axis=0) for key, column in feed.items()}
    for position, name in enumerate(untypical, start=1):  # the first variant is the row itself
        for key in keys[name]:
            variants[key][position] = model.typical[key][0]
    scores = model.scores(variants)
    scaled = model.manifest.outcome.effect_scale(scores)
    effects = scaled[0] - scaled[1:]
    strongest = np.argsort(-np.abs(effects), kind="stable")[:top]
    return scores[0], {untypical[i]: float(effects[i]) for i in strongest if effects[i]}

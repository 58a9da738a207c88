"""Explain an answer: how it changes when one input is replaced by its typical value in training."""

from typing import Any, NamedTuple

import numpy as np

from .manifest import Manifest, model_inputs
from .model import Feed, Model


def method(manifest: Manifest) -> str:
    """How to read the effects."""
    return (
        "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
        f"training value (median or mode), in {manifest.outcome.effect_unit}. "
        "Effects describe the model, not causes. If inputs interact, their effects do not add up."
    )


class Explained(NamedTuple):
    score: Any  # the prediction
    effects: dict[str, float]  # strongest first; inputs that already have their typical value are left out


def explain(model: Model, feed: Feed, top: int) -> Explained:
    """Score the one row in `feed` and find its `top` strongest inputs, in a single run of the model."""
    keys = {item.name: [one.key for one in model_inputs([item])] for item in model.manifest.inputs}
    changed = [name for name, some in keys.items() if any(feed[key][0, 0] != model.typical[key][0, 0] for key in some)]
    untypical = changed if top else []
    scores = model.scores(_variants(feed, model.typical, [keys[name] for name in untypical]))
    scaled = model.manifest.outcome.effect_scale(scores)
    effects = scaled[0] - scaled[1:]
    strongest = np.argsort(-np.abs(effects), kind="stable")[:top]
    return Explained(scores[0], {untypical[i]: float(effects[i]) for i in strongest if effects[i]})


def _variants(feed: Feed, typical: Feed, keys: list[list[str]]) -> Feed:
    """The row itself, then one copy for each list of `keys` in which these columns have their typical values."""
    variants = {key: column.repeat(len(keys) + 1, axis=0) for key, column in feed.items()}
    for position, some in enumerate(keys, start=1):
        for key in some:
            variants[key][position] = typical[key][0]
    return variants

"""Reasons for one answer: how it changes when one input is replaced by its typical value in training."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from .manifest import Array, Input, TextInput, Value

METHOD = (
    "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
    "training value (median or mode). Effects describe the model, not causes. If inputs interact, they do not add up."
)


def reasons(
    strength: Callable[[pd.DataFrame], Array], case: Mapping[str, Value], inputs: Sequence[Input], top: int
) -> list[tuple[str, Value, float]]:
    """The `top` inputs that move the answer most: name, value and effect.

    Args:
        strength: the chance of the given answer, or the number, for each row of a table of inputs.
        case: the value of each input.
        inputs: their descriptions.
        top: how many reasons, at most.
    """
    typical = {one.name: one.typical for one in inputs if not isinstance(one, TextInput)}
    changed = [name for name, usual in typical.items() if case[name] != usual] if top else []
    if not changed:
        return []
    found = strength(pd.DataFrame([case, *({**case, name: typical[name]} for name in changed)]))
    effects = found[0] - found[1:]
    strongest = np.argsort(-np.abs(effects), kind="stable")[:top]
    return [(changed[place], case[changed[place]], float(effects[place])) for place in strongest if effects[place]]

"""When an answer is accepted, and when a person decides.

A case is referred if its answer is too uncertain, if the domain has a rule for it, or if an input is unlike all
training cases. The limit of uncertainty is chosen on the validation cases; what it gives is measured on the test cases.
Background: El-Yaniv and Wiener (2010), On the Foundations of Noise-free Selective Classification.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from . import domain
from .manifest import Array, Input, Mask, Value, plain, unlike_training

POINTS = 20  # of the coverage/risk curve


def choose_limit(uncertainty: Array, losses: Array, most_risk: float) -> float:
    """The largest uncertainty for which the answers up to it have a mean loss of at most `most_risk`; 0 if none."""
    order = np.argsort(uncertainty, kind="stable")
    ordered = uncertainty[order]
    risks = losses[order].cumsum() / np.arange(1, len(order) + 1)
    last_of_its_size = np.append(ordered[1:] > ordered[:-1], True)
    fits = np.flatnonzero((risks <= most_risk) & last_of_its_size)
    return float(ordered[fits[-1]]) if len(fits) else 0.0


def curve(uncertainty: Array, losses: Array) -> list[dict[str, float]]:
    """The mean loss of the surest answers, for growing shares of them."""
    ordered = losses[np.argsort(uncertainty, kind="stable")]
    counts = np.unique(np.ceil(np.linspace(0, 1, POINTS + 1)[1:] * len(ordered)).astype(int))
    return [
        {"coverage": round(float(count / len(ordered)), 4), "risk": float(f"{ordered[:count].mean():.6g}")}
        for count in counts
    ]


def why(case: Mapping[str, Value], inputs: list[Input]) -> list[str]:
    """Why a person decides this case, whatever the model says of it."""
    guarded = domain.guard(case)
    unlike = [f"{one.name}: {said}" for one in inputs if (said := unlike_training(case[one.name], one))]
    return [*([guarded] if guarded else []), *unlike]


def reserved(frame: pd.DataFrame, inputs: list[Input]) -> Mask:
    """Whether a person decides each of these cases, whatever the model says of it."""
    return np.array([bool(why(case, inputs)) for case in plain(frame, inputs)], dtype=np.bool_)

"""When an answer is accepted, and when a person decides.

A case is referred if its answer is too uncertain, if the domain has a rule for it, or if an input is unlike all
training cases. The limit of uncertainty is chosen on the validation cases; what it gives is measured on the test cases.
Background: Geifman and El-Yaniv (2017), Selective Classification for Deep Neural Networks.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import beta

from . import domain
from .estimates import Column
from .manifest import Array, Input, Mask, Value, plain, unlike_training

POINTS = 20  # of the coverage/risk curve
CONFIDENCE = 0.95  # with which the risk of what is accepted is at most `most_risk`
FIRST, STEP = 0.2, 0.05  # the limits that are tested accept the surest 20%, 25%, 30%, ... of the cases


def choose_limit(
    uncertainty: Array,
    losses: Array,
    most_risk: float,
    confidence: float = CONFIDENCE,
    groups: Column | None = None,
) -> float | None:
    """Choose the largest limit for which the mean loss of accepted answers is shown to be at most `most_risk`.

    The limits are tested from the strictest one on, each at the same confidence, until one fails. As their order does
    not depend on the losses, the chance that any limit passes wrongly is at most 1 - `confidence`, however many are
    tested (fixed-sequence testing; Angelopoulos et al. 2021, Learn then Test). This holds for new cases of the same
    kind, not for cases that have changed.

    Args:
        uncertainty: of each case, shape (cases,).
        losses: of each case, shape (cases,); none is negative.
        most_risk: the mean loss of accepted answers that is allowed.
        confidence: of the promise, between 0 and 1.
        groups: the group of each case, shape (cases,), if cases of one group resemble each other.

    Returns:
        The limit, or None if no limit is shown to keep the risk; then a person decides each case.
    """
    if not len(losses):
        return None
    limit, ordered, largest = None, np.sort(uncertainty), float(losses.max())
    shares = np.arange(FIRST, 1 + STEP / 2, STEP)
    for count in np.unique(np.ceil(shares * len(ordered) - 1e-9).astype(int)):
        candidate = float(ordered[count - 1])
        accepted = uncertainty <= candidate
        independent = int(accepted.sum()) if groups is None else len(np.unique(groups[accepted]))
        if highest_risk(losses[accepted], independent, confidence, largest) > most_risk:
            break
        limit = candidate
    return limit


def highest_risk(losses: Array, independent: int, confidence: float, largest: float) -> float:
    """Return the upper confidence bound of the mean of these losses, of which there is at least one.

    Of ones and zeros, it is that of Clopper and Pearson (1934), with each of the `independent` groups counted once. Of
    other losses, it holds if they are independent and none is above `largest`, that of all cases (Maurer and Pontil
    2009, Empirical Bernstein Bounds and Sample Variance Penalization).
    """
    count, mean = len(losses), float(losses.mean())
    if largest <= 1 and np.isin(losses, (0, 1)).all():
        wrong = mean * independent
        return float(beta.ppf(confidence, wrong + 1, independent - wrong)) if wrong < independent else 1.0
    if count == 1:
        return largest
    depth = np.log(2 / (1 - confidence))
    spread = np.sqrt(2 * losses.var(ddof=1) * depth / count)
    return float(mean + spread + 7 * largest * depth / (3 * (count - 1)))


def within(uncertainty: Array | float, limit: float | None) -> Mask:
    """Whether each uncertainty is at most the limit; without a limit, none is."""
    return np.asarray(uncertainty <= (-np.inf if limit is None else limit))


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

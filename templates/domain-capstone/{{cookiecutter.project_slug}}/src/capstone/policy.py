"""When an answer is accepted, and when a person decides.

A case is referred if its answer is too uncertain, if the domain has a rule for it, or if an input is unlike all
training cases. The limit of uncertainty is chosen on the validation cases; what it gives is measured on the test cases.
Background: Geifman and El-Yaniv (2017), Selective Classification for Deep Neural Networks.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from . import domain
from .estimates import Column
from .manifest import Array, Input, Mask, Value, plain, unlike_training

POINTS = 20  # of the coverage/risk curve
CONFIDENCE = 0.95  # with which the mean loss of accepted answers is at most `most_risk`
FIRST, STEP = 0.2, 0.05  # the limits that are tested accept the surest 20%, 25%, 30%, ... of the cases
STAKE = 0.9  # of the capital, at most, is staked on one loss


def choose_limit(
    uncertainty: Array,
    losses: Array,
    most_risk: float,
    confidence: float = CONFIDENCE,
    groups: Column | None = None,
    largest: float | None = None,
    referred: Array | None = None,
) -> float | None:
    """Choose a limit for which the mean loss of accepted answers is shown to be at most `most_risk`.

    The limits are tested from the strictest one on, each at the same confidence, until one fails. As their order does
    not depend on the losses, the chance that any limit passes wrongly is at most 1 - `confidence`, however many are
    tested (fixed-sequence testing; Angelopoulos et al. 2021, Learn then Test). This holds for new cases of the same
    kind, not for cases that have changed.

    Args:
        uncertainty: of each case, shape (cases,).
        losses: of each case, shape (cases,); none is negative.
        most_risk: the mean loss of accepted answers that is allowed.
        confidence: of the promise, between 0 and 1.
        groups: the group of each case, shape (cases,), if cases of one group resemble each other; the mean loss of
            each group then counts once.
        largest: the largest loss that is possible; by default 1, or the largest one there is.
        referred: what each case costs if a person decides it, shape (cases,).

    Returns:
        Of the limits that keep the risk, the one with which all cases together cost least; without `referred`, the
        largest. None if no limit is shown to keep the risk; then a person decides each case.
    """
    if not len(losses):
        return None
    codes = np.arange(len(losses)) if groups is None else pd.factorize(groups)[0]
    if largest is None:
        largest = max(1.0, float(pd.Series(losses).groupby(codes).mean().max()))
    ordered, limits = np.sort(uncertainty), list[float]()
    shares = np.arange(FIRST, 1 + STEP / 2, STEP)
    for count in np.unique(np.ceil(shares * len(ordered) - 1e-9).astype(int)):
        limit = float(ordered[count - 1])
        accepted = uncertainty <= limit
        means = pd.Series(losses[accepted]).groupby(codes[accepted]).mean().to_numpy()
        if not keeps(means, most_risk, confidence, largest):
            break
        limits.append(limit)
    if referred is None or not limits:
        return limits[-1] if limits else None
    costs = [float(np.where(uncertainty <= limit, losses, referred).mean()) for limit in limits]
    return min(zip(costs, [-limit for limit in limits], limits, strict=True))[-1]


def keeps(losses: Array, most_risk: float, confidence: float, largest: float) -> bool:
    """Whether independent losses between 0 and `largest` show that their mean is at most `most_risk`.

    A bet that it is: each loss below `most_risk` wins, each above it loses, and what is staked depends on earlier
    losses only. If the mean were larger, the capital would grow to 1 / (1 - `confidence`) times what it was with a
    chance of at most 1 - `confidence` (Waudby-Smith and Ramdas 2024, Estimating means of bounded random variables by
    betting).
    The losses are shuffled first, since a data file may be sorted.
    """
    room = largest - most_risk
    if room <= 0:
        return True
    excess = np.random.default_rng(0).permutation(losses) - most_risk
    seen = np.arange(2, len(excess) + 2)
    spread = (room**2 / 4 + np.cumsum((excess - np.cumsum(excess) / seen) ** 2)) / seen
    before = np.concatenate([[room**2 / 4], spread[:-1]])  # the variance of the earlier losses
    wanted = np.log(1 / (1 - confidence))
    stakes = np.minimum(np.sqrt(2 * wanted / (len(excess) * before)), STAKE / room)
    # A mean above all that were seen before loses the capital.
    return bool((np.log1p(np.maximum(-stakes * excess, -1 + 1e-9)).cumsum() >= wanted).any())


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

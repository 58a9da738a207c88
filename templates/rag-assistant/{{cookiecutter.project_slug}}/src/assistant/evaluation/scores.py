"""From scores of questions to metrics with 95% intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .. import bootstrap
from ..bootstrap import Array
from ..reporting.metrics import Interval, Metric
from . import ranking
from .ranking import Ranks

DIGITS = 6  # significant ones: enough for every document, and the same on every machine

Scores = Mapping[str, Array]  # metric -> [questions], NaN where it does not apply

RANKING: dict[str, Callable[[Ranks], float]] = {
    "ndcg_at_10": ranking.ndcg,
    "recall_at_5": partial(ranking.recall, k=5),
    "recall_at_10": partial(ranking.recall, k=10),
    "mrr_at_10": ranking.reciprocal_rank,
}


def rank_scores(ranks: Sequence[Ranks]) -> dict[str, Array]:
    """Every ranking score of every question; NaN for one without evidence."""
    return {
        name: np.array([score(one) if one else np.nan for one in ranks], dtype=np.float64)
        for name, score in RANKING.items()
    }


def draw(questions: int, seed: int, resamples: int) -> Array:
    """How often each question is drawn, [resamples, questions]: the same draws for all that is compared."""
    return np.concatenate(list(bootstrap.draws(questions, seed, times=resamples)))


def mean(values: Array, weights: Array | None = None) -> NDArray[np.float64]:
    """Mean over the questions that a score applies to, for each row of `weights` [resamples, questions].

    A resample without any such question has NaN.
    """
    known = ~np.isnan(values)
    weights = np.ones((1, len(values))) if weights is None else weights
    total = weights[:, known].sum(axis=1)
    with np.errstate(invalid="ignore"):
        found: Array = weights[:, known] @ values[known] / total
    return found


def metrics(scores: Scores, weights: Array) -> list[Metric]:
    """Means with intervals; a score that applies to no question is left out."""
    return [
        Metric(name=name, value=value_of(values), ci95=interval(mean(values, weights)), higher_is_better=True)
        for name, values in scores.items()
        if not np.isnan(values).all()
    ]


def value_of(values: Array) -> float:
    return rounded(float(mean(values)[0]))


def interval(values: Array) -> Interval:
    low, high = bootstrap.interval(values[~np.isnan(values)])
    return rounded(low), rounded(high)


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

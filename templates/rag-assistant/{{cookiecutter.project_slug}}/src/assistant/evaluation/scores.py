"""From scores of questions to metrics with 95% intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

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

LABELS = {"ndcg_at_10": "nDCG@10", "recall_at_5": "Recall@5", "recall_at_10": "Recall@10", "mrr_at_10": "MRR@10"}


def rank_scores(ranks: Sequence[Ranks]) -> dict[str, Array]:
    """Every ranking score of every question; NaN for one without evidence."""
    return {
        name: np.array([score(one) if one else np.nan for one in ranks], dtype=np.float64)
        for name, score in RANKING.items()
    }


def means(values: Array) -> Array:
    """Mean of each score, [scores, questions], over the questions that it applies to; NaN where there are none."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        found: Array = np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1)
    return found


def metrics(scores: Scores, seed: int) -> list[Metric]:
    """Means with intervals; a score that applies to no question is left out."""
    known = {name: values for name, values in scores.items() if not np.isnan(values).all()}
    return [
        Metric(name=name, label=label(name), value=value_of(known[name]), ci95=ci95, higher_is_better=True)
        for name, ci95 in zip(known, intervals([*known.values()], seed), strict=True)
    ]


def label(name: str) -> str:
    """How people write a metric's name: `answer_rate` -> `Answer rate`."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def value_of(values: Array) -> float:
    return rounded(float(means(values)))


def intervals(values: Sequence[Array], seed: int) -> list[Interval]:
    """Of the mean of each score, [questions], all on the same resamples of the questions."""
    every = np.array(values)
    found = bootstrap.intervals(lambda rows: means(every[:, rows]), every.shape[1], seed)
    return [(rounded(low), rounded(high)) for low, high in found.tolist()]


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

"""Do live retrieval scores still look like those expected of the index? The population stability index says.

N. Siddiqi, Credit Risk Scorecards (2006): PSI = sum of (actual - expected) ln(actual / expected) over the deciles of
the expected scores; above 0.25 the population has shifted. B. Yurdakul and J. Naranjo, Statistical properties of the
population stability index (Journal of Risk Model Validation 14(4), 2020): without a shift PSI is distributed like
(1/n + 1/m) chi2 with bins - 1 degrees of freedom. So few questions alone can exceed 0.25, and the limit here is the
larger of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, Field

BINS = 10
SHIFTED = 0.25
CHI2_95 = 16.919  # 95th percentile with BINS - 1 = 9 degrees of freedom
LEAST_SHARE = 1e-4  # of an empty bin, whose logarithm would be infinite


Source = Literal["questions", "headings"]


class Baseline(BaseModel):
    """Scores expected of the index: `count` of them, and the edges that part them into bins of these shares."""

    source: Source  # what the index was asked for them
    count: int = Field(ge=1)
    edges: list[float] = Field(min_length=BINS - 1, max_length=BINS - 1)
    shares: list[float] = Field(min_length=BINS, max_length=BINS)


def baseline_of(scores: Sequence[float], source: Source = "questions") -> Baseline:
    """Deciles of `scores`, at least one."""
    edges = np.quantile(scores, np.arange(1, BINS) / BINS)
    return Baseline(
        source=source, count=len(scores), edges=edges.tolist(), shares=_shares(scores, edges.tolist()).tolist()
    )


def stability(scores: Sequence[float], baseline: Baseline) -> float:
    """Population stability index of `scores` (at least one) against the baseline; 0 is no difference."""
    expected = np.maximum(baseline.shares, LEAST_SHARE)
    actual = np.maximum(_shares(scores, baseline.edges), LEAST_SHARE)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def limit(count: int, baseline: Baseline) -> float:
    """The index above which `count` scores differ from the baseline by more than their small number explains."""
    return max(SHIFTED, (1 / count + 1 / baseline.count) * CHI2_95)


def _shares(scores: Sequence[float], edges: Sequence[float]) -> np.ndarray:
    counts = np.bincount(np.searchsorted(edges, scores, side="left"), minlength=BINS)
    return np.asarray(counts / len(scores))

"""A model trained in seconds on made-up rows of the repository's own features, for tests of serving.

The rows mean nothing; they only have the right names, kinds, bounds and gaps. So these tests need no data file.
"""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from predictor import training
from predictor.settings import Feature, Settings

ROWS = 600
NEVER_SEEN = "never seen before"

Row = dict[str, Any]


def train_sample(settings: Settings, folder: Path) -> Path:
    """Train on made-up rows, with `folder` as the repository's root; returns the artifacts' folder."""
    file = folder / "rows.csv.gz"
    sample_table(settings).to_csv(file, index=False)
    data = settings.data.model_copy(update={"file": str(file), "sha256": None})
    quick = settings.training.model_copy(update={"folds": 2, "search_iterations": 1})
    with chdir(folder):
        training.train(settings.model_copy(update={"data": data, "training": quick}))
    return folder / "artifacts"


def sample_rows(settings: Settings, count: int, seed: int, unknown: float = 0.0) -> list[Row]:
    """Rows within the bounds, gaps where allowed, a share `unknown` of categories never seen in training."""
    draw = np.random.default_rng(seed)
    return [{feature.name: _value(feature, draw, unknown) for feature in settings.features} for _ in range(count)]


def sample_table(settings: Settings) -> pd.DataFrame:
    """Rows with a target that depends a little on them, and every other column the settings name."""
    table = pd.DataFrame(sample_rows(settings, ROWS, seed=1))
    table[settings.problem.target] = _target(table, settings)
    for name in settings.data.ignored:
        table[name] = 0
    if settings.data.time:
        table[settings.data.time] = pd.date_range("2020-01-01", periods=ROWS, freq="D")
    return table


def _value(feature: Feature, draw: np.random.Generator, unknown: float) -> float | str | None:
    if feature.nullable and draw.random() < 0.1:
        return None
    if feature.kind == "categorical":
        return NEVER_SEEN if draw.random() < unknown else str(draw.choice(feature.choices))
    low = float(feature.example) - 100 if feature.min is None else feature.min
    high = low + 200 if feature.max is None else feature.max
    if draw.random() < 0.05:
        return low if draw.random() < 0.5 else high
    return round(float(draw.uniform(low, high)), 3)


def _target(table: pd.DataFrame, settings: Settings) -> Any:
    score = np.random.default_rng(2).normal(size=len(table))
    for name in table.columns:
        codes = pd.Series(pd.factorize(table[name], sort=True)[0], dtype=float)
        score += (codes - codes.mean()) / (codes.std() or 1.0) / np.sqrt(table.shape[1])
    if settings.problem.positive is None:
        return score + 10.0
    return np.where(score > np.quantile(score, 0.7), settings.problem.positive, f"not {settings.problem.positive}")

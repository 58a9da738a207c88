"""The whole pipeline on a small part of the repository's data, in seconds, for tests of training and evaluation."""

from __future__ import annotations

import json
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from predictor import data, evaluation, training
from predictor.settings import Settings
from sample_model import sample_table

ROOT = Path(__file__).parents[1]
ROWS = 2400
DOCUMENTS = ("README.md", "MODEL_CARD.md")


def small_settings(settings: Settings, folder: Path) -> Settings:
    """Settings of a quick run on evenly spaced rows of the data, which are written to `folder`.

    Where the data file is still to be made (a simulation), made-up rows take its place.
    """
    file = folder / "rows.csv.gz"
    small_table(settings).to_csv(file, index=False)
    changed = {
        "data": settings.data.model_copy(update={"file": str(file), "sha256": None}),
        "training": settings.training.model_copy(update={"folds": 3, "search_iterations": 2}),
        "gates": [],
    }
    return settings.model_copy(update=changed)


def small_table(settings: Settings) -> pd.DataFrame:
    if not (ROOT / settings.data.file).exists():
        return sample_table(settings)
    rows = data.parse(data.read_bytes(settings, ROOT), settings)
    return rows.iloc[np.unique(np.linspace(0, len(rows) - 1, ROWS).astype(int))]


def run(settings: Settings, folder: Path) -> None:
    """Train and evaluate with `folder` as the repository's root."""
    with chdir(folder):
        data.check(settings)
        training.train(settings)
        evaluation.evaluate(settings)


def without_time(path: Path) -> dict[str, Any]:
    """A report as it must be in every run: all of it, but for the clock."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    content["run"] |= {"started_at": None, "seconds": None}
    return content

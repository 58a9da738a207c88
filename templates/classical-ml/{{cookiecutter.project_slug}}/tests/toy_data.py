"""A small table and its settings, for tests that must not depend on the use case."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from predictor.settings import Settings

FILE = "data/toy.csv.gz"


def toy_settings(**data: Any) -> Settings:
    """Settings of the toy table; keywords go to the section `data`."""
    return Settings.model_validate(
        {
            "problem": {
                "name": "toy",
                "title": "Toy",
                "entity": "row",
                "target": "left",
                "positive": "yes",
            },
            "data": {"file": FILE, **data},
            "training": {"headline": "roc_auc", "seed": 7},
            "cost": {"false_positive": 1, "false_negative": 5},
            "gates": [],
            "features": [
                {"name": "age", "kind": "numeric", "description": "", "min": 0, "max": 120, "example": 30},
                {"name": "spent", "kind": "numeric", "description": "", "nullable": True, "example": 9.5},
                {
                    "name": "plan",
                    "kind": "categorical",
                    "description": "",
                    "choices": ["basic", "plus"],
                    "nullable": True,
                    "example": "plus",
                },
            ],
        }
    )


def toy_frame(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    """Features that say something, but not everything, about the outcome."""
    random = np.random.default_rng(seed)
    age = random.uniform(18, 90, rows).round(3)
    spent = random.gamma(2.0, 20.0, rows).round(2)
    left = random.random(rows) < 0.2 + 0.4 * (age < 40)
    return pd.DataFrame(
        {
            "age": age,
            "spent": np.where(random.random(rows) < 0.1, np.nan, spent),
            "plan": random.choice(["basic", "plus"], rows),
            "left": np.where(left, "yes", "no"),
        }
    )


def put(root: Path, content: pd.DataFrame | bytes) -> str:
    """Write the toy file below `root`; returns its SHA-256."""
    if isinstance(content, pd.DataFrame):
        content = gzip.compress(content.to_csv(index=False).encode(), mtime=0)
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()

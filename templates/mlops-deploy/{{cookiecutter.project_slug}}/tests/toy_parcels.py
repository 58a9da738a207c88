"""A small set of parcels with its settings: enough to train on in a moment."""

import gzip
import hashlib
import shutil
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from service.data import sums
from service.settings import Settings

ROOT = Path(__file__).parents[1]
FIRST, DAYS, ROWS = date(2024, 1, 1), 120, 1500
KEYS = ["carrier", "speed", "size", "sender"]
JOIN = """WITH daily AS MATERIALIZED (
    SELECT (carrier || speed || size || sender) AS kind, known_on, avg(late) AS share, count(*) AS n
    FROM outcomes JOIN rows USING (id) GROUP BY kind, known_on
)
SELECT rows.*, outcomes.known_on, outcomes.late, (
    SELECT sum(daily.share * daily.n) / sum(daily.n) FROM daily
    WHERE daily.kind = (rows.carrier || rows.speed || rows.size || rows.sender)
    AND daily.known_on < rows.sent_on AND daily.known_on >= date(rows.sent_on, '-7 days')
) AS recent_late_share
FROM rows JOIN outcomes USING (id) ORDER BY rows.sent_on, rows.id
"""
BROKEN = JOIN.replace("known_on < rows.sent_on", "known_on <= outcomes.known_on").replace(
    "date(rows.sent_on", "date(outcomes.known_on"
)
FILES = {"parcels": ["id", "sent_on", "distance", *KEYS], "outcomes": ["id", "known_on", "late"]}


@cache
def table(seed: int = 1) -> pd.DataFrame:
    """Parcels and outcomes in one table; what goes far or at one speed is late more often."""
    random = np.random.default_rng(seed)
    sent = np.sort(random.integers(0, DAYS, ROWS))
    distance = random.integers(0, 40, ROWS)
    speed = random.choice(["Standard", "Express"], ROWS)
    risk = 0.1 + distance / 100 + 0.3 * (speed == "Standard")
    return pd.DataFrame(
        {
            "id": [f"b{number:04}" for number in range(ROWS)],
            "sent_on": [(FIRST + timedelta(days=int(day))).isoformat() for day in sent],
            "distance": distance,
            "carrier": random.choice(["Albatros", "Bison"], ROWS),
            "speed": speed,
            "size": random.choice(["A", "D"], ROWS),
            "sender": "Shop",
            "known_on": [(FIRST + timedelta(days=int(day))).isoformat() for day in sent + distance],
            "late": (random.random(ROWS) < risk).astype(int),
        }
    )


def put(folder: Path, rows: pd.DataFrame | None = None, **changes: Any) -> Settings:
    """Write both files and a correct and a broken join into a folder; returns the settings that fit them."""
    rows = table() if rows is None else rows
    for name in ("sql", "drill"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    (folder / "sql/training_rows.sql").write_text(JOIN, encoding="utf-8")
    (folder / "drill/training_rows_broken.sql").write_text(BROKEN, encoding="utf-8")
    files = {name: rows[[one for one in columns if one in rows]] for name, columns in FILES.items()}
    return settings(write(folder, files), **changes)


def write(folder: Path, files: dict[str, pd.DataFrame]) -> str:
    """Write the two files of data/; returns their hash in the settings."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    contents = {
        f"data/{name}.csv.gz": gzip.compress(rows.to_csv(index=False).encode(), mtime=0) for name, rows in files.items()
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return of_both(contents)


def of_both(contents: dict[str, bytes]) -> str:
    """What settings.toml says of such files."""
    return hashlib.sha256(sums(contents).encode()).hexdigest()


def settings(digest: str = "a" * 64, **changes: Any) -> Settings:
    """Settings for the toy parcels; `changes` replace whole sections."""
    category = {"kind": "categorical", "example": "A"}
    content: dict[str, Any] = {
        "data": {
            "file": "data/parcels.csv.gz",
            "outcomes": "data/outcomes.csv.gz",
            "sha256": digest,
            "id": "id",
            "time": "sent_on",
            "known": "known_on",
            "target": "late",
            "unit": "parcel",
        },
        "features": [
            {"name": "distance", "kind": "numeric", "min": 0, "max": 60, "example": 10},
            *({"name": name, **category} for name in KEYS),
            {"name": "recent_late_share", "kind": "numeric", "min": 0, "max": 1, "example": 0.2, "joined": True},
        ],
        "periods": {
            "train_from": FIRST,
            "train_to": date(2024, 3, 15),
            "reference_from": date(2024, 3, 16),
            "reference_to": date(2024, 4, 15),
        },
        "training": {
            "held_out_days": 14,
            "test_days": 20,
            "candidates": {
                "logistic": {"algorithm": "logistic_regression"},
                "logistic_log": {"algorithm": "logistic_regression", "logarithm": True},
                "boosting": {
                    "algorithm": "hist_gradient_boosting",
                    "known_days": 60,
                    "options": {"max_iter": 20, "max_leaf_nodes": 4},
                },
            },
        },
        "slices": {"columns": ["speed"], "min_rows": 30},
        "alarm": {"window_days": 14},
    }
    return Settings.model_validate({**content, **changes})

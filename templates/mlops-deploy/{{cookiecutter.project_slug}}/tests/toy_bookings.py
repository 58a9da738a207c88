"""A small set of bookings with its settings: enough to train on in a moment."""

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
KEYS = ["hotel", "market_segment", "room_type", "customer_type"]
JOIN = """WITH daily AS MATERIALIZED (
    SELECT (hotel || market_segment || room_type || customer_type) AS kind, known_on, avg(cancelled) AS share,
           count(*) AS n
    FROM outcomes JOIN bookings USING (id) GROUP BY kind, known_on
)
SELECT bookings.*, outcomes.known_on, outcomes.cancelled, (
    SELECT sum(daily.share * daily.n) / sum(daily.n) FROM daily
    WHERE daily.kind = (bookings.hotel || bookings.market_segment || bookings.room_type || bookings.customer_type)
    AND daily.known_on < bookings.booked_on AND daily.known_on >= date(bookings.booked_on, '-7 days')
) AS recent_cancelled_share
FROM bookings JOIN outcomes USING (id) ORDER BY bookings.booked_on, bookings.id
"""
BROKEN = JOIN.replace("known_on < bookings.booked_on", "known_on <= bookings.arrival").replace(
    "date(bookings.booked_on", "date(bookings.arrival"
)
FILES = {"bookings": ["id", "booked_on", "arrival", "lead_time", *KEYS], "outcomes": ["id", "known_on", "cancelled"]}


@cache
def table(seed: int = 1) -> pd.DataFrame:
    """Bookings and outcomes in one table; long lead times and one segment are cancelled more often."""
    random = np.random.default_rng(seed)
    booked = np.sort(random.integers(0, DAYS, ROWS))
    lead = random.integers(0, 40, ROWS)
    segment = random.choice(["Online TA", "Direct"], ROWS)
    risk = 0.1 + lead / 100 + 0.3 * (segment == "Online TA")
    return pd.DataFrame(
        {
            "id": [f"b{number:04}" for number in range(ROWS)],
            "booked_on": [(FIRST + timedelta(days=int(day))).isoformat() for day in booked],
            "arrival": [(FIRST + timedelta(days=int(day))).isoformat() for day in booked + lead],
            "lead_time": lead,
            "hotel": random.choice(["City Hotel", "Resort Hotel"], ROWS),
            "market_segment": segment,
            "room_type": random.choice(["A", "D"], ROWS),
            "customer_type": "Transient",
            "known_on": [(FIRST + timedelta(days=int(day))).isoformat() for day in booked + lead],
            "cancelled": (random.random(ROWS) < risk).astype(int),
        }
    )


def put(folder: Path, rows: pd.DataFrame | None = None, **changes: Any) -> Settings:
    """Write both files and a correct and a broken join into a folder; returns the settings that fit them."""
    rows = table() if rows is None else rows
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name in ("sql", "drill"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    (folder / "sql/training_rows.sql").write_text(JOIN, encoding="utf-8")
    (folder / "drill/training_rows_broken.sql").write_text(BROKEN, encoding="utf-8")
    contents = {}
    for name, columns in FILES.items():
        kept = [column for column in columns if column in rows]
        content = gzip.compress(rows[kept].to_csv(index=False).encode(), mtime=0)
        (folder / f"data/{name}.csv.gz").write_bytes(content)
        contents[f"data/{name}.csv.gz"] = content
    return settings(of_both(contents), **changes)


def of_both(contents: dict[str, bytes]) -> str:
    """What settings.toml says of such files."""
    return hashlib.sha256(sums(contents).encode()).hexdigest()


def settings(digest: str = "a" * 64, **changes: Any) -> Settings:
    """Settings for the toy bookings; `changes` replace whole sections."""
    category = {"kind": "categorical", "example": "A"}
    content: dict[str, Any] = {
        "data": {
            "file": "data/bookings.csv.gz",
            "outcomes": "data/outcomes.csv.gz",
            "sha256": digest,
        },
        "features": [
            {"name": "lead_time", "kind": "numeric", "min": 0, "max": 60, "example": 10},
            *({"name": name, **category} for name in KEYS),
            {"name": "recent_cancelled_share", "kind": "numeric", "min": 0, "max": 1, "example": 0.2, "joined": True},
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
        "slices": {"columns": ["market_segment"], "min_rows": 30},
    }
    return Settings.model_validate({**content, **changes})

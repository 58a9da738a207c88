"""Parcels that are late more often if they are heavy, as an owner may have them: for the tests of the kind `outcomes`."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import pytest

from scaffolder.adopt.kind import Adoption, AdoptionError, Options
from scaffolder.adopt.outcomes import outcomes_kind as outcomes

Row = dict[str, str]
NAMES: dict[str, Any] = {"id": "No", "time": "Sent on", "known": "Arrived", "target": "Late?", "positive": "yes"}
CONTRACT = {"taken": ["reference", "day", "actual", "predicted"]}


def parcels(rows: int = 1500, days: int = 100) -> list[Row]:
    return [dict(row) for row in _parcels(rows, days)]


@cache
def _parcels(rows: int, days: int) -> list[Row]:
    chance = random.Random(3)
    sent = sorted(chance.randrange(days) for _ in range(rows))
    return [_parcel(number, date(2024, 1, 1) + timedelta(days=day), chance) for number, day in enumerate(sent)]


def _parcel(number: int, day: date, chance: random.Random) -> Row:
    weight = round(chance.lognormvariate(0, 1), 2)
    return {
        "No": f"P{number}",
        "Sent on": f"{day} 09:30",
        "Weight (kg)": f"{weight:.2f}",
        "Größe": chance.choice(["S", "M", ""]),
        "label": f"text {number}",
        "Arrived": str(day + timedelta(days=chance.randint(1, 5))),
        "Late?": "yes" if chance.random() < 1 / (1 + exp(1 - weight)) else "no",
    }


def write(
    path: Path, rows: list[Row], columns: Iterable[str] = (), delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    """Write rows as CSV, or only some of their columns."""
    names = list(columns) or list(rows[0])
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def adopted(source: Path, **options: Any) -> Adoption:
    return outcomes.adopt(source, Options(**{**NAMES, **options}), CONTRACT)


def refused(source: Path, **options: Any) -> list[str]:
    """The sentence of the refusal, and its details."""
    with pytest.raises(AdoptionError) as error:
        adopted(source, **options)
    return [str(error.value), *error.value.details]


def table(found: Adoption, name: str) -> list[list[str]]:
    """The rows of a file of data/, with the names of its columns."""
    text = gzip.decompress(found.data.files[f"data/{name}.csv.gz"].data).decode()
    return list(csv.reader(text.splitlines()))

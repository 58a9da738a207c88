"""Rows and outcomes of an owner of mlops-deploy: parcels, of which some are late, and after some months more of them."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from math import exp
from pathlib import Path

FIRST, DAYS, A_DAY = date(2024, 1, 8), 300, 40
ROWS = DAYS * A_DAY
CARRIERS = {"Albatros": -0.6, "Bison": 0.4, "Caribou": 0.0}
WORSE = 150  # days until Bison gets worse
NAMES = {"id": "parcel", "time": "ordered", "known": "delivered", "target": "late", "positive": "yes"}


def options(folder: Path) -> list[str]:
    """Write rows and outcomes into two files; returns what `scaffolder` is to be told of them."""
    chance, rows, outcomes = random.Random(7), [], []
    for number in range(ROWS):
        day = FIRST + timedelta(days=number // A_DAY)
        carrier, weight = chance.choice(list(CARRIERS)), round(chance.lognormvariate(0.5, 0.8), 2)
        distance, express = chance.randint(5, 900), chance.choice(("yes", "no", "no"))
        risk = -2.4 + CARRIERS[carrier] + distance / 400 + weight / 10 - (express == "yes")
        risk += 1.8 * (carrier == "Bison" and number // A_DAY > WORSE)
        late = "yes" if chance.random() < 1 / (1 + exp(-risk)) else "no"
        took = timedelta(days=chance.randint(1, 4) + (late == "yes") * chance.randint(2, 9))
        rows.append((f"P{number:05}", day, carrier, weight, distance, express))
        outcomes.append((f"P{number:05}", day + took, late))
    heads = (("parcel", "ordered", "carrier", "weight", "distance", "express"), ("parcel", "delivered", "late"))
    files = {"data": folder / "parcels.csv", "outcomes": folder / "deliveries.csv"}
    for path, head, content in zip(files.values(), heads, (rows, outcomes), strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([head, *content])
    return [word for name, value in {**files, **NAMES}.items() for word in (f"--{name}", str(value))]

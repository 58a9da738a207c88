"""Population stability of recent requests against the training data: `python -m predictor.drift [REQUESTS.csv]`."""

from __future__ import annotations

import csv
import gzip
import json
import math
import sys
from collections import Counter
from pathlib import Path

DATA = Path("data/churn.csv.gz")
REFERENCE = Path("artifacts/reference.json")
WATCHED = ("contract", "internet_service", "payment_method", "paperless_billing")
ALERT = 0.2  # a shift that is usually worth a look
RARE = 0.001  # share that stands for none at all

Shares = dict[str, dict[str, float]]


def shares(rows: list[dict[str, str]]) -> Shares:
    """Per watched column, the share of each of its values."""
    counts = {name: Counter(row[name] for row in rows) for name in WATCHED}
    return {name: {value: n / len(rows) for value, n in sorted(count.items())} for name, count in counts.items()}


def psi(reference: dict[str, float], recent: dict[str, float]) -> float:
    """The population stability index: 0 for equal shares, above 0.2 for a clear shift."""
    total = 0.0
    for value in reference.keys() | recent.keys():
        before, now = reference.get(value, RARE), recent.get(value, RARE)
        total += (now - before) * math.log(now / before)
    return total


def main(arguments: list[str]) -> int:
    """Write the reference from the data, or compare a file of requests with it; 1 says that something shifted."""
    if not arguments:
        with gzip.open(DATA, "rt", newline="") as file:
            REFERENCE.write_text(json.dumps(shares(list(csv.DictReader(file))), indent=2) + "\n")
        return 0
    with open(arguments[0], newline="") as file:
        recent = shares(list(csv.DictReader(file)))
    shifts = {name: psi(values, recent[name]) for name, values in json.loads(REFERENCE.read_text()).items()}
    for name, shift in shifts.items():
        print(f"{name}: {shift:.3f}{'  SHIFTED' if shift > ALERT else ''}")
    return int(max(shifts.values()) > ALERT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Recompute each metric of metrics.json from predictions.csv with scikit-learn, and compare: run in a project's folder.

It shares no code with the project. Exit code 1 says that a number is another, or that one was not recomputed.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn import metrics

TOLERANCE = 2e-4  # predictions are written with six digits


def main() -> int:
    settings = tomllib.loads(Path("settings.toml").read_text(encoding="utf-8"))
    rows = pd.read_csv("reports/predictions.csv", index_col="row", dtype={"actual": str, "predicted": str})
    reported = {one["name"]: one["value"] for one in json.loads(Path("reports/metrics.json").read_text())["metrics"]}
    kind = two if "positive" in settings["problem"] else several if "classes" in settings["problem"] else number
    found = kind(rows, settings)
    absent = sorted(reported.keys() - found.keys())
    wrong = [name for name in reported.keys() & found.keys() if not close(reported[name], found[name])]
    for name in wrong:
        print(f"{name}: {reported[name]} was reported, and {found[name]} is recomputed")
    for name in absent:
        print(f"{name} was not recomputed")
    print(f"{len(reported) - len(wrong) - len(absent)} of {len(reported)} numbers are equal")
    return 1 if wrong or absent else 0


def close(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(1.0, abs(one))


def two(rows: pd.DataFrame, settings: dict[str, Any]) -> dict[str, float]:
    actual, chance, acts = rows["actual"].astype(float), rows["predicted"].astype(float), rows["acts"]
    (_, alarms), (missed, _) = metrics.confusion_matrix(actual, acts, labels=[0, 1])
    cost = settings.get("cost", {})
    paid = cost.get("false_positive", 1) * alarms + cost.get("false_negative", 1) * missed
    return {
        "roc_auc": metrics.roc_auc_score(actual, chance),
        "average_precision": metrics.average_precision_score(actual, chance),
        "brier": metrics.brier_score_loss(actual, chance),
        "precision": metrics.precision_score(actual, acts),
        "recall": metrics.recall_score(actual, acts),
        "expected_cost": paid / len(rows),
    }


def several(rows: pd.DataFrame, settings: dict[str, Any]) -> dict[str, float]:
    classes = settings["problem"]["classes"]
    actual, said = rows["actual"], rows["predicted"]
    chances = rows[[f"probability of {one}" for one in sorted(classes)]].to_numpy()
    prices = pd.DataFrame(1.0 - np.eye(len(classes)), classes, classes)
    for true, costs in settings.get("cost", {}).get("matrix", {}).items():
        for other, price in costs.items():
            prices.loc[true, other] = price
    confusion = metrics.confusion_matrix(actual, said, labels=classes)
    recalls = metrics.recall_score(actual, said, labels=classes, average=None, zero_division=np.nan)
    return {
        "macro_f1": metrics.f1_score(actual, said, average="macro"),
        "log_loss": metrics.log_loss(actual, chances / chances.sum(axis=1, keepdims=True), labels=sorted(classes)),
        "accuracy": metrics.accuracy_score(actual, said),
        "expected_cost": (confusion * prices.to_numpy()).sum() / len(rows),
        **{f"recall of {one}": recall for one, recall in zip(classes, recalls, strict=True)},
    }


def number(rows: pd.DataFrame, settings: dict[str, Any]) -> dict[str, float]:
    actual, predicted = rows["actual"].astype(float), rows["predicted"].astype(float)
    cost, surplus = settings.get("cost", {}), rows["planned"] - actual
    too_many, too_few = cost.get("false_positive", 1), cost.get("false_negative", 1)
    return {
        "mae": metrics.mean_absolute_error(actual, predicted),
        "rmse": metrics.root_mean_squared_error(actual, predicted),
        "r2": metrics.r2_score(actual, predicted),
        "coverage": float(((rows["low"] <= actual) & (actual <= rows["high"])).mean()),
        "expected_cost": float(np.where(surplus > 0, too_many * surplus, -too_few * surplus).mean()),
    }


if __name__ == "__main__":
    sys.exit(main())

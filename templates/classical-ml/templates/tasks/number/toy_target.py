"""A target for the rows of toy.py: the customer's bill, by time, with an earlier bill as the forecast to beat."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from sklearn.metrics import mean_absolute_error

from predictor.bootstrap import Array

TARGET = "bill"
SECTIONS: dict[str, dict[str, Any]] = {
    "problem": {"target": TARGET, "entity": "customer", "unit": "EUR"},
    "data": {"time": "day"},
    "columns": {"last_bill": "numeric"},
    "training": {"naive": "last_bill"},
    "cost": {"currency": "EUR", "false_positive": 1, "false_negative": 3},
}
WRONG = ("many", "is not a number")  # a value that the target cannot have, and what is said of it
SINGLE = 7.0  # a value that is not enough alone
HOSTILE: dict[str, str] = {}  # labels that could break a document


def columns(rows: pd.DataFrame, random: Generator) -> dict[str, Any]:
    level = 40 + 0.5 * rows["age"] + 15 * (rows["plan"] == "plus")
    bill, last = ((level + random.normal(0, spread, len(rows))).round(2) for spread in (5, 12))
    return {"last_bill": last, TARGET: bill}


def described(rows: pd.DataFrame) -> Any:
    """What reports/data.json says of the target."""
    return rows[TARGET].mean()


def with_hostile_labels(_: dict[str, Any]) -> dict[str, Any]:
    """The sections that name labels, with hostile ones."""
    return {}


def copied(rows: pd.DataFrame) -> Any:
    """The target as a number that gives it away."""
    return rows[TARGET] * 1.8 + 0.5


def answered(answer: dict[str, Any]) -> Any:
    """The prediction in an answer of the service."""
    return answer["value"]


def effect(answer: dict[str, Any], without: dict[str, Any]) -> float:
    """By how much an answer differs from one without a value, on the scale of the effects."""
    return float(answer["value"] - without["value"])


def predicted(predictions: pd.DataFrame) -> Array:
    """The predictions in predictions.csv."""
    return np.asarray(predictions["predicted"])


def headline(predictions: pd.DataFrame) -> float:
    return float(mean_absolute_error(predictions["actual"], predictions["predicted"]))


sliced = headline  # the first score of a slice


def mistakes(predictions: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    errors = predictions["predicted"] - predictions["actual"]
    return {"too high": errors > 0, "too low": errors < 0}


def distance(predictions: pd.DataFrame) -> "pd.Series[float]":
    """How bad a mistake is."""
    return (predictions["actual"] - predictions["predicted"]).abs()

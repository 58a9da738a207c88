"""A target for the rows of toy.py: whether the customer left."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from sklearn.metrics import roc_auc_score

from predictor.bootstrap import Array

TARGET = "left"
SECTIONS: dict[str, dict[str, Any]] = {
    "problem": {"target": TARGET, "positive": "yes", "entity": "customer"},
    "cost": {"currency": "EUR", "false_positive": 1, "false_negative": 4},
}
WRONG = ("perhaps", "is a third label")  # a value that the target cannot have, and what is said of it
SINGLE = "no"  # a value that is not enough alone
HOSTILE = {"yes": 'yes | <i>$`\n"', "no": "no <!--"}  # labels that could break a document


def columns(rows: pd.DataFrame, random: Generator) -> dict[str, Any]:
    chance = 0.1 + 0.4 * (rows["age"] < 40) + 0.3 * (rows["plan"] == "basic")
    return {TARGET: np.where(random.random(len(rows)) < chance, "yes", "no")}


def described(rows: pd.DataFrame) -> Any:
    """What reports/data.json says of the target."""
    return (rows[TARGET] == "yes").mean()


def with_hostile_labels(plain: dict[str, Any]) -> dict[str, Any]:
    """The sections of `plain` that name labels, with hostile ones."""
    return {"problem": {**plain["problem"], "positive": HOSTILE["yes"]}}


def copied(rows: pd.DataFrame) -> Any:
    """The target as a number that gives it away."""
    return (rows[TARGET] == "yes") * 10.0


def answered(answer: dict[str, Any]) -> Any:
    """The prediction in an answer of the service."""
    return answer["probability"]


def effect(answer: dict[str, Any], without: dict[str, Any]) -> float:
    """By how much an answer differs from one without a value, on the scale of the effects."""
    return float(answer["probability"] - without["probability"])


def predicted(predictions: pd.DataFrame) -> Array:
    """The predictions in predictions.csv."""
    return np.asarray(predictions["predicted"])


def headline(predictions: pd.DataFrame) -> float:
    return float(roc_auc_score(predictions["actual"], predictions["predicted"]))


sliced = headline  # the first score of a slice


def mistakes(predictions: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    acts, positive = predictions["acts"] == 1, predictions["actual"] == 1
    return {"false positive": acts & ~positive, "false negative": ~acts & positive}


def distance(predictions: pd.DataFrame) -> "pd.Series[float]":
    """How bad a mistake is."""
    return (predictions["actual"] - predictions["predicted"]).abs()

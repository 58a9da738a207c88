"""A target for the rows of toy.py: the tariff of the customer."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from sklearn.metrics import f1_score

from predictor.bootstrap import Array

TARGET = "tariff"
CLASSES = ["day", "night", "flex"]
SECTIONS: dict[str, dict[str, Any]] = {
    "problem": {"target": TARGET, "classes": CLASSES, "entity": "customer"},
    "cost": {"currency": "EUR", "matrix": {"night": {"day": 3}}},
}
WRONG = ("none", "is none of problem.classes in settings.toml")  # a value of the target, and what is said of it
SINGLE = "day"  # a value that is not enough alone
HOSTILE = {"night": 'night | <i>$`\n"', "flex": "flex <!--"}  # labels that could break a document


def columns(rows: pd.DataFrame, random: Generator) -> dict[str, Any]:
    night, flex = 0.1 + 0.6 * (rows["age"] < 40), 0.1 + 0.4 * (rows["plan"] == "plus")
    drawn = random.random(len(rows)) * (0.4 + night + flex)
    return {TARGET: np.select([drawn < night, drawn < night + flex], ["night", "flex"], "day")}


def described(rows: pd.DataFrame) -> Any:
    """What reports/data.json says of the target."""
    return rows[TARGET].value_counts().to_dict()


def with_hostile_labels(plain: dict[str, Any]) -> dict[str, Any]:
    """The sections of `plain` that name labels, with hostile ones."""
    classes = [HOSTILE.get(one, one) for one in CLASSES]
    return {"problem": {**plain["problem"], "classes": classes}, "cost": {"matrix": {HOSTILE["night"]: {"day": 3}}}}


def copied(rows: pd.DataFrame) -> Any:
    """The target as a number that gives it away."""
    return rows[TARGET].map(CLASSES.index) * 10.0


def answered(answer: dict[str, Any]) -> Any:
    """The prediction in an answer of the service, in the order of the classes."""
    chances = {one["label"]: one["probability"] for one in answer["probabilities"]}
    return [chances[label] for label in CLASSES]


def effect(answer: dict[str, Any], without: dict[str, Any]) -> float:
    """By how much an answer differs from one without a value, on the scale of the effects."""
    likeliest = answer["probabilities"][0]["label"]
    chances = [{one["label"]: one["probability"] for one in each["probabilities"]} for each in (answer, without)]
    one, other = (chance[likeliest] for chance in chances)
    return float(one - other)


def predicted(predictions: pd.DataFrame) -> Array:
    """The predictions in predictions.csv."""
    return np.asarray(predictions[[f"probability of {one}" for one in CLASSES]])


def headline(predictions: pd.DataFrame) -> float:
    return float(f1_score(predictions["actual"], predictions["predicted"], average="macro"))


def sliced(predictions: pd.DataFrame) -> float:
    """The first score of a slice, which may lack a class."""
    return float((predictions["actual"] == predictions["predicted"]).mean())


def mistakes(predictions: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    kinds = predictions["actual"] + " -> " + predictions["predicted"]
    wrong = predictions["actual"] != predictions["predicted"]
    return {kind: kinds == kind for kind in kinds[wrong].unique()}


def distance(predictions: pd.DataFrame) -> "pd.Series[float]":
    """How bad a mistake is."""
    places = predictions["actual"].map(CLASSES.index).to_numpy()
    return pd.Series(1 - predicted(predictions)[np.arange(len(places)), places], predictions.index)

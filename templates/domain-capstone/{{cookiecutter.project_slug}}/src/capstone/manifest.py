"""The description of the served model, `artifacts/model.json`: training writes it, the service reads it."""

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from .reporting.metrics import Baseline, Metric, Part
from .settings import Settings

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Value = float | str | None

ARTIFACTS = Path("artifacts")
MOST_CHOICES = 50  # categories that are listed; rarer ones are accepted, and named as unlike training


class _Input(Part):
    name: str
    description: str = ""


class NumericInput(_Input):
    kind: Literal["numeric"] = "numeric"
    unit: str = ""
    min: float | None = None  # bounds from the settings: a request outside them is refused
    max: float | None = None
    nullable: bool  # the training cases have gaps here
    typical: float  # training median: reference for the reasons
    seen: tuple[float, float]  # smallest and largest value in training


class CategoricalInput(_Input):
    kind: Literal["categorical"] = "categorical"
    choices: list[str]  # the most frequent values in training
    nullable: bool
    typical: str  # training mode: reference for the reasons


class TextInput(_Input):
    kind: Literal["text"] = "text"
    longest: int  # characters that a request may have


Input = Annotated[NumericInput | CategoricalInput | TextInput, Field(discriminator="kind")]


class Manifest(Part):
    settings: Settings
    inputs: list[Input]
    rule: str  # today's rule, in words
    limit: float | None = Field(ge=0)  # an answer with more uncertainty is for a person; without a limit, each is
    version: str  # first 12 hex digits of the model file's SHA-256
    model_sha256: str
    data_sha256: str
    trained_cases: int
    left_out: int = 0  # decided by people, too, but a validation or test case has the same inputs
    reviewed_cases: int  # of these, the ones that people decided
    commit: str | None
    examples: list[dict[str, Value]]  # validation cases: one that is accepted and one that is too uncertain, if any
    metrics: list[Metric] = Field(default=[])  # on the test cases, as in reports/metrics.json
    baseline: list[Baseline] = Field(default=[])  # the same of today's rule


def describe_inputs(train: pd.DataFrame, settings: Settings) -> list[Input]:
    """The inputs as the service sees them. Values come from the training cases only."""
    return [_described(name, train[name], settings) for name in settings.columns]


def _described(name: str, values: pd.Series, settings: Settings) -> Input:
    column, known = settings.columns[name], values.dropna()
    common: dict[str, Any] = {"name": name, "description": column.description}
    if column.kind == "text":
        return TextInput(longest=column.longest, **common)
    common["nullable"] = bool(values.isna().any())
    if column.kind == "categorical":
        counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        return CategoricalInput(choices=sorted(counts.index[:MOST_CHOICES]), typical=counts.index[0], **common)
    return NumericInput(
        **common,
        unit=column.unit,
        min=column.min,
        max=column.max,
        typical=float(known.median()),
        seen=(float(known.min()), float(known.max())),
    )


def unlike_training(value: Value, item: Input) -> str | None:
    """Why `value` is unlike the training data; None if it is not."""
    if value is None or isinstance(item, TextInput):
        return None
    if isinstance(item, CategoricalInput):
        return None if value in item.choices else f"{value!r} was not seen in training"
    low, high = item.seen
    inside = low <= float(value) <= high
    return None if inside else f"{value:g} is outside the range seen in training, {low:g} to {high:g}"


def plain(frame: pd.DataFrame, inputs: list[Input]) -> list[dict[str, Value]]:
    """The inputs of each case as plain values, as a request has them; None is missing."""
    named = frame[[one.name for one in inputs]]
    rows = named.astype(object).where(named.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]

"""The description of the served model, `artifacts/model.json`: training writes it, the service reads it.

The service imports no training code, so the image needs no training library.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ARTIFACTS = Path("artifacts")
MISSING = "missing"  # the category that stands for "not given"
OTHER = "other"  # the category that stands for "never seen in training"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumericInput(Part):
    kind: Literal["numeric"] = "numeric"
    name: str
    description: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    nullable: bool
    typical: float  # training median: reference for explanations
    seen: tuple[float, float] | None = None  # smallest and largest value in training
    example: float


class CategoricalInput(Part):
    kind: Literal["categorical"] = "categorical"
    name: str
    description: str
    choices: list[str]
    nullable: bool
    typical: str  # training mode: reference for explanations
    example: str


Input = Annotated[NumericInput | CategoricalInput, Field(discriminator="kind")]


class Probability(Part):
    """A calibrated probability of `positive`; the decision is to act from `threshold` upwards."""

    kind: Literal["probability"] = "probability"
    positive: str
    threshold: float = Field(ge=0, le=1)


class Quantity(Part):
    """A number with a split-conformal interval [value - below, value + above]."""

    kind: Literal["quantity"] = "quantity"
    unit: str
    coverage: float = Field(gt=0, lt=1)
    below: float = Field(ge=0)
    above: float = Field(ge=0)
    margin: float = 0.0  # planning for value + margin cost least on validation rows


class HeldOut(Part):
    """One metric on the test split, as in `reports/metrics.json`."""

    name: str
    value: float
    ci95: tuple[float, float] | None


class Manifest(Part):
    title: str
    entity: str
    target: str
    synthetic: bool
    algorithm: str  # the name of the model that cross-validation chose
    version: str  # first 12 hex digits of the ONNX file's SHA-256
    onnx_sha256: str
    data_sha256: str
    trained_rows: int
    commit: str | None
    inputs: list[Input]
    outcome: Annotated[Probability | Quantity, Field(discriminator="kind")]
    metrics: list[HeldOut] = []


def read_manifest(folder: Path = ARTIFACTS) -> Manifest:
    return Manifest.model_validate_json((folder / "model.json").read_text(encoding="utf-8"))

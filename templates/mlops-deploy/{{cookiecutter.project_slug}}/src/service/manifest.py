"""The description of one version of the model, `manifest.json`: training writes it, the service reads it.

The service imports no training code, so its image needs no training library.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from .reporting.metrics import Metric, Part

MODEL_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("write the day as 2027-01-31")
    return text


Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]  # as text, which sorts by time
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=60)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ManifestError(ValueError):
    """A manifest cannot be used; the message says where and why."""


class NumericInput(Part):
    kind: Literal["numeric"] = "numeric"
    name: Name  # also its name inside the ONNX model: float32, shape [rows, 1]
    description: str = ""
    min: float | None = None  # a request outside the bounds is refused
    max: float | None = None
    nullable: bool = False  # null is accepted, and treated as in training
    example: float


class CategoricalInput(Part):
    kind: Literal["categorical"] = "categorical"
    name: Name  # also its name inside the ONNX model: string, shape [rows, 1]
    description: str = ""
    choices: list[str] = Field(min_length=1)  # the values in the training rows; another one gets a warning
    example: str


Input = Annotated[NumericInput | CategoricalInput, Field(discriminator="kind")]


class Calibration(Part):
    """How far the mean score was from the mean outcome in equal parts of the held-out days, which do not overlap."""

    days: int = Field(ge=1, description="The held-out days, all parts together.")
    gaps: list[float] = Field(min_length=1, description="Mean outcome minus mean score of each part, in order.")


class Manifest(Part):
    name: str = Field(description="The model's name in the registry.")
    candidate: str = Field(description="Which of the candidates in settings.toml was trained.")
    task: str = Field(description="What has this probability, such as: a parcel is late.")
    inputs: list[Input] = Field(min_length=1)
    trained_from: date = Field(description="First day of the training rows.")
    trained_to: date = Field(description="Last day of the training rows.")
    known_until: date = Field(description="Outcomes that were known by this day were used.")
    rows: int = Field(ge=1, description="Number of training rows.")
    data_sha256: Sha256
    commit: str | None = Field(description="Git commit of the code; None outside a repository.")
    sql: str = Field(description="The file with the question that gave the training rows.")
    sql_sha256: Sha256
    metrics: list[Metric] = Field(description="Of the outcomes of the last days, which the measured fit did not see.")
    baseline: list[Metric] = Field(default=[], description="The same of one probability for all, the usual rate.")
    calibration: Calibration | None = Field(
        default=None, description="Of the same outcomes: the alarm's bound comes from it. None: a part has too few."
    )
    compared: dict[str, float] = Field(
        default={}, description="At a retraining: the Brier score of each candidate on the same held-out outcomes."
    )
    versions: dict[str, str] = Field(description="The libraries that trained it.")

    @property
    def example(self) -> dict[str, float | str | None]:
        return {item.name: item.example for item in self.inputs}


def read_manifest(content: bytes, where: Path | str = MANIFEST_FILE) -> Manifest:
    """Read the content of a manifest.json; `where` is for the message.

    Raises:
        ManifestError: it does not have the fields that this code needs.
    """
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ManifestError(f"{where}: {place}: {first['msg']}") from None

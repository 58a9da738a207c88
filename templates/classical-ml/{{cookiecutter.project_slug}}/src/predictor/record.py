"""What training did: `reports/training.json`, written by training, read by evaluation and the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from .manifest import Part, Probability, Quantity
from .reporting.metrics import REPORTS, ReportError, Run, write_json

TRAINING = REPORTS / "training.json"

Outcome = Annotated[Probability | Quantity, Field(discriminator="kind")]


class Finalist(Part):
    """A candidate after the search: how it did in cross-validation, and what validation rows settled."""

    name: str
    parameters: dict[str, Any]
    tried: int
    folds: list[float]
    mean: float
    outcome: Outcome


class Record(Part):
    run: Run
    headline: str
    served: Finalist
    other: Finalist
    gain: float  # of boosting over the linear model, positive if better
    standard_error: float
    tie: bool
    baselines: dict[str, Outcome]
    rows: dict[str, int]
    search_rows: int
    parity: float  # largest difference between the pipeline and its ONNX file on validation rows


def write_record(record: Record, path: Path = TRAINING) -> None:
    write_json(path, record.model_dump(mode="json"))


def read_record(path: Path = TRAINING) -> Record:
    """Read the record.

    Raises:
        ReportError: it is missing or does not fit this version of the code.
    """
    try:
        return Record.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run `make train` first") from None
    except ValidationError:
        raise ReportError(f"{path} does not fit this code; run `make train` again") from None

"""The record of a training run (`reports/training.json`), and what evaluation adds to the shared report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .manifest import Part
from .reporting.metrics import REPORTS, Interval, Metric, Report, ReportError, Run, write_json
from .scores import Outcome

TRAINING = REPORTS / "training.json"


class Finalist(Part):
    """A candidate after the search: its scores in cross-validation, and the decision rule from the validation rows."""

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


class Difference(Part):
    """By how much the served model is better. A positive value is always better, whichever way the score runs."""

    metric: str
    versus: str
    value: float
    ci95: Interval


class Importance(Part):
    """How much worse the headline score gets when one input is shuffled."""

    feature: str
    loss: float
    ci95: Interval


class Measured(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # the served one
    other: str  # the candidate that lost the cross-validation
    ceiling: list[Metric]  # the best possible score, if the data are simulated and it is known
    difference: list[Difference]
    errors: dict[str, float]
    importance: list[Importance]


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

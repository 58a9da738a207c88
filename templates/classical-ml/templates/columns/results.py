"""What training and evaluation have written into `reports/`, for whoever reads it: it needs no training library."""

from pathlib import Path
from typing import Any

from pydantic import Field

from .reporting.metrics import Interval, Part, Report, ReportError, read_json
from .settings import Settings

TRAINING = Path("reports/training.json")  # the record of a training run
# <two>
Acted = dict[str, Any]  # of a slice: column, `slice`, rows `n`, and the shares `acted` on and `actual`ly positive
# </two>


class Gain(Part):
    """By how much the served model is better in a score. Positive is always better."""

    metric: str
    versus: str
    value: float
    ci95: Interval


class EvaluationReport(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # the served one
    rule: str  # the simple rule, as a sentence
    cases: dict[str, list[float]]  # what it predicts, for the rows in these words
    difference: list[Gain]  # first over the rule, in expected cost
    errors: dict[str, int | float]
    mistakes: dict[str, int]  # how many there are of each kind
    # <two>
    acted: list[Acted] = Field(default=[])  # on whom the model acts
    # </two>
    small: dict[str, int] = Field(default={})  # the slices that are not measured, and how many rows each has
    looks: list[str] = Field(default=[])  # the versions of the model that were measured on these test rows


def counted(settings: Settings) -> dict[str, Any]:
    """The settings that the model depends on; slices and gates only judge it, words and warnings only tell of it."""
    return settings.model_dump(
        mode="json", exclude={"slices": True, "gates": True, "words": True, "data": {"unsettled", "suspected"}}
    )


def read_record(settings: Settings) -> Any:
    """The record of the training run.

    Raises:
        ReportError: there is none, or the settings have changed since.
    """
    record = read_json(TRAINING)
    if record.get("settings") != counted(settings):
        raise ReportError("settings.toml has changed since the model was trained; run `make train evaluate` first")
    return record


def without(settings: Settings) -> str:
    """What a model without the inputs that may be leaks is called."""
    return f"without {', '.join(settings.data.suspected)}"

"""The sections of `settings.toml`: their keys, types and defaults. docs/settings.md explains each key."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(gt=0, le=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Algorithm = Literal["logistic_regression", "hist_gradient_boosting"]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Data(Section):
    """The two files, and the columns that are no inputs."""

    file: str
    outcomes: str
    sha256: Sha256  # of data/SHA256SUMS, which has the hashes of both
    id: str
    time: str
    known: str
    target: str
    event: str = ""
    unit: str


class Feature(Section):
    """One input of the model. The bounds hold for the data and for requests."""

    name: str = Field(pattern="^[a-z][a-z0-9_]*$")
    kind: Literal["numeric", "categorical"]
    description: str = ""
    example: float | str
    min: float | None = None
    max: float | None = None
    joined: bool = False  # from a join with earlier outcomes, so not in the data file

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if isinstance(self.example, str) == (self.kind == "numeric"):
            raise ValueError("example must be a number for a numeric feature, and text for a categorical one")
        return self


class Periods(Section):
    """First and last days on which rows were made, both included."""

    train_from: date
    train_to: date
    reference_from: date
    reference_to: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (days := [self.train_from, self.train_to, self.reference_from, self.reference_to]) != sorted(days):
            raise ValueError("the days must be in order: train_from, train_to, reference_from, reference_to")
        return self


class Recipe(Section):
    """A kind of model, with the options of the scikit-learn class."""

    algorithm: Algorithm
    logarithm: bool = False  # numbers are replaced by log(1 + x)
    known_days: int | None = Field(default=None, ge=30)  # only outcomes of the last so many days; None means all
    options: dict[str, float | int | str | bool] = {}


class Training(Section):
    seed: int = 20261201
    held_out_days: int = Field(default=28, ge=1)  # the outcomes of the last days measure a recipe before the last fit
    test_days: int = Field(default=60, ge=1)  # after the training day, for `make evaluate`
    candidates: dict[str, Recipe] = Field(min_length=1)


class Gate(Section):
    """A bound of a metric: exactly one of `min` and `max`."""

    metric: str
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.min is None) == (self.max is None):
            raise ValueError("a gate has either min or max")
        return self


class Slices(Section):
    columns: list[str] = []
    min_rows: int = Field(default=100, ge=1)


class Rollout(Section):
    """How a canary gets more and more of the requests."""

    approval: Literal["interactive", "file"] = "interactive"
    shares: list[Share] = Field(default=[0.05, 0.25, 1.0], min_length=1)
    window_requests: int = Field(default=150, ge=1)
    least_seconds: float = Field(default=2.0, ge=0)
    most_seconds: float = Field(default=120.0, gt=0)
    lease_seconds: float = Field(default=15.0, gt=0)
    replay_rows: int = Field(default=500, ge=50)  # with an outcome, between two looks
    most_looks: int = Field(default=4, ge=1, le=20)
    most_days: float = Field(default=60.0, ge=0)  # that a canary waits for outcomes

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.shares != sorted(set(self.shares)) or self.shares[-1] != 1:
            raise ValueError("shares must rise and end with 1.0")
        return self


class Slo(Section):
    """What the canary must keep, at each share."""

    error_rate: float = Field(default=0.01, ge=0, le=1)
    p95_ms: float = Field(default=250.0, gt=0)
    prediction_shift: float = Field(default=1.0, gt=0)  # in standard deviations of the champion's scores
    brier_increase: float = Field(default=0.005, ge=0)
    calibration_gap: float = Field(default=0.05, ge=0)


class Alarm(Section):
    """The performance alarm; the bound of a version is computed from its own held-out outcomes."""

    window_days: int = Field(default=28, ge=1)
    least_outcomes: int = Field(default=300, ge=30)
    days: int = Field(default=3, ge=1)


class Registry(Section):
    kind: Literal["embedded", "server"] = "embedded"
    name: str = Field(default="model", pattern="^[a-z][a-z0-9_-]*$")

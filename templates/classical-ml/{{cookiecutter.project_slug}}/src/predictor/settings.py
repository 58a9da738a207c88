"""Read `settings.toml` and check its types: what is predicted, from what, and what a mistake costs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Share = Annotated[float, Field(gt=0, lt=1)]


class SettingsError(ValueError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Section):
    """What one prediction is about."""

    name: str
    title: str
    entity: str  # singular: "customer", "transaction", "day"
    target: str
    positive: str | None = None  # label of the positive class; None for a number
    unit: str = ""  # of the target, when it is a number
    synthetic: bool = False


class Data(Section):
    """Where the data are, and how to split them."""

    file: str
    sha256: str | None = None  # None if a program makes the file
    time: str | None = None  # column that orders the rows; None means a stratified random split
    label_delay_days: float = 0.0  # labels become known this long after the event
    ignored: list[str] = []  # columns that are read but never given to the model
    cluster: str | None = None  # column, such as a card, that groups dependent rows; the bootstrap draws them together
    oracle: str | None = None  # an ignored column with the best possible prediction, if the data are simulated
    test_share: Share = 0.2
    validation_share: Share = 0.2


class Feature(Section):
    """One input column. Its bounds and choices apply to the training data and to requests."""

    name: str
    kind: Literal["numeric", "categorical"]
    description: str
    unit: str = ""
    min: float | None = None
    max: float | None = None
    choices: list[str] = []
    nullable: bool = False
    example: float | str

    @model_validator(mode="after")
    def _choices_belong_to_categories(self) -> Self:
        if (self.kind == "categorical") != bool(self.choices):
            raise ValueError(f"feature {self.name}: choices are for categorical features, and each needs them")
        return self


class Cost(Section):
    """The price of one wrong decision, in `currency`; an assumption the owner should replace."""

    currency: str = "USD"
    false_positive: float = Field(ge=0)  # for a number: one unit forecast too many
    false_negative: float = Field(ge=0)  # for a number: one unit forecast too few


class Gate(Section):
    """A bound that `make evaluate` enforces on the test split."""

    metric: str
    min: float | None = None
    max: float | None = None


class Training(Section):
    seed: int = 20260901
    folds: int = Field(default=5, ge=2)
    headline: str  # the metric by which cross-validation chooses
    search_iterations: int = Field(default=8, ge=1)
    search_rows: int = Field(default=20_000, ge=100)  # cross-validation sees at most this many training rows
    interval_coverage: Share = 0.9  # for a number
    naive: str | None = None  # for a number: the column that is itself the forecast to beat


class Slices(Section):
    columns: list[str] = []
    min_rows: int = 50


class Settings(Section):
    problem: Problem
    data: Data
    training: Training
    cost: Cost
    gates: list[Gate]
    slices: Slices = Slices()
    features: list[Feature]

    @property
    def feature_names(self) -> list[str]:
        return [feature.name for feature in self.features]

    def names(self, kind: Literal["numeric", "categorical"]) -> list[str]:
        return [feature.name for feature in self.features if feature.kind == kind]


def load_settings(path: Path = Path("settings.toml")) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: the file is missing, is not TOML, or a value does not fit.
    """
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the repository's root") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path}: {where}: {first['msg']}") from None

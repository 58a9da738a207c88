"""Read `settings.toml` and check its types: what is predicted, from what, and what a mistake costs.

docs/settings.md explains each key. A key that is left out has the default that stands here.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

FILE = Path("settings.toml")
NO_DATA = "there are no data yet; bring yours with: scaffolder adopt --data path/to/file.csv --target column"

Share = Annotated[float, Field(gt=0, lt=1)]
Less = Annotated[float, Field(gt=0, lt=0.5)]  # than half of the rows
Kind = Literal["numeric", "categorical"]


class SettingsError(ValueError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Section):
    """What one prediction is about."""

    target: str  # the column to predict
    positive: str | None = None  # label of the class to find; None if the target is a number
    title: str = ""  # "" means the target's name in words
    entity: str = "row"  # what one row is about, singular: "customer", "day"
    unit: str = ""  # of the target, if it is a number
    action: str = "raise an alarm for"  # for a class: the words for acting, such as "call", before "every customer"
    synthetic: bool = False


class Data(Section):
    """Where the data are, and how they are split."""

    file: str
    sha256: str | None = None  # None if a program makes the file
    time: str | None = None  # column that orders the rows; None means a random split
    label_delay_days: float = Field(default=0.0, ge=0)  # labels become known this long after the event
    cluster: str | None = None  # column, such as a card, that groups dependent rows
    unsettled: list[str] = []  # warnings about the data that the owner has not looked into; the documents repeat them
    suspected: list[str] = []  # inputs that may be leaks: the model is measured without them, too, until it is settled
    known_before: list[str] = []  # inputs that are no leak, however well they predict the target
    test_share: Less = 0.2
    validation_share: Less = 0.2


class Column(Section):
    """One input of the model. The bounds hold for the data and for requests."""

    kind: Kind
    description: str = ""
    unit: str = ""
    min: float | None = None
    max: float | None = None


class Training(Section):
    seed: int = 20260901
    folds: int = Field(default=5, ge=2)
    headline: str = ""  # the metric that chooses the model; "" means roc_auc, or mae for a number
    search_iterations: int = Field(default=8, ge=1)
    search_rows: int = Field(default=20_000, ge=100)  # cross-validation sees at most this many training rows
    interval_coverage: Share = 0.9  # of a forecast's interval
    naive: str | None = None  # for a number: the column that is itself the forecast to beat


class Cost(Section):
    """The price of a wrong decision, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    false_positive: float = Field(default=1, ge=0)  # acting for nothing; one unit forecast too many
    false_negative: float = Field(default=1, ge=0)  # missing one; one unit forecast too few


class Slices(Section):
    columns: list[str] = []
    min_rows: int = 50


def _table(column: Any) -> Any:
    """`age = "numeric"` is short for `age = { kind = "numeric" }`."""
    return {"kind": column} if isinstance(column, str) else column


class Settings(Section):
    problem: Problem
    data: Data
    columns: dict[str, Annotated[Column, BeforeValidator(_table)]] = Field(min_length=1)
    training: Training = Training()
    cost: Cost = Cost()
    slices: Slices = Slices()
    gates: dict[str, float] = {}  # the least (or, for losses, the largest) value that a metric may have on test rows

    @property
    def title(self) -> str:
        words = self.problem.target.replace("_", " ").strip()
        return self.problem.title or words[:1].upper() + words[1:]

    @property
    def classifies(self) -> bool:
        """Whether a class is predicted; otherwise a number."""
        return self.problem.positive is not None

    @property
    def headline(self) -> str:
        return self.training.headline or ("roc_auc" if self.classifies else "mae")

    def names(self, kind: Kind) -> list[str]:
        return [name for name, column in self.columns.items() if column.kind == kind]


def load_settings(path: Path = FILE) -> Settings:
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
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None

"""Read `settings.toml` and check its types: what is predicted, from what, and what a mistake costs.

docs/settings.md explains each key. A key that is left out has the default that stands here.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from .reporting.metrics import Part

FILE = Path("settings.toml")
NO_DATA = "there are no data yet; bring yours with: scaffolder adopt --data path/to/file.csv --target column"

# <text>
Kind = Literal["numeric", "categorical", "text"]
# </text>
# <plain>
Kind = Literal["numeric", "categorical"]
# </plain>
# <several>
Price = Annotated[float, Field(ge=0)]
# </several>
Less = Annotated[float, Field(gt=0, lt=0.5)]  # than half of the rows


class SettingsError(ValueError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Problem(Part):
    """What one prediction is about."""

    target: str  # the column to predict
    # <two>
    positive: str  # the label of the class to find
    event: str = ""  # what that label means, such as "the customer leaves"
    # </two>
    # <several>
    classes: list[str] = Field(min_length=3, max_length=20)  # its labels
    # </several>
    title: str = ""  # "" means the target's name in words
    entity: str = "row"  # what one row is about, singular: "customer", "day"
    # <two>
    action: str = "raise an alarm for"  # the words for acting, such as "call", before "every customer"
    # </two>
    # <number>
    unit: str = ""  # of the target
    # </number>
    made_up: Literal["", "simulated", "fictional"] = ""  # what the rows are, if they are not real


class Data(Part):
    """Where the data are, and how they are split."""

    file: str
    sha256: str | None = None  # None if a program makes the file
    time: str | None = None  # column that orders the rows; None means a random split
    label_delay_days: float = Field(default=0.0, ge=0)  # labels become known this long after the event
    cluster: str | None = None  # column, such as a card, that groups dependent rows
    unsettled: list[str] = Field(default=[])  # warnings about the data, which the documents repeat
    suspected: list[str] = Field(default=[])  # possible leaks: the model is measured without them, too
    test_share: Less = 0.2
    validation_share: Less = 0.2


class Column(Part):
    """One input of the model. The bounds hold for the data and for requests."""

    kind: Kind
    description: str = ""
    unit: str = ""
    min: float | None = None
    max: float | None = None


class Training(Part):
    """How the model is chosen."""

    # <two>
    headline: Literal["roc_auc", "average_precision", "brier"] = "roc_auc"  # the metric that chooses the model
    # </two>
    # <several>
    headline: Literal["macro_f1", "log_loss"] = "macro_f1"  # the metric that chooses the model
    # </several>
    # <number>
    headline: Literal["mae", "rmse", "r2"] = "mae"  # the metric that chooses the model
    interval_coverage: float = Field(default=0.9, gt=0, lt=1)  # of a forecast's interval
    naive: str | None = None  # the column that is itself the forecast to beat
    # </number>
    seed: int = 20260901
    folds: int = Field(default=5, ge=2)
    search_iterations: int = Field(default=8, ge=1)
    search_rows: int = Field(default=20_000, ge=100)  # cross-validation sees at most this many training rows
    examples: int = Field(default=3, ge=0)  # rows of the data that the page shows


class Cost(Part):
    """The price of a wrong decision, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    # <two>
    false_positive: float = Field(default=1, ge=0)  # acting for nothing
    false_negative: float = Field(default=1, ge=0)  # missing one
    # </two>
    # <several>
    matrix: dict[str, dict[str, Price]] = Field(default={})  # true class, then the class that is said; 1 if not named
    # </several>
    # <number>
    false_positive: float = Field(default=1, ge=0)  # one unit forecast too many
    false_negative: float = Field(default=1, ge=0)  # one unit forecast too few
    # </number>


class Slices(Part):
    columns: list[str] = Field(default=[])
    min_rows: int = 50


def _table(column: Any) -> Any:
    """`age = "numeric"` is short for `age = { kind = "numeric" }`."""
    return {"kind": column} if isinstance(column, str) else column


class Settings(Part):
    problem: Problem
    data: Data
    columns: dict[str, Annotated[Column, BeforeValidator(_table)]] = Field(min_length=1)
    training: Training = Training()
    cost: Cost = Cost()
    slices: Slices = Slices()
    words: dict[str, dict[str, str]] = Field(default={})  # of a column, how people say its values
    gates: dict[str, float] = Field(default={})  # the least value of a metric on test rows, or of a loss the largest

    @property
    def title(self) -> str:
        words = self.problem.target.replace("_", " ").strip()
        return self.problem.title or words[:1].upper() + words[1:]

    def names(self, kind: Kind) -> list[str]:
        return [name for name, column in self.columns.items() if column.kind == kind]


def load_settings(path: Path = FILE) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: the file is missing, is not TOML, or a value does not fit.
    """
    try:
        return checked(tomllib.loads(path.read_text(encoding="utf-8")), path)
    except FileNotFoundError:
        missing = f"{path} does not exist; run from the repository's root"
        raise SettingsError(NO_DATA if Path("pyproject.toml").exists() else missing) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


def checked(content: dict[str, Any], path: Path) -> Settings:
    """The settings in the content of a file, which messages name.

    Raises:
        SettingsError: a value does not fit.
    """
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None

"""Read `settings.toml` and check its types: which decision, from what, at which cost, and when a person decides.

docs/settings.md explains each key. A key that is left out has the default that stands here.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

FILE = Path("settings.toml")

Share = Annotated[float, Field(gt=0, lt=1)]
Less = Annotated[float, Field(gt=0, lt=0.5)]  # than half of the cases
Positive = Annotated[float, Field(gt=0)]
Kind = Literal["numeric", "categorical", "text"]


class SettingsError(ValueError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Section):
    """What is decided."""

    title: str
    decision: str  # as a question
    case: str = "case"  # what one decision is about, singular: "parcel"
    cases: str = "cases"
    target: str = ""  # the column with the right answer; "" if answers are hidden for the test
    options: list[str] = []  # the possible answers, if they can be listed
    positive: str | None = None  # of two options, the one that is looked for
    unit: str = ""  # of an answer that is a number
    rule: str = "today's rule"  # what the reports call the rule in domain.py
    note: str = ""  # a sentence that the pages show: what an answer is not


class Data(Section):
    """Where the cases are, and how they are split."""

    file: str
    sha256: str
    id: str  # the column that names a case
    time: str | None = None  # column that orders the cases; None means a random split
    group: str | None = None  # column of cases that resemble each other: they stay in one split
    unsettled: list[str] = []  # warnings about the data that the owner has not looked into; the documents repeat them
    test_share: Less = 0.2
    validation_share: Less = 0.2


class Column(Section):
    """One input. The bounds hold for the data and for requests."""

    kind: Kind
    description: str = ""
    unit: str = ""
    min: float | None = None
    max: float | None = None
    longest: int = Field(default=20_000, ge=1, le=100_000)  # characters of a text


class Training(Section):
    seed: int = 20260901
    headline: str = "accuracy"  # the metric that model and rule are compared by


class Cost(Section):
    """The price of a wrong answer, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    false_positive: Positive = 1
    false_negative: Positive = 1
    reading: float | None = Field(default=None, ge=0)  # of a referred case by a person; None if nobody has said
    read_anyway: list[str] = []  # right answers after which a person reads the case, referred or not
    wrong: dict[str, dict[str, Positive]] = {}  # of more options: right answer to given answer; 1 if not listed


class Policy(Section):
    """When an answer is accepted."""

    most_risk: float = Field(gt=0)  # the mean loss of accepted answers that is allowed
    target: Share = 0.7  # of a ranking: the chance of success that the next exercise should have


class Slices(Section):
    columns: list[str] = []
    people: list[str] = []  # of these, the ones that name groups of people: fairness is measured for them
    min_rows: int = Field(default=50, ge=2)


class Monitoring(Section):
    most_overridden: Share = 0.3  # of the reviewed answers; more is an alarm
    least_reviews: int = Field(default=20, ge=1)


def _table(column: Any) -> Any:
    """`age = "numeric"` is short for `age = { kind = "numeric" }`."""
    return {"kind": column} if isinstance(column, str) else column


class Settings(Section):
    problem: Problem
    data: Data
    columns: dict[str, Annotated[Column, BeforeValidator(_table)]] = Field(min_length=1)
    training: Training
    cost: Cost = Cost()
    policy: Policy
    slices: Slices = Slices()
    words: dict[str, dict[str, str]] = {}  # of a column, how people say its values
    monitoring: Monitoring = Monitoring()
    gates: dict[str, float] = {}  # the least (or, for losses, the largest) value that a metric may have on test cases

    @model_validator(mode="after")
    def fits(self) -> Self:
        options = self.problem.options
        wrong = {*self.cost.wrong, *(answer for costs in self.cost.wrong.values() for answer in costs)}
        for key, listed in (("wrong", wrong), ("read_anyway", {*self.cost.read_anyway})):
            if unknown := sorted(listed - set(options)):
                raise ValueError(f"cost.{key} names {unknown[0]!r}, which is not among problem.options")
        if "accepted_risk" in self.gates:
            raise ValueError("gates: most_risk under [policy] is the bound of accepted_risk; delete it here")
        if self.problem.positive is not None and (len(options) != 2 or self.problem.positive not in options):
            raise ValueError("problem.positive needs two problem.options and must be one of them")
        if unknown := sorted(set(self.slices.people) - set(self.slices.columns)):
            raise ValueError(f"slices.people names {unknown[0]!r}, which is not among slices.columns")
        return self

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
        raise SettingsError(f"{path} does not exist; run from the repository's root") from None
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
        where = "".join(f"{part}." for part in first["loc"]).rstrip(".")
        raise SettingsError(f"{path}: {where + ': ' if where else ''}{first['msg']}") from None

"""The keys of settings.toml that are about the target, one of several classes."""

from typing import Annotated, Literal

from pydantic import Field

from .reporting.metrics import Part

Price = Annotated[float, Field(ge=0)]


class Problem(Part):
    """What one prediction is about."""

    target: str  # the column to predict
    classes: list[str] = Field(min_length=3, max_length=20)  # its labels
    title: str = ""  # "" means the target's name in words
    entity: str = "row"  # what one row is about, singular: "customer", "day"
    made_up: Literal["", "simulated", "fictional"] = ""  # what the rows are, if they are not real


class Training(Part):
    """How a model for such a target is chosen."""

    headline: Literal["macro_f1", "log_loss"] = "macro_f1"  # the metric that chooses the model


class Cost(Part):
    """The price of a wrong decision, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    matrix: dict[str, dict[str, Price]] = Field(default={})  # true class, then the class that is said; 1 if not named

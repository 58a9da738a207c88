"""The keys of settings.toml that are about the target, a number."""

from typing import Annotated, Literal

from pydantic import Field

from .reporting.metrics import Part

Share = Annotated[float, Field(gt=0, lt=1)]


class Problem(Part):
    """What one prediction is about."""

    target: str  # the column to predict
    title: str = ""  # "" means the target's name in words
    entity: str = "row"  # what one row is about, singular: "customer", "day"
    unit: str = ""  # of the target
    made_up: Literal["", "simulated", "fictional"] = ""  # what the rows are, if they are not real


class Training(Part):
    """How a model for such a target is chosen, and what it is compared with."""

    headline: Literal["mae", "rmse", "r2"] = "mae"  # the metric that chooses the model
    interval_coverage: Share = 0.9  # of a forecast's interval
    naive: str | None = None  # the column that is itself the forecast to beat


class Cost(Part):
    """The price of a wrong forecast, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    false_positive: float = Field(default=1, ge=0)  # one unit forecast too many
    false_negative: float = Field(default=1, ge=0)  # one unit forecast too few

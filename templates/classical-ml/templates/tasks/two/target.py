"""The keys of settings.toml that are about the target, one of two classes."""

from typing import Literal

from pydantic import Field

from .reporting.metrics import Part


class Problem(Part):
    """What one prediction is about."""

    target: str  # the column to predict
    positive: str  # the label of the class to find
    event: str = ""  # what that label means, such as "the customer leaves"
    title: str = ""  # "" means the target's name in words
    entity: str = "row"  # what one row is about, singular: "customer", "day"
    action: str = "raise an alarm for"  # the words for acting, such as "call", before "every customer"
    made_up: Literal["", "simulated", "fictional"] = ""  # what the rows are, if they are not real


class Training(Part):
    """How a model for such a target is chosen."""

    headline: Literal["roc_auc", "average_precision", "brier"] = "roc_auc"  # the metric that chooses the model


class Cost(Part):
    """The price of a wrong decision, in `currency`: an assumption that the owner should replace."""

    currency: str = "units of cost"
    false_positive: float = Field(default=1, ge=0)  # acting for nothing
    false_negative: float = Field(default=1, ge=0)  # missing one

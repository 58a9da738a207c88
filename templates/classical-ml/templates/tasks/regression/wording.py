"""Captions and sentences for a model that predicts a number."""

from __future__ import annotations

from .manifest import Quantity
from .settings import Settings

CAPTIONS = {
    "forecast": "Forecast with its interval, and the actual values, at the end of the test rows",
    "residuals": "Forecast against outcome, and the distribution of the errors on the test rows",
    "calibration": "Share of outcomes inside the interval, for each nominal coverage",
    "cost": "Expected cost by planning margin, with the margin chosen on the validation rows",
    "importance": "Permutation importance: how much worse the headline score gets when one input is shuffled",
}


def explain(outcome: Quantity, settings: Settings) -> str:
    """The interval and the planning margin, in words."""
    cost, unit = settings.cost, outcome.unit
    return (
        f"The {outcome.coverage:.0%} interval reaches from {outcome.below:.3f} below the forecast to "
        f"{outcome.above:.3f} above it ({unit}), according to the errors on the validation rows. Planning for the "
        f"forecast {outcome.margin:+.3f} cost least there, if one unit too many costs "
        f"{cost.false_positive:g} {cost.currency} and one too few costs {cost.false_negative:g} "
        f"{cost.currency}."
    )

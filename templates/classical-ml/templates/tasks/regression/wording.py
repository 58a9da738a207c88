"""What is said of a forecast, in words."""

from __future__ import annotations

from .manifest import Quantity
from .settings import Settings

CAPTIONS = {
    "forecast": "Forecast with its interval, and what came, at the end of the test rows",
    "residuals": "Forecast against outcome, and the distribution of the errors on the test rows",
    "calibration": "Share of outcomes inside the interval, for each nominal coverage",
    "cost": "Expected cost by planning margin, with the margin that validation rows chose",
    "importance": "Permutation importance: how much worse the headline score gets when one input is shuffled",
}


def explain(outcome: Quantity, settings: Settings) -> str:
    """What surrounds a forecast, in two sentences for people."""
    cost, unit = settings.cost, outcome.unit
    return (
        f"The {outcome.coverage:.0%} interval reaches from {outcome.below:.3f} below the forecast to "
        f"{outcome.above:.3f} above it ({unit}), set by the errors on the validation rows. Planning for the "
        f"forecast {outcome.margin:+.3f} cost least there, if one unit too many costs "
        f"{cost.false_positive:g} {cost.currency} and one too few costs {cost.false_negative:g} "
        f"{cost.currency}."
    )

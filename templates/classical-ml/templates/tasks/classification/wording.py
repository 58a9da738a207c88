"""What is said of a probability, in words."""

from __future__ import annotations

from .manifest import Probability
from .settings import Settings

CAPTIONS = {
    "ranking": "Precision-recall and ROC curves on the test rows",
    "calibration": "Reliability: predicted probability against observed rate on the test rows",
    "cost": "Expected cost by threshold, with the threshold that validation rows chose",
    "importance": "Permutation importance: how much worse the headline score gets when one input is shuffled",
}


def explain(outcome: Probability, settings: Settings) -> str:
    """What follows from a probability, in one sentence for people."""
    cost, entity = settings.cost, settings.problem.entity
    return (
        f"Acting pays from a probability of {outcome.threshold:.3f} upwards: the threshold that cost least "
        f"on the validation rows, if acting in vain costs {cost.false_positive:g} {cost.currency} for each "
        f"{entity} and missing one costs {cost.false_negative:g} {cost.currency}."
    )

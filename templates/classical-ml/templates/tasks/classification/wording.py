"""Captions and sentences for a model that predicts a probability."""

from __future__ import annotations

from .manifest import Probability
from .settings import Settings

CAPTIONS = {
    "ranking": "Precision-recall and ROC curves on the test rows",
    "calibration": "Reliability: predicted probability against observed rate on the test rows",
    "cost": "Expected cost by threshold, with the threshold chosen on the validation rows",
    "importance": "Permutation importance: how much worse the headline score gets when one input is shuffled",
}


def explain(outcome: Probability, settings: Settings) -> str:
    """When to act on a probability, in words."""
    cost, entity = settings.cost, settings.problem.entity
    return (
        f"Acting pays off from a probability of {outcome.threshold:.3f} upwards. This threshold cost least on the "
        f"validation rows, if acting for nothing costs {cost.false_positive:g} {cost.currency} for each "
        f"{entity} and missing one costs {cost.false_negative:g} {cost.currency}."
    )

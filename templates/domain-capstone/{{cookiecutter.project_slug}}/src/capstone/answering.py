"""Answer many cases: by the model, by today's rule, and by people as far as the policy refers to them."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from . import policy, technique
from .data import Cases
from .manifest import Array, Input, Mask
from .settings import Settings


@dataclass(frozen=True)
class Answered:
    """Cases with the answers of the model and of the rule, and their losses; arrays have shape (cases,)."""

    cases: Cases
    ours: pd.DataFrame
    theirs: pd.DataFrame
    losses: Array  # of the model's answers
    rule_losses: Array
    reserved: Mask  # a person decides, whatever the model says
    accepted: Mask
    units: pd.Series | None  # cases of one unit resemble each other

    def up_to(self, limit: float | None) -> Self:
        """The same, with the answers accepted that are as sure as the limit asks for."""
        sure = policy.within(self.ours["uncertainty"].to_numpy(), limit)
        return replace(self, accepted=~self.reserved & sure)

    def by_people(self, reading: float, settings: Settings) -> Array:
        """What each case costs if a person decides it, at this price of reading.

        Of options, people choose the right one; with a number, they are off as far as the rule.
        """
        if settings.problem.options:
            return np.where(self.cases.outcomes.isin(settings.cost.read_anyway), 0.0, reading)
        return self.rule_losses + reading

    def whole(self, reading: float, settings: Settings) -> Array:
        """What each case costs as the system is operated: by accepted answers, and by people for the other cases."""
        return np.where(self.accepted, self.losses, self.by_people(reading, settings))


def answer(
    model: Any, train: Cases, cases: Cases, inputs: list[Input], settings: Settings, prices: Settings | None = None
) -> Answered:
    """Answer the cases; none is accepted yet. The losses are counted by `prices`, by default the settings."""
    prices = prices or settings
    asked = technique.asked(cases, prices)
    ours = technique.answers(model, asked.frame, settings)
    theirs = technique.by_rule(train, asked.frame, prices)
    return Answered(
        cases=asked,
        ours=ours,
        theirs=theirs,
        losses=technique.losses(asked.outcomes, ours, prices),
        rule_losses=technique.losses(asked.outcomes, theirs, prices),
        reserved=policy.reserved(asked.frame, inputs),
        accepted=np.zeros(len(asked), dtype=np.bool_),
        units=technique.units(asked, settings),
    )


def choose_limit(answered: Answered, settings: Settings) -> float | None:
    """The limit of uncertainty by the validation cases, of which those that a person decides anyway are left out."""
    judged, reading = ~answered.reserved, settings.cost.reading
    return policy.choose_limit(
        answered.ours["uncertainty"].to_numpy()[judged],
        answered.losses[judged],
        settings.policy.most_risk,
        groups=None if answered.units is None else answered.units.to_numpy()[judged],
        largest=technique.loss(settings).largest,
        referred=None if reading is None else answered.by_people(reading, settings)[judged],
    )

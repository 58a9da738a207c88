"""Decide one case: the answer, how sure it is, and whether a person has to look at it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from . import artifacts, explain, policy, technique
from .manifest import ARTIFACTS, Array, Manifest, Value, unlike_training
from .reporting.metrics import Part


class Option(Part):
    name: str
    chance: float


class Reason(Part):
    input: str
    value: Value
    effect: float  # what the answer's chance, or its number, loses without this value


class Decision(Part):
    answer: str | float
    options: list[Option]  # the likeliest first; none if the answer is a number
    interval: tuple[float, float] | None
    uncertainty: float
    limit: float | None  # None: no limit is shown to keep the risk
    accepted: bool
    why: list[str]  # a person decides
    reasons: list[Reason]
    warnings: dict[str, str]  # inputs that are unlike the training cases
    model_version: str


class Decider:
    """Answers single cases. Safe to use from several threads."""

    def __init__(self, model: Any, manifest: Manifest) -> None:
        self.model, self.manifest, self.settings = model, manifest, manifest.settings

    @classmethod
    def load(cls, folder: Path = ARTIFACTS) -> Self:
        """Raises ModelError if there is no usable model."""
        return cls(*artifacts.load(folder))

    def decide(self, case: Mapping[str, Value], top: int = 5) -> Decision:
        """The answer with its `top` strongest reasons. An input that is absent counts as missing."""
        inputs, limit = self.manifest.inputs, self.manifest.limit
        row = {one.name: case.get(one.name) for one in inputs}
        changes = explain.changes(row, inputs) if top else []
        answers = self._answers([row, *(one.case for one in changes)])  # at once: each call costs much
        given = answers.iloc[0]
        answer, uncertainty = given["answer"], float(given["uncertainty"])
        why = policy.why(row, inputs)
        if limit is None:
            why.append("no limit of uncertainty is shown to keep the risk that the settings allow")
        elif uncertainty > limit:
            unit = technique.loss(self.settings).unit
            why.append(f"the uncertainty, {uncertainty:.3g}{unit}, is above the limit of {limit:.3g}{unit}")
        return Decision(
            answer=answer if isinstance(answer, str) else round(float(answer), 6),
            options=[Option(name=name, chance=chance) for name, chance in technique.options(given, self.settings)],
            interval=(float(given["low"]), float(given["high"])) if "low" in given else None,
            uncertainty=uncertainty,
            limit=limit,
            accepted=not why,
            why=why,
            reasons=strongest(changes, technique.strength(answers, answer), top),
            warnings={one.name: said for one in inputs if (said := unlike_training(row[one.name], one))},
            model_version=self.manifest.version,
        )

    def self_test(self) -> None:
        """Decide an example; raises an error if the model cannot."""
        for example in self.manifest.examples:
            if not np.isfinite(self.decide(example, top=0).uncertainty):
                raise ArithmeticError("the uncertainty of the model's own example is not a finite number")

    def _answers(self, cases: Sequence[Mapping[str, Value]]) -> pd.DataFrame:
        """The model's answers for cases of plain values; what is missing is NaN, as in the data file."""
        columns = {
            one.name: np.array(
                [np.nan if (value := case[one.name]) is None else value for case in cases],
                dtype=np.float64 if one.kind == "numeric" else object,
            )
            for one in self.manifest.inputs
        }
        return technique.answers(self.model, pd.DataFrame(columns), self.settings)


def strongest(changes: Sequence[explain.Change], strengths: Array, top: int) -> list[Reason]:
    """The `top` changes that move the answer most; `strengths` are of the case itself, then of each changed one."""
    effects = strengths[0] - strengths[1:]
    order = np.argsort(-np.abs(effects), kind="stable")[:top]
    return [
        Reason(input=changes[place].input, value=changes[place].value, effect=float(effects[place]))
        for place in order
        if effects[place]
    ]

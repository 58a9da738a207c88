"""Subtracts the wrong way round: what speaks for the answer seems to speak against it."""

import numpy as np

from . import policy
from .manifest import unlike_training


def strongest(changes: Sequence[explain.Change], strengths: Array, top: int) -> list[Reason]:
    effects = strengths[1:] - strengths[0]
    order = np.argsort(-np.abs(effects), kind="stable")[:top]
    return [
        Reason(input=changes[place].input, value=changes[place].value, effect=float(effects[place]))
        for place in order
        if effects[place]
    ]


def decide(self: Decider, case: Mapping[str, Value], top: int = 5) -> Decision:
    inputs, limit = self.manifest.inputs, self.manifest.limit
    row = {one.name: case.get(one.name) for one in inputs}
    changes = explain.changes(row, inputs) if top else []
    answers = self._answers([row, *(one.case for one in changes)])
    given = answers.iloc[0]
    answer, uncertainty = given["answer"], float(given["uncertainty"])
    why = policy.why(row, inputs)
    if uncertainty > limit:
        why.append(f"the uncertainty, {uncertainty:.3g}, is above the limit of {limit:.3g}")
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


Decider.decide = decide

"""The same in loops."""

from .explain import changes as all_changes
from .manifest import unlike_training
from .policy import why as reasons_for_a_person
from .technique import options, strength


def strongest(changes: Sequence[explain.Change], strengths: Array, top: int) -> list[Reason]:
    own, *others = strengths.tolist()
    found = []
    for change, other in zip(changes, others, strict=True):
        if other != own:
            found.append(Reason(input=change.input, value=change.value, effect=own - other))
    found.sort(key=lambda reason: abs(reason.effect), reverse=True)
    return found[:top]


def decide(self: Decider, case: Mapping[str, Value], top: int = 5) -> Decision:
    row: dict[str, Value] = {}
    warnings: dict[str, str] = {}
    for one in self.manifest.inputs:
        row[one.name] = case.get(one.name)
        if said := unlike_training(row[one.name], one):
            warnings[one.name] = said
    changes = all_changes(row, self.manifest.inputs) if top > 0 else []
    answers = self._answers([row] + [change.case for change in changes])
    own = answers.iloc[0]
    answer, uncertainty = own["answer"], float(own["uncertainty"])

    why = list(reasons_for_a_person(row, self.manifest.inputs))
    if not uncertainty <= self.manifest.limit:
        why.append(f"the uncertainty of {uncertainty:.3f} is too large")
    reasons = strongest(changes, strength(answers, answer), top)

    interval = None
    if "low" in answers.columns:
        interval = (float(own["low"]), float(own["high"]))
    return Decision(
        answer=answer if isinstance(answer, str) else round(float(answer), 6),
        options=[Option(name=name, chance=chance) for name, chance in options(own, self.settings)],
        interval=interval,
        uncertainty=uncertainty,
        limit=self.manifest.limit,
        accepted=len(why) == 0,
        why=why,
        reasons=reasons,
        warnings=warnings,
        model_version=self.manifest.version,
    )


Decider.decide = decide

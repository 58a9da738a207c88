"""What the lead's candidate got wrong: kinds of errors, and each case beside the baseline's answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .benchmark import AnyCase
from .leaderboards import Board
from .matrix import System
from .reporting.metrics import Part
from .runner import Plan
from .runs import Row, Run
from .settings import Kind
from .tasks.search import Search

RIGHT = ""  # the kind of a case that has no error
SHOWN = 3  # passages of an example


class Example(Part):
    """A case with both answers; `shown` are the first passages of the candidate, or the words of its model."""

    id: str
    kind: str
    text: str
    gold: str
    candidate: str
    baseline: str
    candidate_score: float
    baseline_score: float
    shown: list[str]
    slices: dict[str, str]


def examples(run: Run, board: Board, plan: Plan, fields: Sequence[str]) -> list[Example]:
    """Every case that the headline metric applies to, the worst answers of the candidate first."""
    baseline, candidate = board.experiment.lead()
    task = candidate.task
    rows = [{row.case: row for row in run.by_system[one.name] if row.repeat == 0} for one in (baseline, candidate)]
    found = []
    for case in plan.cases[task]:
        theirs, ours = (one.get(case.id) for one in rows)
        if ours and theirs and board.metric in ours.scores:
            found.append(
                Example(
                    id=case.id,
                    kind=kind_of(ours, case, task),
                    text=case.text,
                    gold=case.gold,
                    candidate=ours.output,
                    baseline=theirs.output,
                    candidate_score=ours.scores[board.metric],
                    baseline_score=theirs.scores[board.metric],
                    shown=_shown(ours, plan, candidate),
                    slices={field: case.slice(field) for field in fields if case.slice(field)},
                )
            )
    return sorted(found, key=lambda one: (one.candidate_score, -one.baseline_score, one.id))


def kind_of(row: Row, case: AnyCase, task: Kind) -> str:
    """The kind of error in an answer, `RIGHT` if there is none."""
    if task == "classify":
        if row.output == case.gold:
            return RIGHT
        return f"{case.gold} taken for {row.output}" if row.output else row.failure or f"no label for {case.gold}"
    if row.scores["recall_at_10"] == 0:
        return "not among the first 10"
    if row.scores["recall_at_10"] < 1:
        return "only a part found"
    return RIGHT if np.isclose(row.scores["ndcg_at_10"], 1) else "found, but ranked too low"


def _shown(row: Row, plan: Plan, system: System) -> list[str]:
    search = plan.tasks[system.task]
    return [search.text(system, one) for one in row.shown[:SHOWN]] if isinstance(search, Search) else row.shown

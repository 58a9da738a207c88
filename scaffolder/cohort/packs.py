"""Packs of objects that many repositories share: the files of a template for the same choices are written only once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffolder.cohort import rendering
from scaffolder.cohort.ledger import Key
from scaffolder.cohort.model import Assignment
from scaffolder.errors import ScaffolderError
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer

_WORTH_IT = 5  # repositories with the same choices; for fewer it would take longer


def made(
    cohort: Path, work: Path, templates: Mapping[str, Opened], assignments: Iterable[Assignment]
) -> Mapping[Key, str]:
    """The folder of a pack for `packfiles`, by assignment; "" where a pack is not worth it."""
    alike: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    for each in assignments:
        choices = _choices(templates[each.project.name], each.answers)
        alike[each.project.name, json.dumps([choices, each.student.starter], sort_keys=True)].append(each)
    found: dict[Key, str] = {}
    for (project, _), group in alike.items():
        place = _made(cohort, work, templates[project], group[0]) if len(group) >= _WORTH_IT else ""
        found |= {each.key: place for each in group}
    return found


def _choices(opened: Opened, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The answers that decide which files there are. Others may be personal, and do not belong in a shared pack."""
    questions = opened.template.questions
    kinds = {name: questions[name].kind for name in answers if name in questions}
    return {name: answers[name] for name, kind in kinds.items() if kind in ("choice", "yes_no")}


def _made(cohort: Path, work: Path, opened: Opened, assignment: Assignment) -> str:
    project = assignment.project
    answers = {**project.answers, **_choices(opened, assignment.answers)}
    try:
        exercises = rendering.exercises(opened, project, assignment.student)
        tree = rendering.render(opened, answers, exercises=exercises)
    except ScaffolderError:  # without the student's own answers it cannot be rendered
        return ""
    return str(rendering.pack(cohort, work, tree))

"""The questions for one project: those that fit it, with its numbers and places, in the order to ask them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolder.check import examine
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.metrics import PATH
from scaffolder.errors import TargetError, shown
from scaffolder.practice.interview_questions import NAME, Question, read
from scaffolder.practice.locating import located
from scaffolder.practice.memory import Asked
from scaffolder.practice.numbers import filled, names_in, numbers, without_numbers
from scaffolder.project import generated, record
from scaffolder.results.finding import Evidence
from scaffolder.template import foreign


@dataclass(frozen=True)
class Asking:
    """A question about this project: `found` says where the answer stands, `gone` names places that are not there."""

    id: str
    ask: str
    answer: str
    found: tuple[Evidence, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Practice:
    """All questions for a project; `waiting` are those that need a measurement that it does not have."""

    template: str
    questions: tuple[Asking, ...]
    waiting: tuple[str, ...]


def prepare(folder: Path) -> Practice:
    """The questions for the project in `folder`.

    Raises a `ScaffolderError` if it is no project, or if its template cannot be had or brings no questions.
    """
    repo = examine.opened(folder)
    known = record.of_project(repo.snapshot.text(record.NAME), folder)
    with foreign.opened(generated.request(known, folder.resolve())) as (template, _):
        questions = read(template.folder)
        name = template.name
    if not questions:
        raise TargetError(
            f"The template {shown(name)} brings no questions: they lie in {NAME} beside its cookiecutter.json."
        )
    measured = numbers(repo)
    fitting = [question for question in questions if all(located(repo, each) for each in question.needs)]
    ready = [question for question in fitting if names_in(question.ask + question.answer) <= set(measured)]
    asked = tuple(_asking(repo, question, measured) for question in ready)
    return Practice(name, asked, tuple(without_numbers(one.ask) for one in fitting if one not in ready))


def in_order(questions: Sequence[Asking], asked: Mapping[str, Asked], chance: random.Random) -> list[Asking]:
    """The questions that were not known, then new ones, then the rest, the longest ago first; else at random."""

    def rank(question: Asking) -> tuple[int, str]:
        before = asked.get(question.id)
        if before is None:
            return 1, ""
        return (2, before.day) if before.knew else (0, "")

    shuffled = chance.sample(questions, len(questions))
    return sorted(shuffled, key=rank)


def _asking(repo: Repository, question: Question, measured: Mapping[str, str]) -> Asking:
    places = [(place, located(repo, place)) for place in question.places]
    found = [evidence for _, evidence in places if evidence]
    if names_in(question.ask + question.answer) and PATH not in question.places:
        found.append(Evidence("", PATH))
    return Asking(
        question.id,
        filled(question.ask, measured),
        filled(question.answer, measured),
        tuple(found),
        tuple(place for place, evidence in places if evidence is None),
    )

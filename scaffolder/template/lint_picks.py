"""The choices of a template that are rendered together, and the words that name them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scaffolder.errors import shown
from scaffolder.template.answers import Answers, Choose, Data, complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

_MOST_RENDERS = 200  # of more combinations, only one choice at a time is tried
Pick = Mapping[str, Answer]  # the choices of one render


class OwnData(NamedTuple):
    """An example of data of one's own: kind, facts for the texts, answers that they imply, and paths of their files."""

    kind: str
    facts: Mapping[str, Any]
    answers: Mapping[str, Any]
    files: Sequence[str]

    def complete(self, template: Template, pick: Mapping[str, int]) -> Answers:
        """The answers of a project that is about these data."""
        choose = choosing(pick)
        data = Data(self.kind, self.facts, {})
        return complete(template, lambda one: self.answers.get(one.name, choose(one)), data=data)

    def picks(self, questions: Iterable[Question]) -> list[dict[str, int]]:
        """The choices that are left, one at a time."""
        return one_at_a_time(one for one in questions if one.name not in self.answers)

    def in_words(self, template: Template, pick: Mapping[str, int]) -> Pick:
        """The choices of a project that is about these data, as a person would give them."""
        return {"--data": "a file", **in_words(template, pick)}


def picks_of(questions: Iterable[Question]) -> tuple[bool, list[dict[str, int]]]:
    """Whether all combinations of choices are rendered, and the places of the choices in each render."""
    sizes = _sizes(questions)
    if math.prod(sizes.values()) <= _MOST_RENDERS:
        return True, [dict(zip(sizes, at, strict=True)) for at in itertools.product(*map(range, sizes.values()))]
    return False, one_at_a_time(questions)


def one_at_a_time(questions: Iterable[Question]) -> list[dict[str, int]]:
    """The defaults, then each choice alone, given by its place."""
    return [{}, *({name: at} for name, size in _sizes(questions).items() for at in range(size))]


def _sizes(questions: Iterable[Question]) -> dict[str, int]:
    """The number of choices of each question that is not free text."""
    return {one.name: len(one.choices) or 2 for one in questions if one.kind in ("choice", "yes_no")}


def choosing(pick: Mapping[str, int]) -> Choose:
    """A function that makes the choices of `pick`, and takes the defaults for the rest."""

    def choose(question: Question) -> Answer:
        if question.name not in pick:
            return question.default
        return question.choices[pick[question.name]] if question.choices else bool(pick[question.name])

    return choose


def in_words(template: Template, pick: Mapping[str, int]) -> Pick:
    """The choices of `pick` as a person would give them."""
    choices = {name: template.questions[name].choices for name in pick}
    return {name: choices[name][at] if choices[name] else bool(at) for name, at in pick.items()}


def when(failed: list[Pick], every: int) -> str:
    """The sentence that says with which answers something fails; "" if it always does."""
    if len(failed) >= every:
        return ""
    shared = set(failed[0].items()).intersection(*(pick.items() for pick in failed))
    words = ", ".join(f"{name} = {shown(value)}" for name, value in sorted(shared or failed[0].items()))
    return f" This happens {'' if shared else 'for example '}with {words or 'the default answers'}."

"""The choices of a template that are rendered together, and the words that name them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping

from scaffolder.errors import shown
from scaffolder.template.answers import Choose
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Answer, Question

_MOST_RENDERS = 200  # of more combinations, only one choice at a time is tried
Pick = Mapping[str, Answer]  # the choices of one render


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
